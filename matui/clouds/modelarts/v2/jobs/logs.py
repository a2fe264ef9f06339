"""Logs of v2 training jobs, one a task: by lines, or by position over the preview."""

from __future__ import annotations

from functools import partial

from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v2.jobs.client import Jobs
from matui.clouds.modelarts.v2.jobs.log_order import LogOrder, Order, has_one_line, lowest_cursor
from matui.clouds.modelarts.v2.jobs.log_preview import PreviewLog
from matui.clouds.modelarts.v2.jobs.models import LogPreview
from matui.clouds.modelarts.v2.wire import LogLinesQuery, drop_none
from matui.clouds.protocols import LogBytes, LogPage
from matui.resources.model import Resource

MOST_LINES = 500
_PROBE = 20
_MOST_PREVIEWS = 4


class JobLogs:
    """Reads the logs of jobs; what one log proves about the order holds for all of this cloud."""

    def __init__(self, jobs: Jobs) -> None:
        self._api = jobs.api
        self._jobs = jobs
        self._clock = jobs.scope.clock
        self._order = LogOrder()
        self._previews: dict[tuple[str, str], PreviewLog] = {}

    async def files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the tasks, each of which has a log."""
        return await self._jobs.tasks(job)

    async def page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older``, the oldest first."""
        log, size = (job.id, file), min(max(limit, 1), MOST_LINES)
        if not base and not older:
            return await self._newest(log, size)
        if base and self._order.asc_is_newer is None:
            await self._newest(log, _PROBE)
        order = self._order.word(older=older) if base else "asc"
        return self._order.straight(await self._ask(log, base, size, order), order)

    async def _newest(self, log: tuple[str, str], size: int) -> LogPage:
        """Return the newest lines, asking for them from the other end too until the order is known."""
        newest = await self._ask(log, "", size, "desc")
        if not self._order.known and not has_one_line(newest):
            low = lowest_cursor(newest)
            self._order.learn(newest, await self._ask(log, low, _PROBE, "asc"))
            if self._order.asc_is_newer is None:
                self._order.learn_from_desc(newest, await self._ask(log, low, _PROBE, "desc"))
        return self._order.straight(newest, "desc")

    async def _ask(self, log: tuple[str, str], base: str, size: int, order: Order) -> LogPage:
        query = validate_request(LogLinesQuery, drop_none(base_line=base or None, lines=size, order=order))
        lines = (await self._api.log_lines(*log, query)).value
        return LogPage(lines.content, lines.start_line.strip(), lines.end_line.strip(), lines.lines)

    async def window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return bytes from ``start``; -1 asks for the newest."""
        log = (job.id, file)
        held = self._previews.pop(log, None) or PreviewLog(partial(self._preview, *log), self._clock)
        self._previews[log] = held  # the one read last goes last
        while len(self._previews) > _MOST_PREVIEWS:
            del self._previews[next(iter(self._previews))]
        return await held.window(start, length)

    async def _preview(self, job_id: str, task: str) -> LogPreview:
        return (await self._api.log_preview(job_id, task)).value
