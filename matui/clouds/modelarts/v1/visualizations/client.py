"""Visualization jobs: list, read, describe, stop, restart, delete (5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from matui.clouds.modelarts.kind_client import ActionHandler, build_handler
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import OffsetStyle
from matui.clouds.modelarts.requests import COUNT, FILLED, NAME_20, ORDER, SEARCH_64, TEXT_256, RequestModel
from matui.clouds.modelarts.spec_client import KindSpec, SpecClient
from matui.clouds.modelarts.v1.jobs.models import Done, JobCreated
from matui.clouds.modelarts.v1.jobs.requests import SIZE_100, Description
from matui.clouds.modelarts.v1.visualizations.mapping import visualization_resource, visualization_sections
from matui.clouds.modelarts.v1.visualizations.wire import Visualization, VisualizationList

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode


class VisualizationsQuery(RequestModel):
    """5.3.2. ``page`` counts from 1."""

    status: str | None = None
    per_page: SIZE_100 | None = None
    page: COUNT | None = None
    sort_by: Literal["job_id", "job_name", "job_desc", "create_time", "status"] | None = Field(
        default=None, validation_alias="sortBy", serialization_alias="sortBy"
    )
    order: ORDER | None = None
    search_content: SEARCH_64 | None = None
    workspace_id: str | None = None


class CreateVisualization(RequestModel):
    """5.3.1."""

    job_name: NAME_20
    train_url: FILLED
    job_desc: TEXT_256 | None = None


class VisualizationsApi(OperationTable):
    """The seven operations of 5.3."""

    create = Operation("5.3.1.", "POST", "visualization-jobs", JobCreated, CreateVisualization)
    list = Operation("5.3.2.", "GET", "visualization-jobs", VisualizationList, VisualizationsQuery)
    show = Operation("5.3.3.", "GET", "visualization-jobs/{}", Visualization, shows=True)
    set_description = Operation("5.3.4.", "PUT", "visualization-jobs/{}", Done, Description)
    delete = Operation("5.3.5.", "DELETE", "visualization-jobs/{}", Done)
    stop = Operation("5.3.6.", "POST", "visualization-jobs/{}/stop", Done)
    restart = Operation("5.3.7.", "POST", "visualization-jobs/{}/restart", Done)


def _newest_first(position: int, size: int, scope: Scope) -> VisualizationsQuery:
    return VisualizationsQuery(
        per_page=size,
        page=position,
        sort_by="create_time",
        order="desc",
        workspace_id=scope.workspace or None,
    )


class Visualizations(SpecClient[VisualizationsApi, Visualization]):
    """The visualization jobs of one project or workspace; a page holds 100 at most."""

    kind: ClassVar[str] = "visualizations"
    forms: ClassVar[tuple[FormMode, ...]] = ("edit", "create")
    operations = VisualizationsApi
    style: ClassVar[OffsetStyle] = "page"
    most: ClassVar[int] = 100
    spec = KindSpec(
        list=VisualizationsApi.list,
        query=_newest_first,
        rows="jobs",
        total="job_total_count",
        show=VisualizationsApi.show,
        to_resource=visualization_resource,
        to_sections=visualization_sections,
    )

    def handlers(self) -> dict[str, ActionHandler]:
        """Stop (5.3.6), restart (5.3.7) and delete (5.3.5)."""
        return {
            "stop": build_handler(self.api.stop),
            "restart": build_handler(self.api.restart),
            "delete": build_handler(self.api.delete),
        }
