"""The output formats of ``matui get``: each writes a whole list, and one line for a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from matui.base.sanitize import clean
from matui.cli.output import note, print_line, terminal_width, to_json, to_yaml
from matui.cli.session import Session
from matui.resources.export import format_listing, format_resource
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

if TYPE_CHECKING:
    from matui.cli.table import Table

OUTPUTS = ("table", "wide", "json", "jsonl", "yaml", "name")


class Sink(Protocol):
    """Writes resources to stdout in one format."""

    def all(self, rows: Sequence[Resource], now_ms: float, total: int | None) -> None:
        """Write a whole list; ``total`` is the number of rows before any filter, None where it is unknown."""
        ...

    def one(self, row: Resource, now_ms: float, *, gone: bool) -> None:
        """Write one row that was added, changed or, with ``gone``, removed."""
        ...


def build_sink(output: str, sessions: Sequence[Session], kind: Kind) -> Sink:
    """Return the writer of a format for the rows of the sessions."""
    if output in ("table", "wide"):
        return TableSink(kind, wide=output == "wide")
    if output == "name":
        return NameSink()
    return DocumentSink(output, sessions, kind, profile=sessions[0].profile.name)


class TableSink:
    """Aligned columns under a header, with profile and cloud where there are several or it is wide."""

    def __init__(self, kind: Kind, *, wide: bool, several: bool = False) -> None:
        self._kind = kind
        self._wide = wide
        self._shows_profiles = several or wide
        self._table: Table | None = None

    def all(self, rows: Sequence[Resource], now_ms: float, total: int | None) -> None:
        if not rows:
            note(f"No {self._kind.id} match, of {total}." if total else f"There are no {self._kind.id}.")
            return
        table = self._fit(rows, now_ms)
        print_line("\n".join([table.header(), *(table.row(row, now_ms) for row in rows)]))

    def one(self, row: Resource, now_ms: float, *, gone: bool) -> None:
        table = self._table
        if table is None:
            table = self._fit([row], now_ms)
            print_line(table.header())
        print_line(table.row(row, now_ms) + ("  (gone)" if gone else ""))

    def _fit(self, rows: Sequence[Resource], now_ms: float) -> Table:
        from matui.cli.table import Table

        kind = kind_by_id(rows[0].kind)
        if self._shows_profiles:
            from matui.resources.columns import with_profiles

            kind = with_profiles(kind)
        self._table = Table.fitted(kind, rows, now_ms, wide=self._wide, room=terminal_width())
        return self._table


class NameSink:
    """``job/10``, one a line."""

    def all(self, rows: Sequence[Resource], now_ms: float, total: int | None) -> None:  # noqa: ARG002  a Sink
        for row in rows:
            print_line(_name(row))

    def one(self, row: Resource, now_ms: float, *, gone: bool) -> None:  # noqa: ARG002  a Sink
        print_line(_name(row))


def _name(row: Resource) -> str:
    return f"{kind_by_id(row.kind).singular}/{clean(row.id)}"


class DocumentSink:
    """JSON, one item a line, or YAML. ``errors`` are the profiles that failed, None for a single profile."""

    def __init__(
        self,
        output: str,
        sessions: Sequence[Session],
        kind: Kind,
        *,
        profile: str,
        errors: Sequence[Mapping[str, str]] | None = None,
    ) -> None:
        self._output = output
        self._kind = kind
        self._profile = profile
        self._errors = errors
        self._policy = {session.profile.name: session.policy for session in sessions}
        from matui.live.actions.guard import offered_actions

        self._offered = {
            session.profile.name: offered_actions(session.cloud, kind, policy=session.policy)
            for session in sessions
        }

    def all(self, rows: Sequence[Resource], now_ms: float, total: int | None) -> None:
        if self._output == "jsonl":
            for row in rows:
                print_line(to_json(self._item(row)))
            return
        items = [self._item(row) for row in rows]
        tree = format_listing(self._kind.id, self._profile, items, fetched_at_ms=now_ms, total=total)
        if self._errors is not None:
            tree["errors"] = list(self._errors)
        print_line(to_yaml(tree) if self._output == "yaml" else to_json(tree, indent=2))

    def one(self, row: Resource, now_ms: float, *, gone: bool) -> None:  # noqa: ARG002  a Sink
        change = format_resource(row, ()) if gone else self._item(row)
        print_line(to_json(change | {"gone": True} if gone else change))

    def _item(self, row: Resource) -> dict[str, Any]:
        profile = row.profile if row.profile in self._policy else next(iter(self._policy))
        untouchable = self._policy[profile].denial_for(profile, row) is not None
        return format_resource(row, () if untouchable else self._offered[profile])
