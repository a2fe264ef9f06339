"""The files of a job as one log in the order of time, each read forwards, a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from heapq import heapify, heappop, heapreplace
from math import inf
from typing import TypeAlias

from matui.live.log_store import LogLine

Group: TypeAlias = tuple[float, list[LogLine]]  # a time in ms, and lines of that time
_LONGEST = 2000  # lines without a time that are kept together


async def in_groups(
    pages: AsyncIterator[tuple[LogLine, ...]], time_of: Callable[[str], float | None]
) -> AsyncIterator[Group]:
    """Yield each line that has a time together with those after it that have none.

    A time that goes back counts as the one before: no file is put into another order.
    """
    last, lines = -inf, list[LogLine]()
    async for page in pages:
        for line in page:
            ms = None if line.mark else time_of(line.text)
            if lines and (ms is not None or len(lines) >= _LONGEST):
                yield last, lines
                lines = []
            last = last if ms is None else max(last, ms)
            lines.append(line)
    if lines:
        yield last, lines


async def woven(files: Sequence[AsyncIterator[Group]]) -> AsyncIterator[tuple[int, list[LogLine]]]:
    """Yield (index of the file, lines) in the order of time, at equal times in the order of the files."""
    firsts = await asyncio.gather(*(anext(groups, None) for groups in files))
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
