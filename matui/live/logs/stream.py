"""Reads a log file without a screen: from its first line or its last few, to its end or while it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from random import Random
from typing import TypeAlias, TypeVar

from matui.base.clock import Clock
from matui.base.errors import CloudError, MatuiError
from matui.live.logs.batch import EMPTY_PAGES, LOST_POSITION, PAGE_LINES, Batch
from matui.live.logs.line_store import LinePage, LogLine, LogStore
from matui.live.logs.page_store import DiskSpill
from matui.live.logs.reader import DrainDetector, JobLogFile, LogReader
from matui.live.logs.retrying_source import RetryingLogSource
from matui.live.poll.loop import Timing

T = TypeVar("T")
Pages: TypeAlias = AsyncIterator[LinePage]

_MAX_HELD_LINES = 50_000
_MAX_OBSERVED_LINES = 5000
_RETRY_S = 1.0
_EMPTY_TRIES = 3  # requests before a log without lines is taken to be empty
_KNOWN_TRIES = 6  # further requests of a log that has given a line before
_MAX_LINES_SINCE = 1_000_000_000


class HeadlessLog:
    """One log file, read forwards: each line once, in order.

    Where the cloud only allows to read backwards from the end, the pages are kept in ``spill``; without one,
    or beyond its limit, they are requested again; ``read_back`` is called with the number of lines of each.
    ``at_end`` is set when there is nothing more to read.
    """

    def __init__(
        self,
        file: JobLogFile,
        *,
        clock: Clock,
        rng: Random,
        failed: Callable[[MatuiError, float], None],
        spill: DiskSpill | None = None,
        slots: asyncio.Semaphore | None = None,
        at_end: asyncio.Event | None = None,
        read_back: Callable[[int], None] = lambda _lines: None,
    ) -> None:
        self._read_back = read_back
        self._at_end = at_end or asyncio.Event()
        self._follow = False
        self._observe: Callable[[Sequence[str]], bool] | None = None
        self._most_requests: int | None = None
        self._spill = spill
        self._source = RetryingLogSource(file.source, clock, rng, failed, slots)
        self._reader = LogReader(self._source, file.job, file.name)
        self._clock = clock
        self._rng = rng

    @property
    def fallback(self) -> str:
        """Why the log is read by bytes, ``""`` while it is not."""
        return self._reader.fallback

    @property
    def is_whole(self) -> bool:
        """Whether the top of the log was read, or the log is empty."""
        return self._reader.at_top or not self._reader.opened

    async def _retry_once(self, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            return await ask()
        except CloudError as error:
            if not self._reader.should_retry:
                raise
            await self._source.wait(error, 1)
            return await ask()

    async def read_pages(
        self,
        *,
        follow: bool,
        tail: int | None,
        cadence_s: float,
        ended: Callable[[], bool],
        is_before: Callable[[str], bool] | None = None,
        observe: Callable[[Sequence[str]], bool] | None = None,
        most_requests: int | None = None,
    ) -> Pages:
        """Yield the lines page by page. With ``follow`` until the job has ended and the log is drained.

        Pages above the first one with a line for which ``is_before`` is true are not requested. With
        ``tail``, ``observe`` is given the lines above, page by page upwards until it returns true, and
        no further page is requested after ``most_requests`` requests, those that prove or repeat a page
        included: a cloud may put less on a page than was asked for.
        """
        self._follow = follow
        self._observe = observe
        self._most_requests = most_requests
        detector = DrainDetector(self._clock, cadence_s)
        async for page in self._read_first_pages(tail) if is_before is None else self._read_since(is_before):
            yield page
        self._source.endless = follow
        while not self._reader.opened and follow and not detector.drained:
            ended_before = ended()
            self._at_end.set()
            await self._sleep(cadence_s)
            async for page in self._read_first_pages(None):
                yield page
            detector.observe(empty=not self._reader.opened, ended=ended_before)
        async for page in self._read_newer(detector, follow, cadence_s, ended):
            yield page
        if last := _build_page(self._reader.finish()):
            yield last
        if self._reader.has_lines and not self._reader.opened:
            yield (LogLine(EMPTY_PAGES, "gap"),)

    async def _read_first_pages(self, tail: int | None) -> Pages:
        """Yield the first page or pages that the cloud gives; nothing while the log is empty."""
        if tail is not None:
            async for page in self._read_tail(tail):
                yield page
            return
        batch = await self._open_log(self._reader.open_top)
        if batch is None:
            async for page in self._read_backwards():
                yield page
        elif page := _build_page(batch):
            yield page

    @property
    def _is_spent(self) -> bool:
        """Whether as many requests were sent as may be."""
        return self._most_requests is not None and self._source.requests >= self._most_requests

    async def _open_log(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Make the first request of a log, several times before the log is taken to be empty."""
        for tries in range(1, _KNOWN_TRIES + 1):
            if tries >= _EMPTY_TRIES and not self._reader.has_lines:
                break
            batch = await self._retry_once(ask)
            if self._reader.opened or batch is None or self._follow or self._is_spent:
                return batch
            await self._clock.sleep(_RETRY_S)
        return await self._retry_once(ask)

    async def _read_tail(self, count: int) -> Pages:
        store = LogStore(max_lines=max(_MAX_HELD_LINES, count), spill=self._spill)
        await self._load_newest(store, PAGE_LINES if self._observe else max(1, min(count, PAGE_LINES)))
        while self._reader.opened and not self._reader.at_top and len(store) < count:
            if self._is_spent:
                break
            await self._load_older(store)
        texts = [n for n in range(store.first, store.end) if not store.get_line(n).mark]
        first = texts[-count] if 0 < count <= len(texts) else store.first  # with the mark above fewer lines
        if count and texts:
            await self._observe_above(store, first)
        if count and store.end > first:
            yield tuple(store.iterate_lines(first, store.end))

    async def _observe_above(self, store: LogStore, first: int) -> None:
        """Show the lines above the tail to ``observe``, loading older ones until it returns true."""
        end = first
        while self._observe is not None and not self._observe(store.list_texts(store.first, end)):
            if self._reader.at_top or first - store.first >= _MAX_OBSERVED_LINES:
                return
            end = store.first
            await self._load_older(store)

    async def _read_since(self, is_before: Callable[[str], bool]) -> Pages:
        """Yield the lines from the first page on that has a line for which ``is_before`` is true."""
        store = LogStore(max_lines=_MAX_LINES_SINCE, spill=self._spill)
        await self._load_newest(store, PAGE_LINES)
        while self._reader.opened and not self._reader.at_top:
            if any(map(is_before, store.list_texts(store.first, min(store.first + PAGE_LINES, store.end)))):
                break
            await self._load_older(store)
        for begin in range(store.first, store.end, PAGE_LINES):
            yield tuple(store.iterate_lines(begin, begin + PAGE_LINES))

    async def _load_newest(self, store: LogStore, limit: int) -> None:
        confirms_end = self._most_requests is None
        batch = await self._open_log(lambda: self._reader.read_newer(limit, verify=confirms_end))
        if batch.gap:
            store.mark(batch.gap, "gap")
        store.append(batch.lines, batch.ref)

    async def _load_older(self, store: LogStore) -> None:
        batch = await self._retry_once(self._reader.read_older)
        if batch.retry:
            await self._clock.sleep(_RETRY_S)
        if batch.gap:
            store.mark(batch.gap, "gap", above=True)
        store.prepend(batch.lines, batch.ref)

    async def _read_backwards(self) -> Pages:
        """Read from the newest page up to the first line, then yield downwards, in bounded memory."""
        store = LogStore(max_lines=_MAX_HELD_LINES, spill=self._spill)
        await self._load_newest(store, PAGE_LINES)
        self._read_back(len(store))
        while self._reader.opened and not self._reader.at_top:
            end = store.first
            await self._load_older(store)
            self._read_back(end - store.first)
            store.evict_below(store.first)
        for begin in range(store.first, store.end, PAGE_LINES):
            yield tuple(store.iterate_lines(begin, begin + PAGE_LINES))
        for evicted in reversed(store.below):
            lines = await self._retry_once(lambda page=evicted: self._reader.replay(page))  # type: ignore[misc]
            if evicted.ref.mark:
                yield (LogLine(evicted.ref.mark_text, evicted.ref.mark),)
            else:
                yield (LogLine(LOST_POSITION, "gap"),) if lines is None else _build_lines(lines)

    async def _read_newer(
        self, detector: DrainDetector, follow: bool, cadence_s: float, ended: Callable[[], bool]
    ) -> Pages:
        while self._reader.opened and not detector.drained and (follow or not self._reader.reached):
            ended_before = ended()
            verify = ended_before or not follow
            batch = await self._retry_once(lambda verify=verify: self._reader.read_newer(verify=verify))  # type: ignore[misc]
            page = _build_page(batch)
            if page:
                yield page
            detector.observe(empty=not (page or batch.more or batch.retry), ended=ended_before)
            if batch.more or (page and not follow):
                continue
            if not batch.retry:
                self._at_end.set()
            if batch.retry or (follow and not detector.drained):
                await self._sleep(cadence_s)
                continue
            return

    async def _sleep(self, cadence_s: float) -> None:
        await self._clock.sleep(cadence_s * self._rng.uniform(0.9, 1.1))


def _build_page(batch: Batch) -> LinePage:
    gap = (LogLine(batch.gap, "gap"),) if batch.gap else ()
    return gap + _build_lines(batch.lines)


def _build_lines(texts: tuple[str, ...]) -> LinePage:
    return tuple(LogLine(text) for text in texts)


async def read_log(
    file: JobLogFile,
    timing: Timing,
    *,
    follow: bool,
    tail: int | None,
    ended: Callable[[], bool],
    read_back: Callable[[int], None] = lambda _lines: None,
) -> AsyncIterator[LogLine]:
    """Yield each line once, in order.

    ``read_back`` is called with the number of lines of each page that is read backwards. ``tail`` is the
    number of last lines to begin with, None for the whole log. Raises the errors of the cloud that are not
    transient.
    """
    log = HeadlessLog(
        file, clock=timing.clock, rng=timing.rng, failed=lambda _error, _wait: None, read_back=read_back
    )
    async for page in log.read_pages(follow=follow, tail=tail, cadence_s=timing.cadence_s, ended=ended):
        for line in page:
            yield line
