"""The pane of the why card: its parts come one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from textual import events

from matui.base.text.formatting import format_local_time
from matui.clouds.protocols import compute_clock_correction_ms
from matui.console.panes.base import LinesPane
from matui.console.session import ConsoleSession
from matui.live.audit.entry import AuditEntry
from matui.live.audit.trail import read_audit
from matui.live.why.card import PARTS, WhyCard
from matui.live.why.first_error import FirstError
from matui.live.why.gather import WhyGatherer
from matui.live.why.parts import Sources
from matui.live.why.text import render_card
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.live.triage.board import TriageBoard

_AUDIT_BYTES = 2_000_000


class WhyPane(LinesPane):
    """Shows what explains the state of one resource. It is read once, and again when the state changes."""

    NAME = "why"

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self._card = WhyCard(resource)
        self._shown_ages: tuple[int, ...] = ()

    def begin(self) -> None:
        """Gather the parts."""
        self._card = WhyCard(self.resource)
        self._show()
        self.run_in_background(self._gather, "why")

    def refresh_now(self) -> None:
        """Gather the parts again."""
        self.begin()

    async def _gather(self) -> None:
        session = self.session
        sources = Sources(
            session.cloud,
            session.clock,
            lambda: session.settings.logs.build_time_parser(self.resource.created_at),
            self._read_audit,
            session.journal,
            session.settings.logs.compile_error_rules(),
            read_findings=self._read_findings,
            judge=self._judge,
        )
        await WhyGatherer(sources, self.resource, self._publish).run()

    async def _judge(self) -> Resource:
        """Return the row as triage shows it, also where triage has not been looked at."""
        from matui.live.triage.health import judge_one

        screen: Any = self.screen
        board: TriageBoard = screen.fleet.triage
        if (known := board.rows.get(self.resource.key)) is not None:
            return known
        row = board.times.add_to(self.resource, at_least=True)
        evidence = replace(board.evidence, now_ms=self.session.get_now_ms())
        return await judge_one(self.session.cloud, row, evidence)

    def _read_findings(self) -> tuple[str, ...]:
        """Return the findings of the job's log, each with its line, from the part that was read."""
        found = self.session.signals.find_findings(self.resource)
        return tuple(
            one.words if one.line is None else f"{one.words} (line {one.line + 1:,} of the log)"
            for one in found
        )

    def _read_audit(self) -> tuple[AuditEntry, ...]:
        return read_audit(self.session.audit.lines, self.session.clock.now(), last_bytes=_AUDIT_BYTES).entries

    def _publish(self, card: WhyCard) -> None:
        self._card = card
        self._show()

    def _show(self) -> None:
        self._shown_ages = self._list_ages()
        keys = self.app.keys if hasattr(self.app, "keys") else {}
        zone = UTC if self.utc else None
        lines = render_card(
            self._card,
            now_ms=self.session.get_now_ms(),
            ahead_ms=compute_clock_correction_ms(self.session.cloud),
            time=lambda ms: format_local_time(ms, zone),
            keys=keys,
            width=self.size.width - 2 if self.size.width else None,
        )
        self.view.set_lines([line.spans for line in lines])
        self.show_title()

    def tick(self) -> None:
        """Show the ages of the parts again once one of them has changed."""
        if self._list_ages() != self._shown_ages:
            self._show()

    def get_found_text(self) -> str:
        """Return the first error with its traceback, ``""`` where there is none."""
        error: FirstError | None = self._card.get_part("first_error").value
        return "\n".join(error.whole) if error is not None else ""

    def _list_ages(self) -> tuple[int, ...]:
        """Return the ages of the parts in whole minutes."""
        now = self.session.get_now_ms()
        parts = (self._card.get_part(name) for name in PARTS)
        return tuple(int((now - part.read_at) // 60_000) for part in parts if part.read_at is not None)

    def update_resource(self, resource: Resource) -> None:
        """Update the resource; gather again if its status has changed."""
        was = self.resource
        super().update_resource(resource)
        if was.status != resource.status:
            self.begin()

    def set_utc(self, utc: bool) -> None:
        """Show times in the other zone."""
        super().set_utc(utc)
        if self.is_mounted:
            self._show()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the lines out for the new width."""
        self._show()
