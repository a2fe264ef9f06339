"""The hand-over of the last eight hours, with missing reasons fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding

from matui.base.calls.gather import gather_limited
from matui.base.errors import MatuiError
from matui.console.fleet import OpenProfiles
from matui.console.lines.view import Spans
from matui.console.screens.text_screen import TextScreen, render_markdown_lines
from matui.console.terminal.clipboard import copy
from matui.live.capsules.cloud import explain_capsule
from matui.live.report.build import Report
from matui.live.report.gather import ReportSources, read_report
from matui.live.report.page import format_report
from matui.live.triage.fetch_why import fetch_why
from matui.live.triage.item import Why
from matui.live.triage.reasons import count_usual_requests, is_weak
from matui.resources.why import STATUS_WORDS

if TYPE_CHECKING:
    from matui.live.journal.change import Account
    from matui.resources.model import Resource, ResourceKey

_AT_ONCE = 4
_WIDE = 100  # cells that the title takes in full
_UNEXPLAINED = {"", *STATUS_WORDS.values()}
HOURS = 8
_AGAIN_S = 5.0  # until reasons are asked for again, where the request budget was used


class MissingReasons:
    """Asks once for the reason of each resource in its state, and keeps what it finds in the journal.

    ``is_short`` says whether the last fetch left some out because the request budget was used.
    """

    def __init__(self, fleet: OpenProfiles) -> None:
        self._fleet = fleet
        self._asked: set[tuple[ResourceKey, str]] = set()
        self.is_short = False

    async def fetch(self, report: Report) -> bool:
        """Fetch the reasons of what is open and has none; return whether any was found."""
        self.is_short = False
        return any(await gather_limited(self._fetch, list(self._list_lacking(report)), _AT_ONCE))

    def _list_lacking(self, report: Report) -> Iterator[Resource]:
        for item in report.open:
            member = self._fleet.find_by_name(item.profile)
            if member is None or item.kind not in member.cloud.kinds or not _is_unexplained(item.why):
                continue
            row = member.pollers.get_poller(item.kind).rows.get(item.id)
            if row is not None and (row.key, row.status) not in self._asked:
                yield row

    async def _fetch(self, row: Resource) -> bool:
        member = self._fleet.find_for_resource(row)
        if member is None:
            return False
        budget = member.cloud.get_budget()
        if 2 * (budget.used + count_usual_requests(row)) > budget.limit:
            self.is_short = True
            return False
        logs = member.settings.logs
        try:
            why = await fetch_why(
                member.cloud,
                row,
                clock=member.clock,
                new_parser=lambda: logs.build_time_parser(row.created_at),
                rules=logs.compile_error_rules(),
            )
        except MatuiError:
            return False
        self._asked.add((row.key, row.status))
        if why is None:
            return False
        member.journal.note_reason(row, why.text, why.source)
        return True


def _is_unexplained(words: str) -> bool:
    return words in _UNEXPLAINED or is_weak(Why(words, ""))


class ReportScreen(TextScreen):
    """Shows the hand-over of all profiles; ``c`` copies it as Markdown."""

    label = "report"
    BINDINGS = [Binding("c", "copy", "copy the report"), Binding("ctrl+r", "refresh", "refresh now")]

    def __init__(self, fleet: OpenProfiles, hours: float = HOURS, *, demo: bool = False) -> None:
        super().__init__("report-lines")
        self._fleet = fleet
        self._session = fleet.primary
        self._missing = MissingReasons(fleet)
        self._hours = hours
        self._is_demo = demo
        self._markdown = "loading …\n"

    def build_lines(self, width: int) -> Sequence[Spans]:
        """Return the hand-over."""
        return render_markdown_lines(self._markdown, width)

    def on_mount(self) -> None:
        """Read the hand-over."""
        super().on_mount()
        self.action_refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the text and the title to the width."""
        is_wide = event.size.width >= _WIDE
        copies, reads = (" the Markdown", " again") if is_wide else ("", "")
        self.hints = ("/ searches", f"c copies{copies}", f"ctrl+r reads{reads}", "esc closes")
        super().on_resize(event)

    def build_heading(self) -> str:
        """Return the span of the hand-over."""
        return f"the last {self._hours:g} hours"

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
        until = int(self._session.get_now_ms())
        since = until - int(self._hours * 3_600_000)
        logs = self._session.settings.logs
        sources = ReportSources(
            partial(explain_capsule, rules=logs.compile_error_rules(), new_parser=logs.build_time_parser),
            self._fleet.triage.limits,
            self._fleet.triage.times.add_to,
            self._group_triage(),
        )
        report = await asyncio.to_thread(
            read_report,
            self._session.journal,
            self._session.audit.file.parent,
            since,
            until,
            sources=sources,
        )
        self._markdown = format_report(report, demo=self._is_demo)
        self.show_lines()
        return report

    def _group_triage(self) -> dict[Account, list[Resource]]:
        """Return the rows of triage by the account of their profile; of two profiles of one, those of one."""
        rows: dict[Account, list[Resource]] = {}
        seen: dict[Account, str] = {}
        for member in self._fleet.members:
            account = member.journal.accounts.get_account(member.cloud.profile)
            seen.setdefault(account, member.cloud.profile)
            rows.setdefault(account, [])
        for row in self._fleet.triage.rows.values():
            member_of = self._fleet.find_by_name(row.profile)
            if member_of is None:
                continue
            account = member_of.journal.accounts.get_account(row.profile)
            if seen.get(account) == row.profile:
                rows[account].append(row)
        return rows

    def action_copy(self) -> None:
        """Copy the hand-over as Markdown, or the selection."""
        copy(self.app, self._markdown, "the report")
