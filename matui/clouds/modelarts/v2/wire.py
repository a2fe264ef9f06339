"""Wire types of all v2 kinds: times, bare arrays, and the requests of training jobs."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BeforeValidator, Field

from matui.base.text.formatting import pluralize
from matui.clouds.http.decode import Reply, read_rows
from matui.clouds.modelarts.requests import FILLED, ORDER, TEXT_256, RequestModel
from matui.clouds.wire_types import ModelRows, Text, Whole, WireModel, make_list, to_text
from matui.resources.detail import Event

M = TypeVar("M", bound=WireModel)
OFFSET = Annotated[int, Field(ge=0)]


def _convert_number_to_text(given: Any) -> Any:
    return to_text(given) if isinstance(given, int | float) else given


WORDS = Annotated[str, BeforeValidator(_convert_number_to_text)]
"""A text; a number is taken for its text."""


class V2Page(WireModel, Generic[M]):
    """A page of a list."""

    data: ModelRows[M] = Field(default_factory=make_list)
    total: Whole = None


def get_page_rows(reply: Reply[V2Page[M]]) -> Sequence[M | None]:
    """Return the rows of a page, None for each that is no object. Raises BadAnswerError as ``read_rows``."""
    return read_rows(reply, reply.value.data, "data", due=reply.value.total or 0)


def note_unread(rows: Sequence[object]) -> tuple[Event, ...]:
    """Return an event that states how many of the events could not be read, none where all could."""
    count = sum(row is None for row in rows)
    noun = pluralize(count, "event")
    return (Event(None, f"{noun} could not be read."),) if count else ()


def mark_gaps(values: Iterable[float | None]) -> tuple[float | None, ...]:
    """Return the values of a metric, None for -1, which states that there is none."""
    return tuple(None if value is None or value < 0 else value for value in values)


class V2Named(WireModel):
    """A reference: an id and a name."""

    id: Text = ""
    name: Text = ""


class Endpoint(WireModel):
    service: Text = ""
    uri: Text = ""


class JobFilter(RequestModel):
    key: FILLED
    operator: Literal["between", "like", "in", "not"]
    value: list[str]


class JobSearch(RequestModel):
    """``offset`` counts items."""

    offset: OFFSET
    limit: Annotated[int, Field(ge=1, le=50)]
    sort_by: FILLED | None = None
    order: ORDER | None = None
    workspace_id: FILLED | None = None
    filters: list[JobFilter] | None = None


def build_newest_jobs(offset: int, limit: int, workspace: str, name: str = "") -> JobSearch:
    """Return the search for the newest jobs of a workspace, ``""`` for all, with ``name`` in their names."""
    alike = [JobFilter(key="name", operator="like", value=[name])] if name else None
    return JobSearch(
        offset=offset,
        limit=limit,
        sort_by="create_time",
        order="desc",
        workspace_id=workspace or None,
        filters=alike,
    )


class JobAction(RequestModel):
    action_type: Literal["terminate"]


class JobEventsQuery(RequestModel):
    """``start_time`` and ``end_time`` go together."""

    offset: OFFSET | None = None
    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    order: ORDER | None = None
    start_time: FILLED | None = None
    end_time: FILLED | None = None
    level: Literal["Info", "Error", "Warning"] | None = None
    pattern: TEXT_256 | None = None


class V2LogLinesQuery(RequestModel):
    """``asc`` is worded old to new here, ``desc`` new to old."""

    base_line: FILLED | None = None
    lines: Annotated[int, Field(ge=1, le=500)] | None = None
    order: ORDER | None = None
