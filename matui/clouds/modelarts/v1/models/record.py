"""One model: as the cloud sends it, as it is imported, and what an import or a deletion answers (6.1)."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from matui.clouds.modelarts.requests import FILLED, WIDE_NAME_64, RequestModel
from matui.clouds.modelarts.v1.models.wire import ModelRow
from matui.clouds.wire_types import Id, Json, Map, ModelRows, Number, One, Text, Texts, WireModel, make_list

# The text forbids a part 0, yet its own sample says 1.0.0: only a leading zero is refused.
VERSION = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]?)(\.(0|[1-9][0-9]?)){2}$")]
PLAIN = r"""^[^&!'"\\<>=]*$"""
PLAIN_NAME = Annotated[str, StringConstraints(min_length=1, pattern=PLAIN)]
ModelType = Literal[
    "TensorFlow", "MXNet", "Caffe", "Spark_MLlib", "Scikit_Learn", "XGBoost", "MindSpore", "Image", "PyTorch"
]


class ModelParameter(WireModel):  # Table 6-15
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


class ModelParameterSetting(RequestModel):  # Table 6-3
    url: FILLED
    method: Literal["post", "get"]
    protocol: FILLED
    param_name: FILLED
    param_type: FILLED
    min: float | None = None
    max: float | None = None
    param_desc: str | None = None


class PackageSetting(RequestModel):  # Table 6-5
    package_name: PLAIN_NAME
    package_version: Annotated[str, StringConstraints(pattern=PLAIN)] | None = None
    restraint: Literal["EXACT", "ATLEAST", "ATMOST"] | None = None

    @model_validator(mode="after")
    def _check_restraint(self) -> "PackageSetting":
        if self.package_version and not self.restraint:
            raise ValueError("package_version needs restraint: EXACT, ATLEAST or ATMOST")
        return self


class DependencySetting(RequestModel):  # Table 6-4
    installer: Literal["pip"]
    packages: list[PackageSetting]


class DocSetting(RequestModel):  # Table 6-7
    doc_name: Annotated[str, StringConstraints(pattern=r"^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9_-]{0,47}$")]
    doc_url: Annotated[str, StringConstraints(pattern=r"^https?://")]


class ImportModel(RequestModel):
    """6.1.1. ``apis`` is a text of JSON in the table and a list in the sample: both are taken."""

    model_name: WIDE_NAME_64
    model_version: VERSION
    source_location: FILLED
    model_type: ModelType
    source_job_id: str | None = None
    source_job_version: str | None = None
    source_type: Literal["auto"] | None = None
    runtime: str | None = None
    description: Annotated[str, StringConstraints(max_length=100, pattern=PLAIN)] | None = None
    model_algorithm: (
        Annotated[str, StringConstraints(pattern=r"""^[A-Za-z][^\p{Han}&!'"\\<>=]{0,35}$""")] | None
    ) = None
    execution_code: str | None = None
    input_params: list[ModelParameterSetting] | None = None
    output_params: list[ModelParameterSetting] | None = None
    dependencies: list[DependencySetting] | None = None
    model_metrics: str | None = None
    apis: str | list[dict[str, Any]] | None = None
    initial_config: str | None = None
    workspace_id: FILLED | None = None
    model_docs: Annotated[list[DocSetting], Field(max_length=3)] | None = None
    install_type: list[Literal["real-time", "edge", "batch"]] | None = None


class DeleteModel(RequestModel):
    """6.1.4. ``cascade`` takes every version of the same name with it, 20 at most."""

    cascade: bool | None = None
