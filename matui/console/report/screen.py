"""The hand-over of the last eight hours, to read, search and copy."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content

from matui.console.copying import copy
from matui.console.fleet import OpenProfiles
from matui.console.lines.view import Spans
from matui.console.report.missing_reasons import MissingReasons
from matui.console.screens.text_screen import TextScreen, markdown_lines
from matui.live.report.build import Report
from matui.live.report.gather import read_report
from matui.live.report.text import report_markdown

HOURS = 8
_AGAIN_S = 5.0  # until reasons are asked for again, where the request budget was used


class ReportScreen(TextScreen):
    """Shows the hand-over of all profiles; ``c`` copies it as Markdown."""

    BINDINGS = [Binding("c", "copy", "copy"), Binding("ctrl+r", "refresh", "refresh")]

    def __init__(self, fleet: OpenProfiles, hours: float = HOURS) -> None:
        super().__init__("report-lines")
        self._session = fleet.primary
        self._missing = MissingReasons(fleet)
        self._hours = hours
        self._markdown = "loading …\n"

    def lines(self, width: int) -> Sequence[Spans]:
        """Return the hand-over."""
        return markdown_lines(self._markdown, width)

    def on_mount(self) -> None:
        """Read the hand-over."""
        super().on_mount()
        self._title.show(
            Content.assemble(
                (" report ", "bold $cursor-text on $cursor"),
                (f"  the last {self._hours:g} hours", "bold"),
                ("   / searches · c copies the Markdown · ctrl+r reads again · esc closes", "$text-muted"),
            )
        )
        self.action_refresh()

    def action_refresh(self) -> None:
        """Read the hand-over again."""
        self.run_worker(self._read(), group="report", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        report = await self._show()
        while True:
            if await self._missing.fetch(report):
                await asyncio.to_thread(self._session.journal.flush)
                report = await self._show()
            if not self._missing.is_short:
                return
            await self._session.clock.sleep(_AGAIN_S)

    async def _show(self) -> Report:
        until = int(self._session.now_ms())
        since = until - int(self._hours * 3_600_000)
        report = await asyncio.to_thread(
            read_report, self._session.journal, self._session.audit.file.parent, since, until
        )
        self._markdown = report_markdown(report)
        self.show_lines()
        return report

    def action_copy(self) -> None:
        """Copy the hand-over as Markdown, or the selection."""
        copy(self.app, self._markdown, "the report")
