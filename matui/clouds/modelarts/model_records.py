"""Imported models as the cloud sends them (chapter 6)."""

from __future__ import annotations

from pydantic import Field

from matui.clouds.lenient import (
    Flag,
    Id,
    Json,
    Map,
    Millis,
    Number,
    One,
    Rows,
    Text,
    Texts,
    Whole,
    WireModel,
)


class Specification(WireModel):
    """Table 6-21: the least a deployment needs."""

    min_cpu: Text = ""
    min_gpu: Text = ""
    min_mem: Text = ""
    min_ascend: Text = ""


class ModelRow(WireModel):
    """A model in the list (Table 6-12). ``model_size`` is bytes, ``create_at`` ms since the epoch."""

    model_id: Id = ""
    model_name: Text = ""
    model_version: Text = ""
    model_status: Text = ""
    model_type: Text = ""
    model_size: Number = None
    tenant: Text = ""
    project: Text = ""
    owner: Text = ""
    create_at: Millis = None
    description: Text = ""
    source_type: Text = ""
    workspace_id: Text = ""
    model_source: Text = ""
    tunable: Flag = None
    market_flag: Flag = None
    publishable_flag: Flag = None
    install_type: Texts = Field(default_factory=list)
    subscription_id: Text = ""
    specification: One[Specification] = Field(default_factory=Specification)


class ModelList(WireModel):
    """6.1.2."""

    models: Rows[ModelRow] = Field(default_factory=list)
    total_count: Whole = None
    count: Whole = None


class ModelParameter(WireModel):
    """Table 6-15."""

    url: Text = ""
    method: Text = ""
    protocol: Text = ""
    param_name: Text = ""
    param_type: Text = ""
    min: Number = None
    max: Number = None
    param_desc: Text = ""


class Package(WireModel):
    """Table 6-17."""

    package_name: Text = ""
    package_version: Text = ""
    restraint: Text = ""


class Dependency(WireModel):
    """Table 6-16."""

    installer: Text = ""
    packages: Rows[Package] = Field(default_factory=list)


class ModelInterface(WireModel):
    """One entry of ``apis``: the parameters are a schema, under one of two pairs of names."""

    url: Text = ""
    method: Text = ""
    protocol: Text = ""
    input_params: Json = None
    output_params: Json = None
    request: Json = None
    response: Json = None


class GuideDoc(WireModel):
    """Table 6-19."""

    doc_name: Text = ""
    doc_url: Text = ""


class Health(WireModel):
    """Table 6-20; the delays are seconds."""

    url: Text = ""
    protocol: Text = ""
    initial_delay_seconds: Number = None
    timeout_seconds: Number = None


class ModelRecord(ModelRow):
    """6.1.3: ``apis``, ``model_metrics`` and ``config`` come as JSON in a text."""

    source_location: Text = ""
    source_job_id: Text = ""
    source_job_version: Text = ""
    runtime: Text = ""
    execution_code: Text = ""
    schema_doc: Text = ""
    image_address: Text = ""
    input_params: Rows[ModelParameter] = Field(default_factory=list)
    output_params: Rows[ModelParameter] = Field(default_factory=list)
    dependencies: Rows[Dependency] = Field(default_factory=list)
    model_metrics: Map = Field(default_factory=dict)
    apis: Rows[ModelInterface] = Field(default_factory=list)
    model_docs: Rows[GuideDoc] = Field(default_factory=list)
    health: One[Health] = Field(default_factory=Health)
    model_algorithm: Text = ""
    model_labels: Texts = Field(default_factory=list)
    config: Map = Field(default_factory=dict)


class ModelImported(WireModel):
    """6.1.1."""

    model_id: Id = ""


class NotDeleted(WireModel):
    """Table 6-25."""

    model_id: Text = ""
    error_code: Text = ""
    error_msg: Text = ""


class ModelsDeleted(WireModel):
    """6.1.4."""

    delete_success_list: Texts = Field(default_factory=list)
    delete_failed_list: Rows[NotDeleted] = Field(default_factory=list)
