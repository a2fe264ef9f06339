"""Merges complete log files by time, each read forwards once, with one page of each file in memory.

:mod:`matui.live.logs.merge` is the other merge: it numbers lines of files that still grow at both ends,
places them without waiting for a slow file, and marks those that come late. Here the next line of every file
is awaited, so that no line is late and nothing is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from heapq import heapify, heappop, heapreplace
from math import inf
from typing import TypeAlias

from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.times import TimestampParser
from matui.live.logs.file_cursor import MAX_UNTIMED_LINES
from matui.live.logs.line_store import LinePage, LogLine

_PREFETCHED_PAGES = 2

TimedLines: TypeAlias = tuple[float, list[LogLine]]  # a time in ms, and lines of that time


async def prefetch(pages: AsyncIterator[LinePage]) -> AsyncIterator[LinePage]:
    """Yield ``pages``, loading the next ones while the consumer is busy or waits for other files."""
    queue: asyncio.Queue[LinePage | None] = asyncio.Queue(_PREFETCHED_PAGES)

    async def load() -> None:
        try:
            async for page in pages:
                await queue.put(page)
        except Exception:
            await queue.put(None)
            raise
        await queue.put(None)

    task = asyncio.ensure_future(load())
    try:
        while (page := await queue.get()) is not None:
            yield page
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def build_time_reader(parser: TimestampParser) -> Callable[[str], float | None]:
    """Return a function that returns the time of a line in ms, None for a line without one."""

    def read(text: str) -> float | None:
        stamp = parser.read(render_plain_text(text))
        return stamp.ms if stamp else None

    return read


async def iterate_timed_blocks(
    pages: AsyncIterator[LinePage], time_of: Callable[[str], float | None]
) -> AsyncIterator[TimedLines]:
    """Yield each line that has a time together with those after it that have none.

    The order within a file never changes: a time that goes back counts as the time before. A time ahead of
    both its neighbours counts as the later one.
    """
    last, waiting = -inf, None
    async for ms, lines in _split_by_time(pages, time_of):
        if waiting is not None:
            if ms is not None and -inf < last <= ms < waiting[0]:
                waiting = (ms, waiting[1])
            yield waiting
            last = waiting[0]
        waiting = (last if ms is None else max(last, ms), lines)
    if waiting is not None:
        yield waiting


async def _split_by_time(
    pages: AsyncIterator[LinePage], time_of: Callable[[str], float | None]
) -> AsyncIterator[tuple[float | None, list[LogLine]]]:
    first, lines = None, list[LogLine]()
    async for page in pages:
        for line in page:
            ms = None if line.mark else time_of(line.text)
            if lines and (ms is not None or len(lines) >= MAX_UNTIMED_LINES):
                yield first, lines
                first, lines = None, []
            first = ms if ms is not None else first
            lines.append(line)
    if lines:
        yield first, lines


async def merge_by_time(
    files: Sequence[AsyncIterator[TimedLines]],
) -> AsyncIterator[tuple[int, list[LogLine]]]:
    """Yield (index of the file, lines) in time order; at equal times in the order of the files."""
    firsts = await asyncio.gather(*(anext(blocks, None) for blocks in files))
    candidates = [(first[0], file, first[1]) for file, first in enumerate(firsts) if first is not None]
    heapify(candidates)
    while candidates:
        _ms, file, lines = candidates[0]
        yield file, lines
        following = await anext(files[file], None)
        if following is None:
            heappop(candidates)
        else:
            heapreplace(candidates, (following[0], file, following[1]))
