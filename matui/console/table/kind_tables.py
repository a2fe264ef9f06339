"""One table a kind, made when it is first shown: each keeps its own cursor, marks, sort and filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import ContentSwitcher

from matui.base.text.cells import measure_width
from matui.console.table.filtered_table import TRIAGE_ID, FilteredTable

if TYPE_CHECKING:
    from matui.console.bars.overview import Overview
    from matui.console.table.widget import ResourceTable
    from matui.live.poll.poller import Update
    from matui.live.poll.rows import Diff
    from matui.resources.kind import Kind
    from matui.resources.model import Resource

_NAMES = {"name": 23, "status": 15, "owner": 12}
# In cells, by kind and column. Sparse columns listed here are there from the start.
USUAL_WIDTHS: Mapping[str, Mapping[str, int]] = {
    TRIAGE_ID: {**_NAMES, "kind": 14, "help": 3},
    "jobs": {**_NAMES, "step": 16, "loss": 8, "eta": 8, "version": 8},
}


class KindTables(ContentSwitcher):
    """The tables of all kinds seen so far, one of them shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._views: dict[str, FilteredTable] = {}
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

    def export_arrangement(self) -> dict[str, Any]:
        """Return order, filter and widths of columns of each table, by kind id, as JSON can hold it."""
        shown = {
            kind_id: [
                view.table.rows.sort_column,
                view.table.rows.reverse,
                view.filter_text,
                view.table.known_widths,
            ]
            for kind_id, view in self._views.items()
        }
        return self._aside if self._aside is not None else self._kept | shown

    def set_filters_aside(self) -> None:
        """Drop every filter until ``restore_filters``; ``arrangement`` returns what it was."""
        if self._aside is None:
            self._aside = self.export_arrangement()
            for view in self._views.values():
                view.set_filter("")

    def restore_filters(self) -> None:
        """Filter each table as before ``set_filters_aside``."""
        before, self._aside = self._aside, None
        if before is None:
            return
        self._kept = before
        for kind_id, view in self._views.items():
            view.set_filter(before[kind_id][2] if kind_id in before else "")

    @property
    def _shown(self) -> FilteredTable | None:
        return self._views.get(self.current or "")

    @property
    def kind(self) -> Kind | None:
        """The kind shown."""
        return self._shown.kind if self._shown else None

    @property
    def in_triage(self) -> bool:
        """Whether the table shown is that of everything in trouble."""
        return self.current == TRIAGE_ID

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
        return self._shown.table if self._shown else None

    @property
    def is_loaded(self) -> bool:
        """Whether the table shown has had rows."""
        return self._shown is not None and self._shown.loaded

    def is_settled(self, kind_id: str) -> bool:
        """Return whether a poll without news changes nothing in the table of a kind, or there is none."""
        view = self._views.get(kind_id)
        return view is None or view.is_settled

    @property
    def filter_text(self) -> str:
        """The filter of the table shown."""
        return self._shown.filter_text if self._shown else ""

    @property
    def left_out(self) -> str:
        """The kinds that the filter leaves out as they lack a field, with the reason; ``""`` for none."""
        return self._shown.left_out if self._shown else ""

    def find_without_time(self) -> list[Resource]:
        """Return the rows that the filter of the table shown leaves out as their time is not known."""
        return self._shown.find_without_time() if self._shown else []

    async def forget(self) -> None:
        """Drop every table: another profile or workspace is looked at now."""
        self._views.clear()
        self.current = None
        await self.remove_children()

    def _get_ahead_ms(self, profile: str) -> float:
        return self.clock_corrections.get(profile, 0.0)

    async def show(self, kind: Kind) -> ResourceTable:
        """Show the table of ``kind``, making it first where there is none."""
        view = self._views.get(kind.id)
        if view is None:
            from matui.console.table.widget import ResourceTable

            table = ResourceTable(now_ms=lambda: self.now_ms(), ahead_of=self._get_ahead_ms, id=kind.id)
            table.set_kind(self._add_profile_columns(kind))
            table.colour_of = lambda profile: self.colour_of(profile)
            table.placeholder = "loading …"
            view = self._views[kind.id] = FilteredTable(table, kind, lambda: self.now_ms())
            if kind.id == TRIAGE_ID:
                table.cursor.follow_first()
            self._arrange_as_kept(view)
            await self.mount(table)
        elif self.current != kind.id:
            view.table.settle_columns()
        self.current = kind.id
        return view.table

    def _arrange_as_kept(self, view: FilteredTable) -> None:
        widths: dict[str, int] = {}
        match self._kept.get(view.kind.id):
            case [str(column), bool(reverse), str(text), *rest]:
                view.table.sort_by(column, reverse)
                view.take_filter(text if self._aside is None else "")
                if rest and isinstance(rest[0], dict):
                    widths = {name: n for name, n in rest[0].items() if isinstance(n, int)}
        usual = USUAL_WIDTHS.get(view.kind.id, {})
        view.table.reserve_columns(widths or usual, usual=not widths)

    def show_profile_columns(self, names: Iterable[str], *, several: bool) -> None:
        """Show which profile and cloud each row is from where there are several; else not."""
        longest = max(map(measure_width, names), default=0) if several else 0
        if (several, longest) != (self._several, self._longest_profile):
            self._several, self._longest_profile = several, longest
            for view in self._views.values():
                view.table.set_columns(self._add_profile_columns(view.kind))

    def _add_profile_columns(self, kind: Kind) -> Kind:
        if not self._several:
            return kind
        from matui.resources.columns import add_profile_columns

        return add_profile_columns(kind, self._longest_profile)

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
            view.apply(view.settle(update))
            view.say_why_empty(now)
        elif now is not None:
            self.fill(update.snapshot.kind, every_row(), now)

    def load_again(self, kind_id: str, rows: Iterable[Resource], now: Overview) -> None:
        """Take other rows, and lay the table out for them alone; cursor, order and filter stay."""
        view = self._views.get(kind_id)
        if view is None or not view.loaded:
            self.fill(kind_id, rows, now)
            return
        view.table.load(rows)
        view.table.set_columns(self._add_profile_columns(view.kind))
        view.check_fields()
        view.say_why_empty(now)

    def show_last(self, kind_id: str, rows: Sequence[Resource]) -> bool:
        """Show rows of an earlier run; return whether there was nothing newer to show."""
        view = self._views.get(kind_id)
        if view is None or view.loaded or not rows:
            return False
        from matui.live.journal.warm import WarmRows

        view.warm = WarmRows(rows, in_trouble=kind_id == TRIAGE_ID)
        view.table.load(rows)
        return True

    @property
    def as_of(self) -> int | None:
        """When the rows shown that the cloud has not confirmed were read (ms since the epoch), or None."""
        return self._shown.warm.as_of if self._shown and self._shown.warm else None

    def confirm(self, kind_id: str, update: Update) -> None:
        """Take unconfirmed rows of the list that has been answered out of a table without a poller."""
        if (view := self._views.get(kind_id)) is not None:
            view.confirm(update)

    def fill(self, kind_id: str, rows: Iterable[Resource], now: Overview) -> None:
        """Load the table of a kind, unless it is loaded or there is nothing to load yet."""
        if (view := self._views.get(kind_id)) is not None:
            view.fill(rows, now)

    def drop(self, profile: str) -> None:
        """Take the rows of a profile out of every table."""
        for view in self._views.values():
            view.drop(profile)

    def take(self, kind_id: str, diff: Diff) -> None:
        """Apply a diff to a table that no poller of its own feeds."""
        view = self._views.get(kind_id)
        if view is not None and view.loaded:
            view.apply(diff)

    def set_filter(self, text: str) -> tuple[str, ...]:
        """Filter the table shown; returns what is wrong with the expression, term by term."""
        if self._shown is None:
            return ()
        self._shown.set_filter(text)
        return self._shown.wrong_terms

    def tick(self) -> None:
        """Update the ages shown."""
        if self.table is not None:
            self.table.tick()
