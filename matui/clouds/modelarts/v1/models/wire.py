"""The list of imported models as the cloud sends it, and its query (6.1.2)."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from matui.clouds.modelarts.requests import COUNT, ORDER, RequestModel
from matui.clouds.wire_types import (
    Flag,
    Id,
    Millis,
    ModelRows,
    Number,
    One,
    Text,
    Texts,
    Whole,
    WireModel,
    make_list,
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
    owner: Text = ""
    create_at: Millis = None
    description: Text = ""
    source_type: Text = ""
    workspace_id: Text = ""
    model_source: Text = ""
    tunable: Flag = None
    market_flag: Flag = None
    publishable_flag: Flag = None
    install_type: Texts = Field(default_factory=make_list)
    subscription_id: Text = ""
    specification: One[Specification] = Field(default_factory=Specification)


class ModelList(WireModel):  # 6.1.2
    models: ModelRows[ModelRow] = Field(default_factory=make_list)
    total_count: Whole = None
    count: Whole = None


class ModelsQuery(RequestModel):  # 6.1.2
    model_name: str | None = None
    model_version: str | None = None
    model_status: str | None = None
    model_type: str | None = None
    not_model_type: str | None = None
    description: str | None = None
    offset: Annotated[int, Field(ge=0)] | None = None
    limit: COUNT | None = None
    sort_by: Literal["create_at", "model_version", "model_size"] | None = None
    order: ORDER | None = None
    workspace_id: str | None = None

    @model_validator(mode="after")
    def _check_type(self) -> "ModelsQuery":
        if self.model_type is not None and self.not_model_type is not None:
            raise ValueError("model_type and not_model_type exclude each other")
        return self
