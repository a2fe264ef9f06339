"""Saving a log: the screen works meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from matui.console.logs.saving import _Counter, describe_saves, write_log
from matui.live.logs.line_store import LogLine


async def iterate_lines(count: int) -> AsyncIterator[LogLine]:
    for number in range(count):
        yield LogLine(str(number))


async def test_the_screen_works_while_lines_come_without_a_wait(tmp_path: Path) -> None:
    turns = 0

    async def screen() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.ensure_future(screen())
    counter = _Counter(lambda _count: None)
    await write_log(iterate_lines(2000), tmp_path / "log", counter)
    working.cancel()
    assert counter.lines == 2000
    assert turns > 10


def test_the_lines_read_backwards_are_shown_until_lines_are_written() -> None:
    assert describe_saves([]) == ""
    assert describe_saves([(0, 0)]) == "saving 0 lines · esc stops"
    assert describe_saves([(3400, 0)]) == "reading back: 3,400 lines · esc stops"
    assert describe_saves([(3400, 500)]) == "saving 500 lines · esc stops"
    assert describe_saves([(3400, 0), (0, 1)]) == "reading back: 3,400 lines · saving 1 line · esc stops"
