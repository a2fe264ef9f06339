"""Logs of v2 training jobs, one a task: by lines, or by position over the preview."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from matui.base.clock import Clock
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v2.jobs.client import V2Jobs
from matui.clouds.modelarts.v2.jobs.models import LogPreview
from matui.clouds.modelarts.v2.wire import V2LogLinesQuery
from matui.clouds.protocols import LogBytes, LogPage
from matui.resources.model import Resource

LineOrder: TypeAlias = Literal["asc", "desc"]
MOST_KEPT = 16 * 1024 * 1024
_FRESH_S = 1.0
_LEAST_REST_S, _LONGEST_REST_S = 2.0, 60.0
_BYTES_A_SECOND = 500_000
_KNOWN_END = 1024
_MISSED = b"\n[at least %d bytes of the log were written between two previews and cannot be shown]\n"
MOST_LINES = 500
_PROBE = 20
_MOST_PREVIEWS = 4
FetchPreview = Callable[[], Awaitable[LogPreview]]


@dataclass(slots=True)
class LogOrder:
    """The order that pages have proved; until then the documented order holds (page of 2026-08-26).

    By it ``asc`` leads to newer lines, and a ``desc`` page has its newest line first (``desc_turned``).
    """

    asc_is_newer: bool | None = None
    desc_turned: bool | None = None

    @property
    def known(self) -> bool:
        """Whether nothing is left to find out."""
        return self.asc_is_newer is not None and self.desc_turned is not None

    def get_word(self, *, older: bool) -> LineOrder:
        """Return the ``order`` that leads to older or to newer lines."""
        return "desc" if older == (self.asc_is_newer is not False) else "asc"

    def learn(self, newest: LogPage, after: LogPage) -> None:
        """Take in the newest lines (``desc``) and what ``asc`` gives from the oldest of them on."""
        low = find_lowest_cursor(newest)
        side = _find_side(after, low)
        if side == 0 and len(_split_lines(after.content)) < 2:
            return  # an empty page, or the base line alone, proves nothing
        self.asc_is_newer = side > 0 or (side == 0 and len(_split_lines(after.content)) > 1)
        if not self.asc_is_newer:
            self.desc_turned = _is_backwards(newest)
            return
        lines, other = _split_lines(newest.content), _split_lines(after.content)
        straight, backwards = _count_overlap(lines, other), _count_overlap(lines[::-1], other)
        if straight != backwards:
            self.desc_turned = backwards > straight
        elif _is_backwards(newest):
            self.desc_turned = True

    def learn_from_desc(self, newest: LogPage, after: LogPage) -> None:
        """Take in what ``desc`` gives from the oldest of the newest lines on, as v1 words it."""
        if _find_side(after, find_lowest_cursor(newest)) > 0:
            self.asc_is_newer, self.desc_turned = False, _is_backwards(newest)

    def straighten(self, page: LogPage, order: LineOrder) -> LogPage:
        """Return the page with its oldest line first and its lower cursor as the start."""
        turned = order == "desc" and self.desc_turned is not False
        start, end = page.start, page.end
        if _is_backwards(page):
            start, end = end, start
        return LogPage(reverse_lines(page.content) if turned else page.content, start, end, page.count)


def reverse_lines(content: str) -> str:
    """Return the lines in the opposite order, whether one newline is between them or a blank line."""
    whole = content.endswith("\n")
    lines = (content[:-1] if whole else content).split("\n")
    return "\n".join(reversed(lines)) + ("\n" if whole else "")


def find_lowest_cursor(page: LogPage) -> str:
    """Return the lower of the two cursors."""
    return page.end if _is_backwards(page) else page.start


def has_one_line(page: LogPage) -> bool:
    """Whether the page has less than two lines, which prove nothing."""
    return len(_split_lines(page.content)) < 2 or page.count == 1


def _is_backwards(page: LogPage) -> bool:
    start, end = _read_number(page.start), _read_number(page.end)
    return start is not None and end is not None and start > end


def _find_side(page: LogPage, base: str) -> int:
    """Return 1 or -1 as the page's lines are after or before the base, 0 where that is unclear."""
    at, ends = (
        _read_number(base),
        [n for n in (_read_number(page.start), _read_number(page.end)) if n is not None],
    )
    if at is None or not ends or not page.content:
        return 0
    return 1 if max(ends) > at else -1 if min(ends) < at else 0


