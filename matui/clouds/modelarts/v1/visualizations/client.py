"""Visualization jobs: list, read, describe, stop, restart, delete (5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from matui.base.late_imports import LazyModule
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.kind_client import Actions, ActionSpec
from matui.clouds.modelarts.mapping import Scope, parse_job_status
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.requests import (
    COUNT,
    FILLED,
    NAME_20,
    ORDER,
    SEARCH_64,
    SIZE_100,
    TEXT_256,
    RequestModel,
)
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v1.jobs.models import Done, JobCounts, JobCreated, JobHead
from matui.clouds.modelarts.v1.services.mapping import format_schedule
from matui.clouds.modelarts.v1.services.wire import Schedule
from matui.clouds.rows import match_id
from matui.clouds.sections import (
    build_countdown,
    build_instant,
    build_overview,
    build_section,
    format_millis,
    get_integer_fact,
)
from matui.clouds.wire_types import ModelRows, Number, Text, Whole, make_list
from matui.resources.detail import Section
from matui.resources.model import Fact, RawRecord, Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.jobs import requests as job_requests
else:
    job_requests = LazyModule("matui.clouds.modelarts.v1.jobs.requests")


class Visualization(JobHead):
    """A visualization job (Tables 5-95 and 5-98). ``duration`` is ms.

    ``schedule`` is an object in the table and a list in the sample.
    """

    job_desc: Text = ""
    duration: Whole = None
    service_url: Text = ""
    train_url: Text = ""
    resource_id: Text = ""
    schedule: ModelRows[Schedule] = Field(default_factory=make_list)
    remaining_duration: Number = None
    workspace_id: Text = ""


class VisualizationList(JobCounts):  # 5.3.2
    jobs: ModelRows[Visualization] = Field(default_factory=make_list)


_LONGEST_AUTO_STOP_S = 24 * 3600


def map_visualization(row: Visualization, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one visualization job."""
    facts: dict[str, Fact] = {
        "auto_stop": bool(row.schedule) if row.schedule or row.remaining_duration is None else True,
        "auto_stop_left_s": compute_left_s(row),
        "auto_stop_at": scope.compute_moment(compute_left_s(row)),
        "schedule": format_schedule(row.schedule),
        "url": clean(row.service_url),
        "train_url": clean(row.train_url),
        "description": clean(row.job_desc),
    }
    return scope.build_resource(
        "visualizations",
        match_id(wire_id, row.job_id),
        row.job_name,
        parse_job_status(row.status),
        raw,
        workspace=clean(row.workspace_id) or scope.workspace,
        created_at=row.create_time,
        duration_ms=row.duration,
        facts=facts,
    )


def compute_left_s(row: Visualization) -> float | None:
    """Return the seconds left before the auto-stop.

    The reference does not say the unit: a job runs 24 hours at most, so more than that in seconds is ms.
    """
    left = row.remaining_duration
    if left is None or left < 0:
        return None
    return left if left <= _LONGEST_AUTO_STOP_S else left / 1000


def build_visualization_sections(row: Visualization, resource: Resource) -> tuple[Section, ...]:
    """Return everything 5.3.3 says about a visualization job."""
    return (
        *build_overview(
            resource,
            (
                ("Description", clean(row.job_desc)),
                ("Created", build_instant(row.create_time)),
                ("Duration", format_millis(row.duration)),
                ("Workspace", resource.workspace),
                ("Charged resource", clean(row.resource_id)),
            ),
        ),
        *build_section(
            "Data", (("Logs read from", clean(row.train_url)), ("Address", clean(row.service_url)))
        ),
        *build_section(
            "Auto-stop",
            (
                ("Schedule", format_schedule(row.schedule)),
                ("Stops at", build_countdown(get_integer_fact(resource, "auto_stop_at"))),
            ),
        ),
    )


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


class CreateVisualization(RequestModel):  # 5.3.1
    job_name: NAME_20
    train_url: FILLED
    job_desc: TEXT_256 | None = None


class VisualizationsApi(KindOperations):
    """The seven operations of 5.3."""

    create = Operation("5.3.1.", "POST", "visualization-jobs", JobCreated, CreateVisualization)
    list = Operation("5.3.2.", "GET", "visualization-jobs", VisualizationList, VisualizationsQuery)
    show = Operation("5.3.3.", "GET", "visualization-jobs/{}", Visualization, shows=True)
    set_description = Operation(
        "5.3.4.", "PUT", "visualization-jobs/{}", Done, lambda: job_requests.Description
    )
    delete = Operation("5.3.5.", "DELETE", "visualization-jobs/{}", Done)
    stop = Operation("5.3.6.", "POST", "visualization-jobs/{}/stop", Done)
    restart = Operation("5.3.7.", "POST", "visualization-jobs/{}/restart", Done)


_NEWEST_FIRST = build_query(VisualizationsQuery, "page", "per_page", sort_by="create_time", order="desc")


class Visualizations(SpecClient[VisualizationsApi, Visualization]):
    """The visualization jobs of one project or workspace; a page holds 100 at most."""

    kind = "visualizations"
    forms = ("edit", "create")
    operations = VisualizationsApi
    style = "page"
    most = 100
    spec = KindSpec(_NEWEST_FIRST, "jobs", map_visualization, build_visualization_sections, "job_total_count")
    actions: ClassVar[Actions] = {
        "stop": ActionSpec(VisualizationsApi.stop),
        "restart": ActionSpec(VisualizationsApi.restart),
        "delete": ActionSpec(VisualizationsApi.delete),
    }
