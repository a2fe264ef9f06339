"""One model as the cloud sends it, and what became of an import or a deletion (6.1.1, 6.1.3, 6.1.4)."""

from pydantic import Field

from matui.clouds.modelarts.v1.models.wire import ModelRow
from matui.clouds.wire_types import Id, Json, Map, ModelRows, Number, One, Text, Texts, WireModel, make_list


class ModelParameter(WireModel):  # Table 6-15
    url: Text = ""
    method: Text = ""
    protocol: Text = ""
    param_name: Text = ""
    param_type: Text = ""
    min: Number = None
    max: Number = None
    param_desc: Text = ""


class Package(WireModel):  # Table 6-17
    package_name: Text = ""
    package_version: Text = ""
    restraint: Text = ""


class Dependency(WireModel):  # Table 6-16
    installer: Text = ""
    packages: ModelRows[Package] = Field(default_factory=make_list)


class ModelInterface(WireModel):
    """One entry of ``apis``: the parameters are a schema, under one of two pairs of names."""

    url: Text = ""
    method: Text = ""
    protocol: Text = ""
    input_params: Json = None
    output_params: Json = None
    request: Json = None
    response: Json = None


class GuideDoc(WireModel):  # Table 6-19
    doc_name: Text = ""
    doc_url: Text = ""


class Health(WireModel):  # Table 6-20
    url: Text = ""
    protocol: Text = ""


class ModelRecord(ModelRow):
    """6.1.3: ``apis``, ``model_metrics`` and ``config`` come as JSON in a text."""

    source_location: Text = ""
    source_job_id: Text = ""
    source_job_version: Text = ""
    runtime: Text = ""
    execution_code: Text = ""
    schema_doc: Text = ""
    image_address: Text = ""
    input_params: ModelRows[ModelParameter] = Field(default_factory=make_list)
    output_params: ModelRows[ModelParameter] = Field(default_factory=make_list)
    dependencies: ModelRows[Dependency] = Field(default_factory=make_list)
    model_metrics: Map = Field(default_factory=dict)
    apis: ModelRows[ModelInterface] = Field(default_factory=make_list)
    model_docs: ModelRows[GuideDoc] = Field(default_factory=make_list)
    health: One[Health] = Field(default_factory=Health)
    model_algorithm: Text = ""
    model_labels: Texts = Field(default_factory=make_list)
    config: Map = Field(default_factory=dict)


class ModelImported(WireModel):  # 6.1.1
    model_id: Id = ""


class NotDeleted(WireModel):  # Table 6-25
    model_id: Text = ""
    error_code: Text = ""
    error_msg: Text = ""


class ModelsDeleted(WireModel):  # 6.1.4
    delete_success_list: Texts = Field(default_factory=make_list)
    delete_failed_list: ModelRows[NotDeleted] = Field(default_factory=make_list)
