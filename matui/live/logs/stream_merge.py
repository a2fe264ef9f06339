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

from matui.live.logs.file_cursor import MAX_UNTIMED_LINES
from matui.live.logs.line_store import LogLine

TimedLines: TypeAlias = tuple[float, list[LogLine]]  # a time in ms, and lines of that time


async def timed_blocks(
    pages: AsyncIterator[tuple[LogLine, ...]], time_of: Callable[[str], float | None]
) -> AsyncIterator[TimedLines]:
    """Yield each line that has a time together with those after it that have none.

    A time that goes back counts as the time before: the order within a file never changes.
    """
    last, lines = -inf, list[LogLine]()
    async for page in pages:
        for line in page:
            ms = None if line.mark else time_of(line.text)
            if lines and (ms is not None or len(lines) >= MAX_UNTIMED_LINES):
                yield last, lines
                lines = []
            last = last if ms is None else max(last, ms)
            lines.append(line)
    if lines:
        yield last, lines


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
