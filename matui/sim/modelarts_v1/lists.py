"""Sorting and paging of the list operations, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from matui.sim.server.requests import Query
from matui.sim.world.world import World

R = TypeVar("R")


class ListRules(NamedTuple, Generic[R]):
    """The sort fields and the paging of one list operation.

    ``keys`` maps the values of the parameter ``sort_by`` to sort keys of a row at a time in ms; the first is
    the default. ``order`` is the default order. Pages are given by ``offset`` and ``limit``, or by
    ``per_page`` and ``page`` where ``max_per_page`` is set.
    """

    sort_by: str
    keys: Mapping[str, Callable[[R, int], Any]]
    order: str = "desc"
    max_per_page: int = 0

    def select(self, world: World, query: Query, rows: Iterable[R]) -> list[R]:
        """Return the page of ``rows`` that ``query`` asks for. Raises ApiError for an invalid parameter."""
        key = self.keys[query.get_choice(self.sort_by, tuple(self.keys), next(iter(self.keys)))]
        if self.max_per_page:
            limit = query.get_integer("per_page", 10, 1, self.max_per_page)
            first = (query.get_integer("page", 1, 1, 65535) - 1) * limit
        else:
            offset, limit = query.get_integer("offset", 0, 0), query.get_integer("limit", 1000, 1, 1000)
            first = world.resolve_offset(offset, limit)
        descending = query.is_descending(self.order)
        ordered = sorted(rows, key=lambda row: key(row, world.now), reverse=descending)
        return ordered[first : first + limit]
