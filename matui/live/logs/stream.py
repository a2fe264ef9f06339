"""Reads a log from its first line, or its last few, to its end or while it grows: for headless use.

Merges complete log files by time, each read forwards once, in the memory of a page a file.

:mod:`matui.live.logs.merge` is the other merge: it numbers lines of files that still grow at both ends,
places them without waiting for a slow file, and marks those that come late. Here the next line of every
file is awaited instead, so no line is late and nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from heapq import heapify, heappop, heapreplace
from math import inf
from random import Random
from typing import TypeAlias, TypeVar

from matui.base.clock import Clock
from matui.base.errors import CloudError, MatuiError
from matui.clouds.protocols import TailsLogs
from matui.live.logs.cursor_log import LIMIT, LOST_PLACE, UNDECIDED, Batch
from matui.live.logs.line_store import LogLine, LogStore
from matui.live.logs.merge import MOST_UNTIMED
from matui.live.logs.page_store import Spill
from matui.live.logs.reader import LogReader, RetryingLogSource
from matui.live.logs.tail import Quiet
from matui.resources.model import Resource

T = TypeVar("T")
Page: TypeAlias = tuple[LogLine, ...]
Pages: TypeAlias = AsyncIterator[Page]

_HELD = 50_000
_MOST_SINCE = 1_000_000_000


class HeadlessLog:
    """One log file, printed forwards: each line once, in order.

    Where that takes walking back from its end, the pages wait in the ``spill``; without one, or beyond its
    cap, they are fetched again.
    """

    def __init__(
        self,
        source: TailsLogs,
        job: Resource,
        file: str,
        *,
        clock: Clock,
        rng: Random,
        failed: Callable[[MatuiError, float], None],
        spill: Spill | None = None,
    ) -> None:
        self._spill = spill
        self._source = RetryingLogSource(source, clock, rng, failed)
        self._reader = LogReader(self._source, job, file)
        self._clock = clock
        self._rng = rng

    @property
    def fallback(self) -> str:
        """Why the log is read by bytes, ``""`` while it is not."""
        return self._reader.fallback

    async def _get(self, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            return await ask()
        except CloudError as error:
            if not self._reader.in_doubt:
                raise
            await self._source.wait(error, 1)
            return await ask()

    async def pages(
        self,
        *,
        follow: bool,
        tail: int | None,
        cadence_s: float,
        ended: Callable[[], bool],
        is_before: Callable[[str], bool] | None = None,
    ) -> Pages:
        """Yield the lines page by page. With ``follow`` until the job has ended and the log is drained.

        Lines above the first page in which ``is_before`` holds of a line are not asked for.
        """
        quiet = Quiet(self._clock, cadence_s)
        async for page in self._first(tail) if is_before is None else self._since(is_before):
            yield page
        self._source.endless = follow
        while not self._reader.opened and follow and not quiet.proven:
            over = ended()
            await self._rest(cadence_s)
            async for page in self._first(None):
                yield page
            quiet.saw(empty=not self._reader.opened, over=over)
        async for page in self._rest_of_log(quiet, follow, cadence_s, ended):
            yield page
        if last := self._reader.finish().lines:
            yield _lines(last)

    async def _first(self, tail: int | None) -> Pages:
        """Yield what comes before the newest page, and that page; nothing while the log is empty."""
        if tail is not None:
            async for page in self._last(tail):
                yield page
            return
        batch = await self._get(self._reader.open_top)
        if batch is None:
            async for page in self._walked_back():
                yield page
        elif page := _page(batch):
            yield page

    async def _last(self, count: int) -> Pages:
        store = LogStore(max_lines=max(_HELD, count), spill=self._spill)
        await self._take_newest(store, max(1, min(count, LIMIT)))
        while self._reader.opened and not self._reader.at_top and len(store) < count:
            await self._take_older(store)
        texts = [n for n in range(store.first, store.end) if not store.line(n).mark]
        if count and texts:
            yield tuple(store.lines(texts[-count:][0], store.end))

    async def _since(self, is_before: Callable[[str], bool]) -> Pages:
        """Yield the newest lines, and those above up to a page with one that is not wanted any more."""
        store = LogStore(max_lines=_MOST_SINCE, spill=self._spill)
        await self._take_newest(store, LIMIT)
        while self._reader.opened and not self._reader.at_top:
            if any(map(is_before, store.texts(store.first, min(store.first + LIMIT, store.end)))):
                break
            await self._take_older(store)
        for begin in range(store.first, store.end, LIMIT):
            yield tuple(store.lines(begin, begin + LIMIT))

    async def _take_newest(self, store: LogStore, limit: int) -> None:
        batch = await self._get(lambda: self._reader.newer(limit))
        if batch.gap:
            store.mark(batch.gap, "gap")
        store.append(batch.lines, batch.place)

    async def _take_older(self, store: LogStore) -> None:
        batch = await self._get(self._reader.older)
        if batch.gap:
            store.mark(batch.gap, "gap", above=True)
        store.prepend(batch.lines, batch.place)

    async def _walked_back(self) -> Pages:
        """Go from the newest page up to the first line, then print downwards, in bounded memory."""
        store = LogStore(max_lines=_HELD, spill=self._spill)
        await self._take_newest(store, LIMIT)
        while self._reader.opened and not self._reader.at_top:
            await self._take_older(store)
            store.drop_below(store.first)
        for begin in range(store.first, store.end, LIMIT):
            yield tuple(store.lines(begin, begin + LIMIT))
        for dropped in reversed(store.below):
            lines = await self._get(lambda page=dropped: self._reader.replay(page))  # type: ignore[misc]
            if dropped.place.mark:
                yield (LogLine(dropped.place.mark_text, dropped.place.mark),)
            else:
                yield (LogLine(LOST_PLACE, "gap"),) if lines is None else _lines(lines)

    async def _rest_of_log(
        self, quiet: Quiet, follow: bool, cadence_s: float, ended: Callable[[], bool]
    ) -> Pages:
        while self._reader.opened and not quiet.proven and (follow or not self._reader.reached):
            over = ended()
            batch = await self._get(self._reader.newer)
            page = _page(batch)
            if page:
                yield page
            quiet.saw(empty=not page and not batch.more, over=over)
            if batch.more or (page and not follow):
                continue
            if follow and not quiet.proven:
                await self._rest(cadence_s)
                continue
            if batch.waiting:
                yield (LogLine(UNDECIDED, "note"),)
            return

    async def _rest(self, cadence_s: float) -> None:
        await self._clock.sleep(cadence_s * self._rng.uniform(0.9, 1.1))


def _page(batch: Batch) -> Page:
    gap = (LogLine(batch.gap, "gap"),) if batch.gap else ()
    return gap + _lines(batch.lines)


def _lines(texts: tuple[str, ...]) -> Page:
    return tuple(LogLine(text) for text in texts)


async def read_log(
    source: TailsLogs,
    job: Resource,
    file: str,
    *,
    follow: bool,
    tail: int | None,
    clock: Clock,
    rng: Random,
    cadence_s: float,
    ended: Callable[[], bool],
    failed: Callable[[MatuiError, float], None] = lambda _error, _wait: None,
) -> AsyncIterator[LogLine]:
    """Yield each line once, in order; ``failed`` hears of failures retried, with the wait in seconds.

    ``tail`` is the number of last lines to begin with, None for the whole log. Raises the cloud's error where
    waiting cannot help.
    """
    log = HeadlessLog(source, job, file, clock=clock, rng=rng, failed=failed)
    async for page in log.pages(follow=follow, tail=tail, cadence_s=cadence_s, ended=ended):
        for line in page:
            yield line


TimedLines: TypeAlias = tuple[float, list[LogLine]]  # a time in ms, and lines of that time


async def timed_blocks(
    pages: AsyncIterator[tuple[LogLine, ...]], time_of: Callable[[str], float | None]
) -> AsyncIterator[TimedLines]:
    """Yield each line that has a time together with those after it that have none.

    A time that goes back counts as the one before: no file is put into another order.
    """
    last, lines = -inf, list[LogLine]()
    async for page in pages:
        for line in page:
            ms = None if line.mark else time_of(line.text)
            if lines and (ms is not None or len(lines) >= MOST_UNTIMED):
                yield last, lines
                lines = []
            last = last if ms is None else max(last, ms)
            lines.append(line)
    if lines:
        yield last, lines


async def merge_by_time(
    files: Sequence[AsyncIterator[TimedLines]],
) -> AsyncIterator[tuple[int, list[LogLine]]]:
    """Yield (index of the file, lines) in the order of time, at equal times in the order of the files."""
    firsts = await asyncio.gather(*(anext(blocks, None) for blocks in files))
    waiting = [(first[0], file, first[1]) for file, first in enumerate(firsts) if first is not None]
    heapify(waiting)
    while waiting:
        _ms, file, lines = waiting[0]
        yield file, lines
        following = await anext(files[file], None)
        if following is None:
            heappop(waiting)
        else:
            heapreplace(waiting, (following[0], file, following[1]))
