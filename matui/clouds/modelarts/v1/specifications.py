"""Resource and engine specifications of jobs (5.4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.wire_types import Code, Flag, ModelRows, Text, Whole, WireModel, make_list


class SpecFields(WireModel):
    """The resources of one node, as specifications, versions and configurations state them.

    ``cpu`` is the memory in GiB.
    """

    spec_id: Code = ""
    spec_code: Text = ""
    core: Text = ""
    cpu: Text = ""
    gpu_num: Whole = None
    gpu_type: Text = ""


class ResourceSpec(SpecFields):
    """Table 5-111; ``no_resource`` means sold out."""

    max_num: Whole = None
    no_resource: Flag = None


class ResourceSpecs(WireModel):  # 5.4.1
    specs: ModelRows[ResourceSpec] = Field(default_factory=make_list)
    spec_total_count: Whole = None
    is_success: Flag = None


class Engine(WireModel):
    """Table 5-115; versions, configurations and algorithms have the same fields."""

    engine_type: Whole = None
    engine_id: Code = ""
    engine_name: Text = ""
    engine_version: Text = ""


class Engines(WireModel):  # 5.4.2
    engines: ModelRows[Engine] = Field(default_factory=make_list)
    is_success: Flag = None


class SpecsQuery(RequestModel):  # 5.4.1
    job_type: Literal["train", "inference"] | None = None
    engine_id: int | None = None
    project_type: Annotated[int, Field(ge=0, le=3)] | None = None


class EnginesQuery(RequestModel):  # 5.4.2
    job_type: Literal["train", "inference"] | None = None


class SpecificationsApi(OperationTable):
    """The two operations of 5.4."""

    resource_specs = Operation(
        "5.4.1.", "GET", "job/resource-specs", ResourceSpecs, SpecsQuery, lists="specs"
    )
    engines = Operation("5.4.2.", "GET", "job/ai-engines", Engines, EnginesQuery, lists="engines")
