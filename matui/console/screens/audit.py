"""The audit trail, newest first: every action with its outcome."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from matui.base.text.formatting import pluralize
from matui.console.lines.view import LineView
from matui.console.screens.table_screen import PolledTableScreen
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.live.audit.entry import AuditEntry, build_audit_row, list_entry_fields
from matui.live.audit.trail import AuditReading, read_audit
from matui.live.poll.poller import PolledValue
from matui.resources.kinds.audit import AUDIT, FACTS
from matui.resources.model import Resource

_AT_ONCE_BYTES = 1_000_000


class AuditScreen(PolledTableScreen[AuditReading]):
    """The audit trail as a table; enter shows an entry, / filters. It is read again when it has grown."""

    BINDINGS = [Binding("H", "close", "go back"), Binding("enter,d", "entry", "the whole entry")]
    facts = FACTS
    empty = "No action is recorded."
    keys = ("enter the whole entry", "/ filter", "o sort", "c copy the id", "esc back")
    DEFAULT_CSS = """
    AuditScreen > ResourceTable { height: 1fr; }
    AuditScreen > LineView { height: 60%; border-top: solid $border-blurred; display: none; }
    AuditScreen > LineView:focus { border-top: solid $accent; }
    AuditScreen.entry > LineView { display: block; }
    """

    def __init__(self, session: ConsoleSession) -> None:
        table = ResourceTable(AUDIT, now_ms=session.get_now_ms, id="audit-table")
        super().__init__(session, table, self._read, AUDIT.cadence_s)
        self._entries: dict[str, AuditEntry] = {}
        self._seen: tuple[object, AuditReading] | None = None
        self.entry = LineView(wrap=True, id="audit-entry")

    def compose(self) -> ComposeResult:
        """Lay out title, table, entry, filter and keys."""
        yield self._title
        yield self.table
        yield self.entry
        yield self._input
        yield self._keys

    async def _read(self) -> AuditReading:
        """Return the trail; a long one is read in a thread."""
        lines, now_s = self._session.audit.lines, self._session.clock.now()
        stamp = lines.stamp
        if self._seen is None or self._seen[0] != stamp or any(e.running for e in self._seen[1].entries):
            big = stamp[1] > _AT_ONCE_BYTES
            reading = await asyncio.to_thread(read_audit, lines, now_s) if big else read_audit(lines, now_s)
            self._seen = (stamp, reading)
        return self._seen[1]

    def receive(self, state: PolledValue[AuditReading]) -> None:
        """Show the trail."""
        if state.value is None:
            return
        self._entries = {entry.id: entry for entry in state.value.entries}
        self.show_rows({entry.id: build_audit_row(entry) for entry in state.value.entries})
        self._show_title(state.value)
        self._show_entry()

    def _show_title(self, reading: AuditReading) -> None:
        unknown = sum(entry.outcome == "unknown" and not entry.verdict for entry in reading.entries)
        unread = f"  {pluralize(reading.skipped, 'line')} could not be read" if reading.skipped else ""
        self._title.show(
            Content.assemble(
                (" audit ", "bold $cursor-text on $cursor"),
                (f" {pluralize(len(reading.entries), 'action')}", "bold"),
                (f"  ? {unknown} unknown" if unknown else "", "$phase-unknown"),
                (unread, "$text-warning"),
                (f"  {self._session.audit.file}", "$text-muted"),
            )
        )

    @property
    def _shows_entry(self) -> bool:
        return self.has_class("entry")

    @on(ResourceTable.CursorMoved)
    def _show_entry_at_cursor(self) -> None:
        self._show_entry()

    def open_row(self) -> None:
        self.action_entry()

    def action_entry(self) -> None:
        """Show everything known of the action under the cursor."""
        if self.get_selected() is not None:
            self.add_class("entry")
            self._show_entry()

    def _show_entry(self) -> None:
        entry = self._entries.get(self.table.cursor.id or "")
        if self._shows_entry and entry is not None:
            self.entry.set_lines(
                [((f"  {label:<20} ", "label"), (value, "")) for label, value in list_entry_fields(entry)]
            )

    def action_back(self) -> None:
        """Close the entry, clear the filter, go back: the innermost first."""
        if self.drop_selection():
            return
        if self._shows_entry:
            self.remove_class("entry")
            self.table.focus()
        else:
            super().action_back()

    def copy_text(self, row: Resource) -> str:
        """Copy the id of what was acted on."""
        return row.get_text("resource_id")
