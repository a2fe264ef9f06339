"""The query of ``matui get``: one kind, every kind (``all``) or ``triage``, and the order of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matui.base.errors import UsageError
from matui.base.text.near_names import format_suggestion
from matui.cli.options import build_wrong_filter_error
from matui.cli.output.streams import note
from matui.clouds.protocols import compute_clock_correction_ms
from matui.resources.filter_fields import LOG_FIELDS
from matui.resources.kind import Column, Kind
from matui.resources.kinds.triage import SEVERAL_KINDS
from matui.resources.model import Resource
from matui.resources.registry import KINDS, find_kind

if TYPE_CHECKING:
    from matui.cli.context.session import Session
    from matui.resources.filters import Filter
    from matui.resources.model import Resource


class SortOrder(NamedTuple):
    """A column to sort by, and the direction."""

    column: Column
    reverse: bool

    @classmethod
    def of(cls, kind: Kind, typed: str | None) -> SortOrder:
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
        from matui.resources.columns import add_profile_columns

        kind = add_profile_columns(kind)
    for column in kind.columns:
        if wanted in (column.id, column.title.casefold().replace("-", "_").replace(" ", "_")):
            return column
    known = [column.id for column in kind.columns]
    raise UsageError(
        f"{kind.title} {kind.verb} no column {typed!r}.{format_suggestion(wanted, known)}",
        remedy=f"Columns: {' '.join(known)}.",
    )


class ListQuery(NamedTuple):
    """The rows to list of each profile, their format and their order."""

    kind: Kind
    ids: Sequence[str]
    output: str
    filter: Filter | None
    order: SortOrder
    headers: bool = True
    show_secrets: bool = False

    @property
    def has_several_kinds(self) -> bool:
        """Whether the rows are of several kinds."""
        return self.kind.id in SEVERAL_KINDS

    @property
    def asks_for_signals(self) -> bool:
        """Whether jobs are filtered or sorted by what only their logs say."""
        is_named = self.filter is not None and self.filter.names_any(LOG_FIELDS)
        return self.kind.id == "jobs" and (is_named or self.order.column.id in LOG_FIELDS)

    def select(
        self, rows: Sequence[Resource], now_ms: float, sessions: Iterable[Session] = ()
    ) -> list[Resource]:
        """Return the rows that the filter selects, sorted; times are compared by the clocks of their clouds.

        Of several kinds those that lack a field of the filter are left out and named on stderr. Raises
        UsageError when the one kind lacks it.
        """
        if self.filter is None:
            return self.order.apply(rows)
        missing = self.filter.explain_missing_fields(rows, now_ms)
        if missing and self.has_several_kinds:
            note(f"Left out, without a field of the filter: {', '.join(missing)}.")
        elif missing:
            raise build_wrong_filter_error(missing.values())
        kind_ids = {row.kind: None for row in rows} if self.has_several_kinds else {self.kind.id: None}
        for words in self.filter.explain_unlikely_statuses(kind_ids, rows):
            note(words)
        chosen = self.filter.exclude_kinds(missing)
        moved = {one.profile.name: compute_clock_correction_ms(one.cloud) for one in sessions}
        if not any(moved.values()):
            return self.order.apply(chosen.select(rows, now_ms))
        return self.order.apply(
            row for row in rows if chosen.matches(row, now_ms + moved.get(row.profile, 0.0))
        )

    def list_kinds(self, offered: Sequence[str]) -> list[Kind]:
        """Return the kinds to list of a cloud that has the ``offered`` ones."""
        if self.has_several_kinds:
            return [kind for kind in KINDS.values() if kind.id in offered]
        return [self.kind]


def parse_listed(words: Sequence[str]) -> tuple[Kind, tuple[str, ...]]:
    """Return the kind and the ids of ``KIND [ID…]`` or ``KIND/ID…``, with kinds ``all`` and ``triage``.

    Raises UsageError for an unknown kind, or for several kinds.
    """
    several = SEVERAL_KINDS.get(words[0].casefold())
    if several is not None:
        return several, tuple(words[1:])
    if "/" not in words[0]:
        return find_kind(words[0], SEVERAL_KINDS), tuple(words[1:])
    from matui.cli.context.resolve import parse_targets

    targets = parse_targets(words)
    if len(targets) > 1:
        raise UsageError("get lists one kind at a time.", remedy=f"These are: {', '.join(targets)}.")
    kind_id, ids = next(iter(targets.items()))
    return KINDS[kind_id], tuple(ids)
