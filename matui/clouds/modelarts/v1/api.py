"""Every operation of the ModelArts v1 reference, typed, by chapter.

A chapter is imported when it is first used: together their models take a tenth of a second to build.

Resource and engine specifications of jobs (5.4).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.wire_types import Code, Flag, Rows, Text, Whole, WireModel

if TYPE_CHECKING:
    from matui.clouds.modelarts.session import Transport
    from matui.clouds.modelarts.v1.configs.client import ConfigsApi
    from matui.clouds.modelarts.v1.jobs.client import JobsApi
    from matui.clouds.modelarts.v1.models.client import ModelsApi
    from matui.clouds.modelarts.v1.notebooks.client import NotebooksApi
    from matui.clouds.modelarts.v1.services.client import ServicesApi
    from matui.clouds.modelarts.v1.visualizations.client import VisualizationsApi
    from matui.clouds.modelarts.v1.workspaces.client import WorkspacesApi


class ModelArtsApi:
    """The operations of chapters 4 to 8 over one session."""

    def __init__(self, session: Transport) -> None:
        self._session = session

    @cached_property
    def notebooks(self) -> NotebooksApi:
        """Chapter 4."""
        from matui.clouds.modelarts.v1.notebooks.client import NotebooksApi

        return NotebooksApi(self._session)

    @cached_property
    def jobs(self) -> JobsApi:
        """5.1."""
        from matui.clouds.modelarts.v1.jobs.client import JobsApi

        return JobsApi(self._session)

    @cached_property
    def configs(self) -> ConfigsApi:
        """5.2."""
        from matui.clouds.modelarts.v1.configs.client import ConfigsApi

        return ConfigsApi(self._session)

    @cached_property
    def visualizations(self) -> VisualizationsApi:
        """5.3."""
        from matui.clouds.modelarts.v1.visualizations.client import VisualizationsApi

        return VisualizationsApi(self._session)

    @cached_property
    def catalog(self) -> CatalogApi:
        """5.4."""

        return CatalogApi(self._session)

    @cached_property
    def models(self) -> ModelsApi:
        """Chapter 6."""
        from matui.clouds.modelarts.v1.models.client import ModelsApi

        return ModelsApi(self._session)

    @cached_property
    def services(self) -> ServicesApi:
        """Chapter 7."""
        from matui.clouds.modelarts.v1.services.client import ServicesApi

        return ServicesApi(self._session)

    @cached_property
    def workspaces(self) -> WorkspacesApi:
        """Chapter 8."""
        from matui.clouds.modelarts.v1.workspaces.client import WorkspacesApi

        return WorkspacesApi(self._session)


class ResourceSpec(WireModel):
    """Table 5-111. ``cpu`` is the memory in GiB; ``no_resource`` means sold out."""

    spec_id: Code = ""
    spec_code: Text = ""
    core: Text = ""
    cpu: Text = ""
    gpu_num: Whole = None
    gpu_type: Text = ""
    max_num: Whole = None
    unit_num: Whole = None
    storage: Text = ""
    interface_type: Whole = None
    no_resource: Flag = None


class ResourceSpecs(WireModel):
    """5.4.1."""

    specs: Rows[ResourceSpec] = Field(default_factory=list)
    spec_total_count: Whole = None
    is_success: Flag = None


class Engine(WireModel):
    """Table 5-115."""

    engine_type: Whole = None
    engine_id: Code = ""
    engine_name: Text = ""
    engine_version: Text = ""


class Engines(WireModel):
    """5.4.2."""

    engines: Rows[Engine] = Field(default_factory=list)
    is_success: Flag = None


class SpecsQuery(RequestModel):
    """5.4.1."""

    job_type: Literal["train", "inference"] | None = None
    engine_id: int | None = None
    project_type: Annotated[int, Field(ge=0, le=3)] | None = None


class EnginesQuery(RequestModel):
    """5.4.2."""

    job_type: Literal["train", "inference"] | None = None


class CatalogApi(OperationTable):
    """The two operations of 5.4."""

    resource_specs = Operation("5.4.1.", "GET", "job/resource-specs", ResourceSpecs, SpecsQuery)
    engines = Operation("5.4.2.", "GET", "job/ai-engines", Engines, EnginesQuery)
