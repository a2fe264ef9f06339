"""Fetches the reasons that a report lacks, within half of the request budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from matui.base.concurrency import gather_limited
from matui.base.errors import MatuiError
from matui.live.triage.fetch_why import fetch_why
from matui.live.triage.request_counts import most_requests
from matui.resources.why import STATUS_WORDS

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.live.report.build import Report
    from matui.live.triage.evidence import Key
    from matui.resources.model import Resource

_AT_ONCE = 4
_UNEXPLAINED = {"", *STATUS_WORDS.values()}


class MissingReasons:
    """Asks once for the reason of each resource in its state, and keeps what it finds in the journal.

    ``is_short`` says whether the last fetch left some out because the request budget was used.
    """

    def __init__(self, fleet: OpenProfiles) -> None:
        self._fleet = fleet
        self._asked: set[tuple[Key, str]] = set()
        self.is_short = False

    async def fetch(self, report: Report) -> bool:
        """Fetch the reasons of what is open and has none; return whether any was found."""
        self.is_short = False
        return any(await gather_limited(self._fetch, list(self._lacking(report)), _AT_ONCE))

    def _lacking(self, report: Report) -> Iterator[Resource]:
        for item in report.open:
            member = self._fleet.by_name(item.profile)
            if item.why not in _UNEXPLAINED or member is None or item.kind not in member.cloud.kinds:
                continue
            row = member.pollers.poller(item.kind).snapshot.rows.get(item.id)
            if row is not None and (row.key, row.status) not in self._asked:
                yield row

    async def _fetch(self, row: Resource) -> bool:
        member = self._fleet.for_resource(row)
        if member is None:
            return False
        budget = member.cloud.budget()
        if 2 * (budget.used + most_requests(row)) > budget.limit:
            self.is_short = True
            return False
        logs = member.settings.logs
        try:
            why = await fetch_why(
                member.cloud,
                row,
                clock=member.clock,
                new_parser=lambda: logs.new_time_parser(row.created_at),
                rules=logs.compile_error_rules(),
            )
        except MatuiError:
            return False
        self._asked.add((row.key, row.status))
        if why is None:
            return False
        member.journal.note_reason(row, why.text)
        return True
