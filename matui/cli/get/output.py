"""The output formats of ``matui get``: each writes a whole list, and one line for a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from matui.base.text.cells import load_cells
from matui.base.text.sanitize import clean
from matui.cli.context.session import Session
from matui.cli.get.query import ListQuery
from matui.cli.output.streams import (
    describe_no_match,
    measure_terminal_width,
    note,
    print_line,
    to_json,
    to_yaml,
)
from matui.clouds.protocols import compute_clock_correction_ms
from matui.resources.kind import Action
from matui.resources.kinds.triage import LISTS, TRIAGE
from matui.resources.model import Resource
from matui.resources.registry import get_kind

if TYPE_CHECKING:
    from matui.cli.output.table import Table

OUTPUTS = ("table", "wide", "json", "jsonl", "yaml", "name")


class Sink(Protocol):
    """Writes resources to stdout in one format."""

    def write_all(
        self, rows: Sequence[Resource], now_ms: float, total: int | None, *, came: int | None = None
    ) -> None:
        """Write a whole list; ``total`` is the number of rows before any filter, None where it is unknown.

        ``came`` is how many of these were read, None for all.
        """

    def write_one(self, row: Resource, now_ms: float, *, gone: bool) -> None:
        """Write one row that was added, changed or, with ``gone``, removed."""


def build_sink(
    query: ListQuery,
    sessions: Sequence[Session],
    *,
    profile: str = "",
    errors: Sequence[Mapping[str, str]] | None = None,
) -> Sink:
    """Return the writer of a query's format for the rows of the sessions.

    ``profile`` names several profiles, whose ``errors`` go into a document.
    """
    if query.output in ("table", "wide"):
        return TableSink(query, sessions, several=bool(profile))
    if query.output == "name" or not sessions:
        return NameSink()
    return DocumentSink(query, sessions, profile=profile or sessions[0].profile.name, errors=errors)


def load_writer(output: str) -> None:
    """Import what writes a format: done while the first request travels."""
    if output in ("table", "wide"):
        import_module("matui.cli.output.table")
        load_cells()
    else:
        import_module("matui.resources.export")


class TableSink:
    """Aligned columns under a header, with profile and cloud where there are several or it is wide."""

    def __init__(self, query: ListQuery, sessions: Sequence[Session] = (), *, several: bool = False) -> None:
        self._query = query
        self._clouds = {session.profile.name: session.cloud for session in sessions}
        self._kind = query.kind
        self._wide = query.output == "wide"
        self._shows_profiles = several or self._wide
        self._table: Table | None = None

    def write_all(
        self, rows: Sequence[Resource], now_ms: float, total: int | None, *, came: int | None = None
    ) -> None:
        if not rows and not total and self._kind.id == TRIAGE.id:
            return  # said by profile already
        if not rows:
            several = self._query.has_several_kinds
            names = ("resource", "resources") if several else (self._kind.singular, self._kind.id)
            if total and self._query.filter is None:  # nothing was compared: the rows did not come
                note(f"None of {total:,} {names[1]} came.")
            else:
                missing = 0 if came is None else max(0, (total or 0) - came)
                note(describe_no_match((total or 0) - missing, *names, missing=missing))
            return
        table = self._fit(rows, now_ms)
        header = [table.format_header()] if self._query.headers else []
        print_line(
            "\n".join(
                [*header, *(table.format_row(row, self._get_cloud_now_ms(row, now_ms)) for row in rows)]
            )
        )

    def write_one(self, row: Resource, now_ms: float, *, gone: bool) -> None:
        table = self._table
        if table is None:
            table = self._fit([row], now_ms)
            if self._query.headers:
                print_line(table.format_header())
        print_line(table.format_row(row, self._get_cloud_now_ms(row, now_ms)) + ("  (gone)" if gone else ""))

    def _get_cloud_now_ms(self, row: Resource, now_ms: float) -> float:
        """Return the time by the clock of the row's cloud."""
        return now_ms + compute_clock_correction_ms(self._clouds.get(row.profile))

    def _fit(self, rows: Sequence[Resource], now_ms: float) -> Table:
        from matui.cli.output.table import Table

        kind = self._kind if self._query.has_several_kinds else get_kind(rows[0].kind)
        if self._shows_profiles:
            from matui.resources.columns import add_profile_columns

            kind = add_profile_columns(kind)
        now_ms = self._get_cloud_now_ms(rows[0], now_ms)
        self._table = Table.fit_rows(kind, rows, now_ms, wide=self._wide, room=measure_terminal_width())
        return self._table


