"""Imported models as the cloud sends them (chapter 6)."""

from __future__ import annotations

from matui.clouds.lenient import (
    Flag,
    Id,
    Json,
    Map,
    Millis,
    Number,
    One,
    Received,
    Rows,
    Text,
    Texts,
    Whole,
)
from matui.records.record import field


class Specification(Received):
    """Table 6-21: the least a deployment needs."""

    min_cpu: Text = ""
    min_gpu: Text = ""
    min_mem: Text = ""
    min_ascend: Text = ""


class ModelRow(Received):
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
    install_type: Texts = field(default_factory=list)
    subscription_id: Text = ""
    specification: One[Specification] = field(default_factory=Specification)


class ModelList(Received):
    """6.1.2."""

    models: Rows[ModelRow] = field(default_factory=list)
    total_count: Whole = None
    count: Whole = None


class ModelParameter(Received):
    """Table 6-15."""

    url: Text = ""
    method: Text = ""
    protocol: Text = ""
    param_name: Text = ""
    param_type: Text = ""
    min: Number = None
    max: Number = None
    param_desc: Text = ""


class Package(Received):
    """Table 6-17."""

    package_name: Text = ""
    package_version: Text = ""
    restraint: Text = ""


class Dependency(Received):
    """Table 6-16."""

    installer: Text = ""
    packages: Rows[Package] = field(default_factory=list)


class ModelInterface(Received):
    """One entry of ``apis``: the parameters are a schema, under one of two pairs of names."""

    url: Text = ""
    method: Text = ""
    protocol: Text = ""
    input_params: Json = None
    output_params: Json = None
    request: Json = None
    response: Json = None


class GuideDoc(Received):
    """Table 6-19."""

    doc_name: Text = ""
    doc_url: Text = ""


class Health(Received):
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
    input_params: Rows[ModelParameter] = field(default_factory=list)
    output_params: Rows[ModelParameter] = field(default_factory=list)
    dependencies: Rows[Dependency] = field(default_factory=list)
    model_metrics: Map = field(default_factory=dict)
    apis: Rows[ModelInterface] = field(default_factory=list)
    model_docs: Rows[GuideDoc] = field(default_factory=list)
    health: One[Health] = field(default_factory=Health)
    model_algorithm: Text = ""
    model_labels: Texts = field(default_factory=list)
    config: Map = field(default_factory=dict)


class ModelImported(Received):
    """6.1.1."""

    model_id: Id = ""


class NotDeleted(Received):
    """Table 6-25."""

    model_id: Text = ""
    error_code: Text = ""
    error_msg: Text = ""


class ModelsDeleted(Received):
    """6.1.4."""

    delete_success_list: Texts = field(default_factory=list)
    delete_failed_list: Rows[NotDeleted] = field(default_factory=list)
