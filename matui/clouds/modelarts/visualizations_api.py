"""Visualization jobs (5.3)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from matui.clouds.modelarts.jobs_models import Done, JobCreated
from matui.clouds.modelarts.jobs_requests import SIZE_100, Description
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import (
    COUNT,
    FILLED,
    NAME_20,
    ORDER,
    SEARCH_64,
    TEXT_256,
    RequestModel,
)
from matui.clouds.modelarts.visualizations_models import Visualization, VisualizationList


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
    show = Operation("5.3.3.", "GET", "visualization-jobs/{}", Visualization)
    set_description = Operation("5.3.4.", "PUT", "visualization-jobs/{}", Done, Description)
    delete = Operation("5.3.5.", "DELETE", "visualization-jobs/{}", Done)
    stop = Operation("5.3.6.", "POST", "visualization-jobs/{}/stop", Done)
    restart = Operation("5.3.7.", "POST", "visualization-jobs/{}/restart", Done)
