"""What was done from here, newest first: every action with its outcome, and each entry whole."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from matui.console.screens.lean_screen import LeanScreen
from matui.console.session import ConsoleSession
from matui.console.widgets.input_bar import InputBar
from matui.console.widgets.line_view import LineView
from matui.console.widgets.resource_table import ResourceTable
from matui.console.widgets.text_bar import TextBar
from matui.live.audit_entry import Entry
from matui.live.audit_reading import Reading, read_audit
from matui.live.audit_rows import as_row, entry_rows
from matui.live.diff import diff_of
from matui.live.feed import Feed, FeedState
from matui.resources.audit import AUDIT, FACTS
from matui.resources.filters import parse_filter
from matui.resources.model import Resource

_AT_ONCE_BYTES = 1_000_000
_NONE = "No action is recorded."


class AuditScreen(LeanScreen[None]):
    """The audit trail as a table; enter shows an entry, / filters. It is read again when it has grown."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "back", "back"),
        Binding("q,H", "close", "close"),
        Binding("enter,d", "entry", "entry"),
        Binding("slash", "filter", "filter"),
        Binding("o", "sort", "sort"),
        Binding("O", "reverse", "reverse"),
        Binding("c", "copy", "copy the id"),
        Binding("ctrl+r", "refresh", "refresh"),
    ]
    DEFAULT_CSS = """
    AuditScreen > ResourceTable { height: 1fr; }
    AuditScreen > LineView { height: 60%; border-top: solid $border-blurred; display: none; }
    AuditScreen > LineView:focus { border-top: solid $accent; }
    AuditScreen.entry > LineView { display: block; }
    """

    def __init__(self, session: ConsoleSession) -> None:
        super().__init__()
        self._session = session
        self._entries: dict[str, Entry] = {}
        self._rows: dict[str, Resource] | None = None
        self._seen: tuple[object, Reading] | None = None
        self._title = TextBar(classes="pane-title")
        self._keys = TextBar(id="audit-keys")
        self._input = InputBar(id="audit-input")
        self._feed = Feed(
            self._read,
            clock=session.clock,
            rng=session.rng,
            cadence_s=AUDIT.cadence_s,
            publish=self._published,
        )
        self.table = ResourceTable(AUDIT, now_ms=session.now_ms, id="audit-table")
        self.entry = LineView(wrap=True, id="audit-entry")

    def compose(self) -> ComposeResult:
        """Lay out title, table, entry, filter and keys."""
        yield self._title
        yield self.table
        yield self.entry
        yield self._input
        yield self._keys

    def on_mount(self) -> None:
        """Read the trail, now and whenever it has grown."""
        self.table.placeholder = "loading …"
        self._keys.show(
            Content.styled(" enter the whole entry  / filter  o sort  c copy the id  esc back", "$text-muted")
        )
        self._feed.start()
        self.table.focus()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._feed.stop()

    async def _read(self) -> Reading:
        """Return the trail; a long one is read beside what the user does."""
        lines, now_s = self._session.audit.lines, self._session.clock.now()
        stamp = lines.stamp
        if self._seen is None or self._seen[0] != stamp or any(e.running for e in self._seen[1].entries):
            big = stamp[1] > _AT_ONCE_BYTES
            reading = await asyncio.to_thread(read_audit, lines, now_s) if big else read_audit(lines, now_s)
            self._seen = (stamp, reading)
        return self._seen[1]

    def _published(self, state: FeedState[Reading]) -> None:
        if state.value is None:
            return
        self._entries = {entry.id: entry for entry in state.value.entries}
        rows = {entry.id: as_row(entry) for entry in state.value.entries}
        if self._rows is None:
            self.table.load(rows)
        else:
            before = {key: self._rows.get(key) for key in {**self._rows, **rows}}
            self.table.apply(diff_of(before, rows))
        self._rows = rows
        if not self._input.is_open:
            self.table.placeholder = _NONE
        self._show_title(state.value)
        self._show_entry()

    def _show_title(self, reading: Reading) -> None:
        unknown = sum(entry.outcome == "unknown" and not entry.verdict for entry in reading.entries)
        self._title.show(
            Content.assemble(
                (" audit ", "bold $cursor-text on $cursor"),
                (f" {len(reading.entries):,} actions", "bold"),
                (f"  ? {unknown} unknown" if unknown else "", "$phase-unknown"),
                (f"  {reading.skipped} lines cannot be read" if reading.skipped else "", "$text-warning"),
                (f"  {self._session.audit.file}", "$text-muted"),
            )
        )

    @property
    def _shows_entry(self) -> bool:
        return self.has_class("entry")

    @on(ResourceTable.CursorMoved)
    def _moved(self) -> None:
        self._show_entry()

    @on(ResourceTable.Opened)
    def _opened(self) -> None:
        self.action_entry()

    def action_entry(self) -> None:
        """Show everything known of the action under the cursor."""
        if self.table.cursor_id is not None:
            self.add_class("entry")
            self._show_entry()

    def _show_entry(self) -> None:
        entry = self._entries.get(self.table.cursor_id or "")
        if self._shows_entry and entry is not None:
            self.entry.set_lines(
                [((f"  {label:<20} ", "label"), (value, "")) for label, value in entry_rows(entry)]
            )

    def action_filter(self) -> None:
        """Type a filter."""
        self._input.open("filter")

    @on(InputBar.Changed)
    def _typed(self, event: InputBar.Changed) -> None:
        event.stop()
        chosen = parse_filter(event.text, FACTS) if event.text.strip() else None
        self.table.placeholder = "Nothing matches – esc clears the filter." if chosen else _NONE
        self.table.set_filter(chosen)
        wrong = chosen.errors[0] if chosen is not None and chosen.errors else ""
        self._input.say(wrong or f"{self.table.row_count:,} of {self.table.total:,}", wrong=bool(wrong))

    @on(InputBar.Submitted)
    def _entered(self, event: InputBar.Submitted) -> None:
        event.stop()
        self.table.focus()

    @on(InputBar.Cancelled)
    def _cancelled(self, event: InputBar.Cancelled) -> None:
        event.stop()
        self._clear_filter()

    def _clear_filter(self) -> None:
        self.table.placeholder = _NONE
        self.table.set_filter(None)
        self._input.close()
        self.table.focus()

    def action_back(self) -> None:
        """Close the entry, clear the filter, go back: the innermost first."""
        if self._shows_entry:
            self.remove_class("entry")
            self.table.focus()
        elif self._input.is_open:
            self._clear_filter()
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_next()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.table.toggle_reverse()

    def action_copy(self) -> None:
        """Copy the id of what was acted on."""
        resource = self.table.cursor_resource
        if resource is not None:
            self.app.copy_to_clipboard(resource.text_fact("resource_id"))
            self.notify(f"Copied {resource.text_fact('resource_id')}.", markup=False)

    def action_refresh(self) -> None:
        """Read at once."""
        self._feed.kick()
