"""The order in which ``matui get`` lists rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matui.base.errors import UsageError
from matui.resources.kind import Column, Kind
from matui.resources.model import Resource


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by, and the direction."""

    column: Column
    reverse: bool

    @classmethod
    def of(cls, kind: Kind, typed: str | None) -> Order:
        """Return the order of ``COL``, ``-COL`` or, for None, the kind's own. Raises UsageError."""
        if typed is None:
            return cls(_find_column(kind, kind.default_sort), kind.default_reverse)
        return cls(_find_column(kind, typed.removeprefix("-")), typed.startswith("-"))

    def apply(self, resources: Iterable[Resource]) -> list[Resource]:
        """Return the resources sorted; those equal in the column keep their order."""
        return sorted(resources, key=self.column.sort, reverse=self.reverse)


def _find_column(kind: Kind, typed: str) -> Column:
    wanted = typed.casefold().replace("-", "_").replace(" ", "_")
    if wanted in ("profile", "cloud"):
        from matui.resources.columns import with_profiles

        kind = with_profiles(kind)
    for column in kind.columns:
        if wanted in (column.id, column.title.casefold().replace("-", "_").replace(" ", "_")):
            return column
    known = " ".join(column.id for column in kind.columns)
    raise UsageError(f"{kind.title} have no column {typed!r}.", remedy=f"Columns: {known}.")