class NameSink:
    """``job/10``, one a line. Lists and quotas of triage are no resources: they are counted on stderr."""

    def write_all(
        self,
        rows: Sequence[Resource],
        now_ms: float,  # noqa: ARG002  a Sink
        total: int | None,  # noqa: ARG002
        *,
        came: int | None = None,  # noqa: ARG002
    ) -> None:
        names = [_format_name(row) for row in rows if row.kind != LISTS.id]
        if names:
            print_line("\n".join(names))
        if left_out := len(rows) - len(names):
            what = (
                "1 list or quota, which has" if left_out == 1 else f"{left_out} lists or quotas, which have"
            )
            note(f"Left out {what} no id. See {'it' if left_out == 1 else 'them'} with: matui get triage")

    def write_one(self, row: Resource, now_ms: float, *, gone: bool) -> None:  # noqa: ARG002  a Sink
        if row.kind != LISTS.id:
            print_line(_format_name(row))


def _format_name(row: Resource) -> str:
    return f"{get_kind(row.kind).singular}/{clean(row.id)}"


class DocumentSink:
    """JSON, one item a line, or YAML. ``errors`` are the profiles that failed, None for a single profile."""

    def __init__(
        self,
        query: ListQuery,
        sessions: Sequence[Session],
        *,
        profile: str,
        errors: Sequence[Mapping[str, str]] | None = None,
    ) -> None:
        self._query = query
        self._profile = profile
        self._errors = errors
        self._sessions = {session.profile.name: session for session in sessions}
        self._policy = {session.profile.name: session.policy for session in sessions}
        self._offered: dict[tuple[str, str], tuple[Action, ...]] = {}

    def write_all(
        self,
        rows: Sequence[Resource],
        now_ms: float,
        total: int | None,
        *,
        came: int | None = None,  # noqa: ARG002  a Sink
    ) -> None:
        if self._query.output == "jsonl":
            if rows:
                print_line("\n".join(to_json(self._serialize_item(row)) for row in rows))
            return
        from matui.resources.export import format_listing

        items = [self._serialize_item(row) for row in rows]
        tree = format_listing(self._query.kind.id, self._profile, items, fetched_at_ms=now_ms, total=total)
        if self._errors is not None:
            tree["errors"] = list(self._errors)
        print_line(to_yaml(tree) if self._query.output == "yaml" else to_json(tree, indent=2))

    def write_one(self, row: Resource, now_ms: float, *, gone: bool) -> None:  # noqa: ARG002  a Sink
        from matui.resources.export import format_resource

        change = (
            format_resource(row, (), show_secrets=self._query.show_secrets)
            if gone
            else self._serialize_item(row)
        )
        print_line(to_json(change | {"gone": True} if gone else change))

    def _serialize_item(self, row: Resource) -> dict[str, Any]:
        from matui.resources.export import format_resource, format_trouble

        profile = row.profile if row.profile in self._policy else next(iter(self._policy))
        untouchable = self._policy[profile].explain_denial_for(profile, row) is not None
        offered = () if untouchable else self._find_offered(profile, row.kind)
        item = format_resource(row, offered, show_secrets=self._query.show_secrets)
        return item | format_trouble(row) if self._query.kind.id == TRIAGE.id else item

    def _find_offered(self, profile: str, kind_id: str) -> tuple[Action, ...]:
        from matui.live.actions.guard import list_offered_actions

        key = (profile, kind_id)
        if key not in self._offered:
            cloud = self._sessions[profile].cloud
            self._offered[key] = list_offered_actions(cloud, get_kind(kind_id), policy=self._policy[profile])
        return self._offered[key]
