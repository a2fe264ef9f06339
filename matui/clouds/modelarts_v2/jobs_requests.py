"""What may be asked of v2 training jobs, with the limits their documentation states."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from matui.clouds.modelarts.requests import COUNT, FILLED, ORDER, TEXT_256, Sent
from matui.records.shapes import whole

OFFSET = Annotated[int, whole(ge=0)]


class JobFilter(Sent):
    """One condition of a search."""

    key: FILLED
    operator: Literal["between", "like", "in", "not"]
    value: list[str]


class JobSearch(Sent):
    """``offset`` counts items."""

    offset: OFFSET
    limit: Annotated[int, whole(ge=1, le=50)]
    sort_by: FILLED | None = None
    order: ORDER | None = None
    workspace_id: FILLED | None = None
    filters: list[JobFilter] | None = None


class JobAction(Sent):
    """What can be done to a job."""

    action_type: Literal["terminate"]


class EventsQuery(Sent):
    """``start_time`` and ``end_time`` go together."""

    offset: OFFSET | None = None
    limit: Annotated[int, whole(ge=1, le=100)] | None = None
    order: ORDER | None = None
    start_time: FILLED | None = None
    end_time: FILLED | None = None
    level: Literal["Info", "Error", "Warning"] | None = None
    pattern: TEXT_256 | None = None


class LogLinesQuery(Sent):
    """``asc`` is worded old to new here, ``desc`` new to old."""

    base_line: FILLED | None = None
    lines: Annotated[int, whole(ge=1, le=500)] | None = None
    order: ORDER | None = None


class TasksQuery(Sent):
    """``schedule_count`` asks for the tasks of one scheduling only."""

    schedule_count: COUNT | None = None


def search_of(**given: Any) -> dict[str, Any]:
    """Return what is given but for None."""
    return {name: value for name, value in given.items() if value is not None}
