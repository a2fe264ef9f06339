"""Base of the screens around one table: title, filter, sort, copy, and a key bar."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding

from matui.console.bars.prompt import PROMPT_KEY, InputBar
from matui.console.bars.text_bar import TextBar
from matui.console.commands.keys import build_key_bar, build_prompt_hints, build_screen_hints
from matui.console.messages import LineCancelled, LineChanged, LineSubmitted
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.console.terminal.clipboard import copy
from matui.console.terminal.screen import DiffScreen
from matui.live.poll.loop import Timing
from matui.live.poll.poller import PolledValue, ValuePoller
from matui.live.poll.rows import compute_diff
from matui.resources.filters import parse_filter
from matui.resources.model import Resource

T = TypeVar("T")


class TableScreen(DiffScreen[None]):
    """Shows one table; ``facts`` are the additional fields of its filter."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "TableScreen > ResourceTable { height: 1fr; }"
    BINDINGS = [
        Binding("escape", "back", "clear the filter, go back"),
        Binding("q", "close", "go back"),
        Binding("slash", "filter", "filter the table"),
        Binding("o", "sort", "sort by the next column"),
        Binding("O", "reverse", "reverse the sort order"),
        Binding("c", "copy", "copy the id"),
        Binding("u", "utc", "times in UTC, and back to local time"),
        Binding("ctrl+r", "refresh", "refresh now"),
        PROMPT_KEY,
    ]
    facts: ClassVar[Collection[str]] = ()
    empty: str
    """The text shown without any rows."""

    def __init__(self, session: ConsoleSession, table: ResourceTable) -> None:
        super().__init__()
        self._session = session
        self._rows: dict[str, Resource] | None = None
        self._filter_text = ""
        self.utc = False
        self._title = TextBar(classes="pane-title")
        self._keys = TextBar(classes="keys")
        self._input = InputBar()
        self._hints: tuple[str, ...] = ()
        self._local_kind = table.kind
        self.table = table

    def show_keys(self, *hints: str) -> None:
        """Show a key bar of ``key words``; of the last one, the way back, there is always room."""
        self._hints = hints
        self._paint_keys()

    @on(events.Resize)
    @on(events.DescendantFocus)
    def _paint_keys(self) -> None:
        """Fit the key bar to the width: the keys of the filter while it is typed, else those of the table."""
        width = self.size.width
        if self._input.has_focus_within:
            hints = build_prompt_hints("filter", has_history=self._input.has_history, completes=False)
            self._keys.show(build_key_bar(hints, width))
        elif self._hints:
            self._keys.show(build_screen_hints(self._hints, width))

    def compose(self) -> ComposeResult:
        """Lay out title, table, filter and keys."""
        yield self._title
        yield self.table
        yield self._input
        yield self._keys

    def show_rows(self, rows: dict[str, Resource]) -> None:
        """Fill the table, or change in it what has changed."""
        if self._rows is None:
            self.table.load(rows)
        else:
            before = {key: self._rows.get(key) for key in {**self._rows, **rows}}
            self.table.apply(compute_diff(before, rows))
        self._rows = rows
        if not self._input.is_open:
            self.table.placeholder = self.empty

    def action_filter(self) -> None:
        """Type a filter."""
        self._input.open("filter", self._filter_text)

    @on(LineChanged)
    def _apply_filter(self, event: LineChanged) -> None:
        event.stop()
        self._filter_text = event.text.strip()
        chosen = parse_filter(event.text, self.facts) if self._filter_text else None
        if self._rows is not None:
            reason = chosen.errors[0] if chosen is not None and chosen.errors else "Nothing matches"
            self.table.placeholder = f"{reason} – esc clears the filter." if chosen else self.empty
        self.table.set_filter(chosen)
        wrong = chosen.errors[0] if chosen is not None and chosen.errors else ""
        self._input.show_notice(
            wrong or f"{self.table.row_count:,} of {self.table.rows.total:,}", wrong=bool(wrong)
        )

    @on(LineSubmitted)
    def _focus_table(self, event: LineSubmitted) -> None:
        event.stop()
        self.table.focus()

    @on(LineCancelled)
    def _cancel_line(self, event: LineCancelled) -> None:
        event.stop()
        self._clear_filter()

    def _clear_filter(self) -> None:
        if self._rows is not None:
            self.table.placeholder = self.empty
        self._filter_text = ""
        self.table.set_filter(None)
        self._input.close()
        self.table.focus()

    def action_back(self) -> None:
        """Clear the selection, the filter, or go back: the first that applies."""
        if self.drop_selection():
            return
        if self._input.is_open:
            self._clear_filter()
        else:
            self.dismiss(None)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_next()

    def action_reverse(self) -> None:
        """Reverse the order."""
        self.table.sort_by(self.table.rows.sort_column, not self.table.rows.reverse)

    def set_utc(self, utc: bool) -> None:
        """Show the times of the table in UTC, or in local time."""
        kind = self._local_kind
        if kind is not None and utc != self.utc:
            self.utc = utc
            self.table.set_columns(kind.in_utc if utc else kind)

    def action_utc(self) -> None:
        """Show times in UTC, or in local time again."""
        if self._local_kind is None or not any(column.utc for column in self._local_kind.columns):
            self.show_warning("No column shows a time of day.")
            return
        self.set_utc(not self.utc)
        self.notify(f"Times are in {'UTC' if self.utc else 'local time'}.", markup=False)

    def action_copy(self) -> None:
        """Copy the id under the cursor."""
        if (row := self.get_selected()) is not None:
            if ident := self.copy_text(row):
                copy(self.app, ident, ident)
            else:
                self.show_warning("This row has no id.")

    def get_selected(self) -> Resource | None:
        """Return the row under the cursor; without one show why there is none, and return None."""
        row = self.table.cursor.resource
        if row is None:
            self._show_nothing_selected()
        return row

    @on(ResourceTable.Opened)
    def _open_row(self) -> None:
        self.open_row()

    def open_row(self) -> None:
        """Show more of the row under the cursor; say that there is no more."""
        self.show_warning("There is no more of it than this row; c copies its id.")

    @on(ResourceTable.OpenedNothing)
    def _show_nothing_selected(self) -> None:
        """Show why there is no row to act on: the words that stand in place of the rows."""
        self.show_warning(f"Nothing is selected. {self.table.placeholder}".rstrip())

    def show_warning(self, words: str) -> None:
        """Show why a key did nothing."""
        self.notify(words, severity="warning", markup=False)

    def copy_text(self, row: Resource) -> str:
        """Return the text to copy from a row."""
        return row.id


class PolledTableScreen(TableScreen, Generic[T]):
    """Reads what its table shows now, and again every so often; ``keys`` are the hints of its key bar."""

    keys: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        session: ConsoleSession,
        table: ResourceTable,
        read: Callable[[], Awaitable[T]],
        cadence_s: float,
    ) -> None:
        super().__init__(session, table)
        timing = Timing(session.clock, session.rng, cadence_s)
        self._feed = ValuePoller(read, timing=timing, publish=self.receive)

    @abstractmethod
    def receive(self, state: PolledValue[T]) -> None:
        """Show what was read, or why there is nothing."""

    def on_mount(self) -> None:
        """Start reading."""
        self.table.placeholder = "loading …"
        self.show_keys(*self.keys)
        self._feed.start()
        self.table.focus()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._feed.stop()

    def action_refresh(self) -> None:
        """Read at once."""
        self._feed.controls.trigger()
