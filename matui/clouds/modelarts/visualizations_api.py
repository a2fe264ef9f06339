"""Visualization jobs (5.3)."""

from __future__ import annotations

from typing import Literal

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.jobs_models import Done, JobCreated
from matui.clouds.modelarts.jobs_requests import SIZE_100, Description
from matui.clouds.modelarts.requests import (
    COUNT,
    FILLED,
    NAME_20,
    ORDER,
    SEARCH_64,
    TEXT_256,
    Sent,
    act,
    get,
    segment,
)
from matui.clouds.modelarts.sending import Sends
from matui.clouds.modelarts.visualizations_models import Visualization, VisualizationList
from matui.records.record import field

_JOBS = "visualization-jobs"


class VisualizationsQuery(Sent):
    """5.3.2. ``page`` counts from 1."""

    status: str | None = None
    per_page: SIZE_100 | None = None
    page: COUNT | None = None
    sort_by: Literal["job_id", "job_name", "job_desc", "create_time", "status"] | None = field(
        default=None, named="sortBy"
    )
    order: ORDER | None = None
    search_content: SEARCH_64 | None = None
    workspace_id: str | None = None


class CreateVisualization(Sent):
    """5.3.1."""

    job_name: NAME_20
    train_url: FILLED
    job_desc: TEXT_256 | None = None


class VisualizationsApi:
    """The seven operations of 5.3."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def create(self, body: CreateVisualization) -> Reply[JobCreated]:
        """5.3.1."""
        return read(JobCreated, await self._session.send(act("POST", _JOBS, body)))

    async def list(self, query: VisualizationsQuery) -> Reply[VisualizationList]:
        """5.3.2."""
        return read(VisualizationList, await self._session.send(get(_JOBS, query)))

    async def show(self, job_id: str) -> Reply[Visualization]:
        """5.3.3."""
        return read(Visualization, await self._session.send(get(f"{_JOBS}/{segment(job_id)}")))

    async def set_description(self, job_id: str, body: Description) -> Reply[Done]:
        """5.3.4."""
        return read(Done, await self._session.send(act("PUT", f"{_JOBS}/{segment(job_id)}", body)))

    async def delete(self, job_id: str) -> Reply[Done]:
        """5.3.5."""
        return read(Done, await self._session.send(act("DELETE", f"{_JOBS}/{segment(job_id)}")))

    async def stop(self, job_id: str) -> Reply[Done]:
        """5.3.6."""
        return read(Done, await self._session.send(act("POST", f"{_JOBS}/{segment(job_id)}/stop")))

    async def restart(self, job_id: str) -> Reply[Done]:
        """5.3.7."""
        return read(Done, await self._session.send(act("POST", f"{_JOBS}/{segment(job_id)}/restart")))
