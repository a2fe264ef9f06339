"""One table a kind, made when it is first shown: each keeps its own cursor, marks, sort and filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.widgets import ContentSwitcher

from matui.base.cells import cell_width

if TYPE_CHECKING:
    from matui.console.bars.overview import Overview
    from matui.console.table.widget import ResourceTable
    from matui.live.journal.warm import WarmRows
    from matui.live.poll.poller import Update
    from matui.live.poll.rows import Diff
    from matui.resources.filters import Filter
    from matui.resources.kind import Kind
    from matui.resources.model import Resource, ResourceKey

_TRIAGE = "triage"


@dataclass(slots=True)
class _View:
    table: ResourceTable
    kind: Kind
    filter_text: str = ""
    loaded: bool = False
    filter: Filter | None = None
    missing: dict[str, str] = field(default_factory=dict)
    unknown: int = 0
    warm: WarmRows | None = None

    @property
    def wrong_terms(self) -> tuple[str, ...]:
        """The terms of the filter that match nothing, each with the reason."""
        errors = self.filter.errors if self.filter is not None else ()
        several = self.kind.id == _TRIAGE
        return (*errors, *(() if several else self.missing.values()))


def _describe_missing(view: _View) -> str:
    terms = {reason.partition(": ")[0] for reason in view.missing.values()}
    return f"left out, without {' '.join(sorted(terms))}: {', '.join(view.missing)}"


class KindTables(ContentSwitcher):
    """The tables of all kinds seen so far, one of them shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._views: dict[str, _View] = {}
        self.now_ms: Callable[[], float] = lambda: 0.0
        self.clock_corrections: Mapping[str, float] = {}
        self.colour_of: Callable[[str], str] = lambda _profile: ""
        self._several = False
        self._longest_profile = 0
        self._kept: dict[str, Any] = {}
        self._aside: dict[str, Any] | None = None

    def restore(self, kept: object) -> None:
        """Take what ``arrangement`` returned in an earlier run, for tables that are made later."""
        self._kept = kept if isinstance(kept, dict) else {}

    def arrangement(self) -> dict[str, Any]:
        """Return order, filter and sparse columns of each table, by kind id, as JSON can hold it."""
        shown = {
            kind_id: [
                view.table.rows.sort_column,
                view.table.rows.reverse,
                view.filter_text,
                view.table.sparse_widths,
            ]
            for kind_id, view in self._views.items()
        }
        return self._aside if self._aside is not None else self._kept | shown

    def set_filters_aside(self) -> None:
        """Drop every filter until ``restore_filters``; ``arrangement`` returns what it was."""
        if self._aside is None:
            self._aside = self.arrangement()
            for view in self._views.values():
                self._filter(view, "")

    def restore_filters(self) -> None:
        """Filter each table as before ``set_filters_aside``."""
        before, self._aside = self._aside, None
        if before is None:
            return
        self._kept = before
        for kind_id, view in self._views.items():
            self._filter(view, before[kind_id][2] if kind_id in before else "")

    @property
    def kind(self) -> Kind | None:
        """The kind shown."""
        view = self._views.get(self.current or "")
        return view.kind if view else None

    @property
    def in_triage(self) -> bool:
        """Whether the table shown is that of everything in trouble."""
        return self.current == _TRIAGE

    @property
    def cut_reason(self) -> str:
        """The reason of the selected row of triage where its column cuts it, else ``""``."""
        return self.table.find_cut_text("why") if self.in_triage and self.table is not None else ""

    @property
    def cut_profile(self) -> str:
        """The profile of the selected row where several are shown and its column is cut, else ``""``."""
        return self.table.find_cut_text("profile") if self._several and self.table is not None else ""

    @property
    def table(self) -> ResourceTable | None:
        """The table shown."""
        view = self._views.get(self.current or "")
        return view.table if view else None

    @property
    def is_loaded(self) -> bool:
        """Whether the table shown has had rows."""
        view = self._views.get(self.current or "")
        return view is not None and view.loaded

    def is_settled(self, kind_id: str) -> bool:
        """Return whether a poll without news changes nothing in the table of a kind, or there is none."""
        view = self._views.get(kind_id)
        return view is None or (view.loaded and not view.warm and view.table.row_count > 0)

    @property
    def filter_text(self) -> str:
        """The filter of the table shown."""
        view = self._views.get(self.current or "")
        return view.filter_text if view else ""

    @property
    def left_out(self) -> str:
        """The kinds that the filter leaves out as they lack a field, with the reason; ``""`` for none."""
        view = self._views.get(self.current or "")
        if view is None:
            return ""
        unknown = f"{view.unknown:,} left out: time not known" if view.unknown else ""
        if not view.missing or view.kind.id != _TRIAGE:
            return unknown
        return _describe_missing(view)

    def find_without_time(self) -> list[Resource]:
        """Return the rows that the filter of the table shown leaves out as their time is not known."""
        view = self._views.get(self.current or "")
        if view is None or not view.unknown or view.filter is None:
            return []
        return view.filter.find_unknown(view.table.rows.resources, self.now_ms())

    async def forget(self) -> None:
        """Drop every table: another profile or workspace is looked at now."""
        self._views.clear()
        self.current = None
        await self.remove_children()

    def _ahead_of(self, profile: str) -> float:
        return self.clock_corrections.get(profile, 0.0)

    async def show(self, kind: Kind) -> ResourceTable:
        """Show the table of ``kind``, making it first where there is none."""
        view = self._views.get(kind.id)
        if view is None:
            from matui.console.table.widget import ResourceTable

            table = ResourceTable(now_ms=lambda: self.now_ms(), ahead_of=self._ahead_of, id=kind.id)
            table.set_kind(self._with_profiles(kind))
            table.colour_of = lambda profile: self.colour_of(profile)
            table.placeholder = "loading …"
            view = self._views[kind.id] = _View(table, kind)
            if kind.id == _TRIAGE:
                table.cursor.follow_first()
            self._arrange_as_kept(view)
            await self.mount(table)
        elif self.current != kind.id:
            view.table.settle_columns()
        self.current = kind.id
        return view.table

    def _arrange_as_kept(self, view: _View) -> None:
        match self._kept.get(view.kind.id):
            case [str(column), bool(reverse), str(text), *rest]:
                view.table.sort_by(column, reverse)
                self._set_filter(view, text if self._aside is None else "")
                if rest and isinstance(rest[0], dict):
                    widths = rest[0].items()
                    view.table.reserve_columns({name: n for name, n in widths if isinstance(n, int)})

    def show_profile_columns(self, names: Iterable[str], *, several: bool) -> None:
        """Show which profile and cloud each row is from where there are several; else not."""
        longest = max(map(cell_width, names), default=0) if several else 0
        if (several, longest) != (self._several, self._longest_profile):
            self._several, self._longest_profile = several, longest
            for view in self._views.values():
                view.table.set_columns(self._with_profiles(view.kind))

    def _with_profiles(self, kind: Kind) -> Kind:
        if not self._several:
            return kind
        from matui.resources.columns import with_profiles

        return with_profiles(kind, self._longest_profile)

    def update_rows(
        self, update: Update, now: Overview | None, every_row: Callable[[], Iterable[Resource]]
    ) -> None:
        """Bring a kind's table up to date; nothing to do for a kind not seen yet.

        ``now`` may be None for a table that is settled. ``every_row`` returns the rows of all profiles, for
        a table that has none: their own updates may have come before it.
        """
        view = self._views.get(update.snapshot.kind)
        if view is None:
            return
        if view.loaded:
            view.table.apply(self._settle(view, update))
            self._check_fields(view)
            self._say_why_empty(view, now)
        elif now is not None:
            self.fill(update.snapshot.kind, every_row(), now)

    def load_again(self, kind_id: str, rows: Iterable[Resource], now: Overview) -> None:
        """Take other rows, and lay the table out for them alone; cursor, order and filter stay."""
        view = self._views.get(kind_id)
        if view is None or not view.loaded:
            self.fill(kind_id, rows, now)
            return
        view.table.load(rows)
        view.table.set_columns(self._with_profiles(view.kind))
        self._check_fields(view)
        self._say_why_empty(view, now)

    def show_last(self, kind_id: str, rows: Sequence[Resource]) -> bool:
        """Show rows of an earlier run; return whether there was nothing newer to show."""
        view = self._views.get(kind_id)
        if view is None or view.loaded or not rows:
            return False
        from matui.live.journal.warm import WarmRows

        view.warm = WarmRows(rows, in_trouble=kind_id == _TRIAGE)
        view.table.load(rows)
        return True

    @property
    def as_of(self) -> int | None:
        """When the rows shown that the cloud has not confirmed were read (ms since the epoch), or None."""
        view = self._views.get(self.current or "")
        return view.warm.as_of if view and view.warm else None

    def confirm(self, kind_id: str, update: Update) -> None:
        """Take unconfirmed rows of the list that has been answered out of a table without a poller."""
        from matui.live.poll.rows import Diff
        from matui.resources.model import is_unconfirmed

        view, snapshot = self._views.get(kind_id), update.snapshot
        if view is not None and view.loaded and view.warm and snapshot.freshness.fetched_at is not None:
            answered = (snapshot.profile, snapshot.kind)
            known = view.table.rows.resources
            came = [row for row in known if row.key[:2] == answered and not is_unconfirmed(row)]
            diff, differing = view.warm.settle(*answered, {row.id: row for row in came}, Diff(tuple(came)))
            view.table.apply(Diff(removed=diff.removed))
            view.table.highlight(differing)

    @staticmethod
    def _settle(view: _View, update: Update) -> Diff:
        """Return what an update changes where rows of an earlier run are shown."""
        snapshot = update.snapshot
        if not view.warm or snapshot.freshness.fetched_at is None:
            return update.diff
        diff, differing = view.warm.settle(snapshot.profile, snapshot.kind, snapshot.rows, update.diff)
        view.table.highlight(differing)
        return diff

    def fill(self, kind_id: str, rows: Iterable[Resource], now: Overview) -> None:
        """Load the table of a kind, unless it is loaded or there is nothing to load yet."""
        view = self._views.get(kind_id)
        if view is None:
            return
        if not view.loaded and now.has_rows:
            differing: frozenset[ResourceKey] = frozenset()
            if view.warm is not None:
                rows, differing = view.warm.take_answers(rows)
            view.table.load(rows)
            view.table.highlight(differing)
            view.loaded = True
            self._check_fields(view)
        self._say_why_empty(view, now)

    def drop(self, profile: str) -> None:
        """Take the rows of a profile out of every table."""
        from matui.live.poll.rows import Diff

        for view in self._views.values():
            if view.warm is not None:
                view.warm.drop_profile(profile)
            gone = tuple(row for row in view.table.rows.resources if row.profile == profile)
            view.table.apply(Diff(removed=gone))

    def take(self, kind_id: str, diff: Diff) -> None:
        """Apply a diff to a table that no poller of its own feeds."""
        view = self._views.get(kind_id)
        if view is not None and view.loaded:
            view.table.apply(diff)
            self._check_fields(view)

    def _check_fields(self, view: _View) -> None:
        """Leave out the kinds that lack a field of the filter, and keep the reasons."""
        if view.filter is None:
            view.missing, view.unknown = {}, 0
            return
        view.missing = view.filter.missing_fields(view.table.rows.resources)
        checked = view.filter.without(view.missing)
        view.unknown = len(checked.find_unknown(view.table.rows.resources, self.now_ms()))
        if checked is not view.filter:
            view.filter = checked
            view.table.set_filter(checked)

    @staticmethod
    def _say_why_empty(view: _View, now: Overview | None) -> None:
        if now is not None and now.freshness.fetched_at is None and not (now.quiet and now.has_rows):
            whose = f"{now.whose}: " if now.whose else ""
            view.table.placeholder = f"{whose}{now.freshness.error}" if now.freshness.error else "loading …"
        elif view.filter_text:
            wrong = view.wrong_terms
            reason = "\n".join(wrong) if wrong else f"Nothing matches {view.filter_text}"
            if view.missing and not wrong:
                reason = f"{reason}\n{_describe_missing(view)}"
            view.table.placeholder = f"{reason} – esc clears the filter."
        elif view.kind.id == _TRIAGE:
            view.table.placeholder = now.quiet if now is not None else ""
        else:
            view.table.placeholder = f"There are no {view.kind.title.lower()} here."

    def set_filter(self, text: str) -> tuple[str, ...]:
        """Filter the table shown; returns what is wrong with the expression, term by term."""
        view = self._views.get(self.current or "")
        if view is None:
            return ()
        self._filter(view, text)
        return view.wrong_terms

    def _filter(self, view: _View, text: str) -> None:
        self._set_filter(view, text)
        if view.loaded:
            self._check_fields(view)
            self._say_why_empty(view, None)

    @staticmethod
    def _set_filter(view: _View, text: str) -> None:
        from matui.resources.filters import parse_filter

        view.filter_text = text.strip()
        view.filter = parse_filter(text) if view.filter_text else None
        view.table.set_filter(view.filter)
        view.table.settle_columns()

    def tick(self) -> None:
        """Update the ages shown."""
        if self.table is not None:
            self.table.tick()
