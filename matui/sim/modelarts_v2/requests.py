"""One request to the current API: names of parameters are checked, and paging rules by their style."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from matui.sim.server.errors import Refusal
from matui.sim.server.requests import CHAPTERS, Call
from matui.sim.world.world import World

CHAPTER = "7"  # its codes for parameters: 0107 for a bad one, 0115 for a missing one


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer with a status of its own; ``body`` None sends none."""

    body: Any
    status: int = 202


Handler = Callable[["World", Call], Any]


class Operation(NamedTuple):
    """One operation; ``path`` follows the host, ``query`` names the parameters it knows."""

    method: str
    path: str
    answer: Handler
    query: Collection[str] = ()
    fields: Collection[str] = ()


def check_names(operation: Operation, call: Call) -> None:
    """Refuse parameters and body fields that the operation does not document."""
    _check("parameter", set(call.query.values) - set(operation.query))
    if operation.fields and call.payload.strip():
        _check("field", set(call.fields().data) - set(operation.fields))
    elif not operation.fields and call.payload.strip() not in (b"", b"{}"):
        raise Refusal(CHAPTERS[CHAPTER].kind, "This operation takes no request body.")


def _check(word: str, unknown: set[str]) -> None:
    if unknown:
        raise Refusal(CHAPTERS[CHAPTER].bad, f"Unknown {word}: {min(unknown)}.")


def item_page(call: Call, rows: list[Any], *, default: int, most: int, whole: bool = False) -> dict[str, Any]:
    """Return the paging block with the rows under ``data``; ``whole``: offset is a multiple of limit."""
    limit = call.query.integer("limit", default, 1, most)
    offset = call.query.integer("offset", 0, 0)
    if whole and offset % limit:
        raise Refusal(CHAPTERS[CHAPTER].bad, "The offset must be an integer multiple of the limit.")
    shown = rows[offset : offset + limit]
    return {
        "current": offset // limit,
        "data": shown,
        "pages": -(-len(rows) // limit),
        "size": len(shown),
        "total": len(rows),
    }


def sort_way(call: Call, default: str) -> bool:
    """Return whether ``sort_dir`` asks for descending order."""
    return call.query.choice("sort_dir", ("ASC", "DESC"), default) == "DESC"
