"""Requests of the current API: documented names, paging, sort direction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple, TypeVar

from matui.sim.server.requests import CHAPTERS, ApiError, ApiRequest, Query
from matui.sim.world.entities.jobs import SimJob
from matui.sim.world.entities.notebooks import SimNotebook
from matui.sim.world.entities.services import SimService
from matui.sim.world.world import World

CHAPTER = "7"  # its codes for parameters: 0107 for a bad one, 0115 for a missing one
R = TypeVar("R", SimJob, SimNotebook, SimService)


class StatusResponse(NamedTuple):
    """A result with an HTTP status of its own; no body is sent for None."""

    body: Any
    status: int = 202


V2Handler = Callable[["World", ApiRequest], Any]


class V2Operation(NamedTuple):
    """One operation: ``path`` from the host on, documented ``query`` parameters and body ``fields``."""

    method: str
    path: str
    handler: V2Handler
    query: Collection[str] = ()
    fields: Collection[str] = ()


def require_documented(operation: V2Operation, request: ApiRequest) -> None:
    """Raise ApiError for parameters and body fields that the operation does not document."""
    _check("parameter", set(request.query.values) - set(operation.query))
    if operation.fields and request.payload.strip():
        _check("field", set(request.parse_fields().data) - set(operation.fields))
    elif not operation.fields and request.payload.strip() not in (b"", b"{}"):
        raise ApiError(CHAPTERS[CHAPTER].kind, "This operation takes no request body.")


def _check(word: str, unknown: set[str]) -> None:
    if unknown:
        raise ApiError(CHAPTERS[CHAPTER].bad, f"Unknown {word}: {min(unknown)}.")


def serialize_page(
    request: ApiRequest, rows: list[Any], *, default: int, most: int, whole: bool = False
) -> dict[str, Any]:
    """Return a page of ``rows`` with its totals; ``whole``: offset must be a multiple of limit."""
    limit = request.query.get_integer("limit", default, 1, most)
    offset = request.query.get_integer("offset", 0, 0)
    if whole and offset % limit:
        raise ApiError(CHAPTERS[CHAPTER].bad, "The offset must be an integer multiple of the limit.")
    shown = rows[offset : offset + limit]
    return {
        "current": offset // limit,
        "data": shown,
        "pages": -(-len(rows) // limit),
        "size": len(shown),
        "total": len(rows),
    }


def select_in_workspace(world: World, rows: Iterable[R], workspace: str) -> list[R]:
    """Return the rows of a workspace, all for ``""``. Raises ApiError 0104 for one that does not exist."""
    if workspace and workspace not in world.workspaces.rows:
        raise ApiError("0104", "Invalid workspace ID.")
    return [row for row in rows if workspace in ("", row.workspace)]


def require_span(query: Query) -> None:
    """Raise ApiError for a ``start_time`` without an ``end_time``, or the reverse."""
    if bool(query.get_text("start_time")) != bool(query.get_text("end_time")):
        raise ApiError(query.codes.bad, "The start_time and the end_time must be given together.")


def is_descending(request: ApiRequest, default: str) -> bool:
    """Return whether ``sort_dir`` asks for descending order."""
    return request.query.get_choice("sort_dir", ("ASC", "DESC"), default) == "DESC"