def _read_number(cursor: str) -> int | None:
    return int(cursor) if cursor.isascii() and cursor.isdigit() else None


def _split_lines(content: str) -> list[str]:
    return [line for line in content.split("\n") if line]


def _count_overlap(lines: list[str], other: list[str]) -> int:
    """Return how many lines a continuation repeats, whether it begins with the base line or after it."""
    return max(_count_prefix(lines, other), _count_prefix(lines[1:], other))


def _count_prefix(lines: list[str], other: list[str]) -> int:
    pairs = enumerate(zip(lines, other, strict=False))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), min(len(lines), len(other)))


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

    async def read_window(self, start: int, length: int) -> LogBytes:
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
        """Request the preview again, once the wait that its size requires is over."""
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
            self._text += self._select_new_bytes(bytes(self._text), content, full)
        self._full = full
        beyond = len(self._text) - MOST_KEPT
        if beyond > 0:
            del self._text[:beyond]
            self._first += beyond

    def _select_new_bytes(self, held: bytes, content: bytes, full: int | None) -> bytes:
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


class V2JobLogs:
    """Reads the logs of jobs; what one log proves about the order holds for all of this cloud."""

    def __init__(self, jobs: V2Jobs) -> None:
        self._api = jobs.api
        self._jobs = jobs
        self._clock = jobs.scope.clock
        self._order = LogOrder()
        self._previews: dict[tuple[str, str], PreviewLog] = {}

    async def list_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the tasks, each of which has a log."""
        return await self._jobs.list_tasks(job)

    async def read_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older``, the oldest first."""
        log, size = (job.id, file), min(max(limit, 1), MOST_LINES)
        if not base and not older:
            return await self._read_newest(log, size)
        if base and self._order.asc_is_newer is None:
            await self._read_newest(log, _PROBE)
        order = self._order.get_word(older=older) if base else "asc"
        return self._order.straighten(await self._ask(log, base, size, order), order)

    async def _read_newest(self, log: tuple[str, str], size: int) -> LogPage:
        """Return the newest lines, asking for them from the other end too until the order is known."""
        newest = await self._ask(log, "", size, "desc")
        if not self._order.known and not has_one_line(newest):
            low = find_lowest_cursor(newest)
            self._order.learn(newest, await self._ask(log, low, _PROBE, "asc"))
            if self._order.asc_is_newer is None:
                self._order.learn_from_desc(newest, await self._ask(log, low, _PROBE, "desc"))
        return self._order.straighten(newest, "desc")

    async def _ask(self, log: tuple[str, str], base: str, size: int, order: LineOrder) -> LogPage:
        asked = {"base_line": base or None, "lines": size, "order": order}
        query = validate_request(V2LogLinesQuery, asked)
        lines = (await self._api.log_lines(*log, query)).value
        return LogPage(lines.content, lines.start_line.strip(), lines.end_line.strip(), lines.lines)

    async def read_window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return bytes from ``start``; -1 asks for the newest."""
        log = (job.id, file)
        held = self._previews.pop(log, None) or PreviewLog(partial(self._fetch_preview, *log), self._clock)
        self._previews[log] = held  # the one read last goes last
        while len(self._previews) > _MOST_PREVIEWS:
            del self._previews[next(iter(self._previews))]
        return await held.read_window(start, length)

    async def _fetch_preview(self, job_id: str, task: str) -> LogPreview:
        return (await self._api.log_preview(job_id, task)).value
