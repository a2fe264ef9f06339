"""Logs of v2 training jobs, one a task: by lines, or by position over the preview."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from matui.base.clock import Clock
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v2.jobs.client import V2Jobs
from matui.clouds.modelarts.v2.jobs.log_order import LineOrder, LogOrder, has_one_line, lowest_cursor
from matui.clouds.modelarts.v2.jobs.models import LogPreview
from matui.clouds.modelarts.v2.wire import V2LogLinesQuery, drop_none
from matui.clouds.protocols import LogBytes, LogPage
from matui.resources.model import Resource

MOST_KEPT = 16 * 1024 * 1024
_FRESH_S = 1.0
_LEAST_REST_S, _LONGEST_REST_S = 2.0, 60.0
_BYTES_A_SECOND = 500_000
_KNOWN_END = 1024
_MISSED = b"\n[at least %d bytes of the log were written between two previews and cannot be shown]\n"
FetchPreview = Callable[[], Awaitable[LogPreview]]


@dataclass(slots=True)
class PreviewLog:
    """A log by position over the preview, which always sends its newest 5 MB.

    The text is kept, and a later preview only adds what is new. The pause before the next request depends
    on the preview's size and on whether it had changed. Positions count from the start of the first preview.
    """

    fetch: FetchPreview
    clock: Clock
    _text: bytearray | None = None
    _first: int = 0
    _full: int | None = None
    _asked_at: float = 0.0
    _rest_s: float = 0.0

    async def window(self, start: int, length: int) -> LogBytes:
        """Return at most ``length`` bytes from ``start``; -1 asks for the newest."""
        if start < 0 or start >= self._end:
            await self._refresh()
        text = self._text or bytearray()
        at = max(self._first, self._end - length) if start < 0 else start
        if not self._first <= at <= self._end:
            return LogBytes("", self._end, 0)
        part = bytes(text[at - self._first : at - self._first + length])
        return LogBytes(part.decode("utf-8", "replace"), at + len(part), len(part))

    @property
    def _end(self) -> int:
        return self._first + len(self._text or b"")

    async def _refresh(self) -> None:
        """Ask for the preview again, once the rest that its size asks for is over."""
        if self._text is not None:
            waited = self.clock.monotonic() - self._asked_at
            if waited < _FRESH_S:
                return
            if waited < self._rest_s:
                await self.clock.sleep(self._rest_s - waited)
        preview = await self.fetch()
        self._asked_at = self.clock.monotonic()
        content = (preview.content or preview.context).encode("utf-8", "surrogatepass")
        before = self._end
        self._take(content, preview.full_size)
        rest = max(_LEAST_REST_S, len(content) / _BYTES_A_SECOND)
        longer = 2 * self._rest_s if self._end == before else rest
        self._rest_s = min(_LONGEST_REST_S, max(rest, longer))

    def _take(self, content: bytes, full: int | None) -> None:
        if self._text is None or (full is not None and self._full is not None and full < self._full):
            self._text, self._first = bytearray(content), 0
        else:
            self._text += self._new(bytes(self._text), content, full)
        self._full = full
        beyond = len(self._text) - MOST_KEPT
        if beyond > 0:
            del self._text[:beyond]
            self._first += beyond

    def _new(self, held: bytes, content: bytes, full: int | None) -> bytes:
        """Return the new bytes of ``content``: by the sizes that the cloud states, else by the text."""
        if full is not None and self._full is not None:
            new = full - self._full
            gap = new - len(content)
            return _MISSED % gap + content if gap > 0 else content[len(content) - new :]
        known_end = held[-_KNOWN_END:]
        at = content.rfind(known_end)
        if at < 0:
            return _MISSED % 1 + content if known_end else content
        return content[at + len(known_end) :]


MOST_LINES = 500
_PROBE = 20
_MOST_PREVIEWS = 4


class V2JobLogs:
    """Reads the logs of jobs; what one log proves about the order holds for all of this cloud."""

    def __init__(self, jobs: V2Jobs) -> None:
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

    async def _ask(self, log: tuple[str, str], base: str, size: int, order: LineOrder) -> LogPage:
        query = validate_request(V2LogLinesQuery, drop_none(base_line=base or None, lines=size, order=order))
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
