"""Files read forwards come out as one log in the order of time."""

from __future__ import annotations

from collections.abc import AsyncIterator

from matui.live.logs.line_store import LogLine
from matui.live.logs.stream_merge import iterate_timed_blocks, merge_by_time


def parse_time(text: str) -> float | None:
    """Return the number a line begins with."""
    head = text.partition(" ")[0]
    return float(head) if head.isdecimal() else None


async def iterate_pages(texts: list[str], size: int) -> AsyncIterator[tuple[LogLine, ...]]:
    """Yield lines in pages; one that begins with ``~`` is a mark."""
    lines = [LogLine(text, "gap" if text.startswith("~") else "") for text in texts]
    for begin in range(0, len(lines), size):
        yield tuple(lines[begin : begin + size])


async def merge_files(*files: list[str], size: int = 2) -> list[str]:
    """Return all lines in the order they come."""
    groups = [iterate_timed_blocks(iterate_pages(texts, size), parse_time) for texts in files]
    return [f"{file}:{line.text}" async for file, lines in merge_by_time(groups) for line in lines]


async def test_lines_come_by_time_and_those_without_stay_behind_the_one_before() -> None:
    one = ["head", "1 a", "  trace", "  more", "5 e", "~gap", "9 z"]
    other = ["2 b", "  its own", "5 f", "6 g"]
    assert await merge_files(one, other) == [
        "0:head", "0:1 a", "0:  trace", "0:  more", "1:2 b", "1:  its own",
        "0:5 e", "0:~gap", "1:5 f", "1:6 g", "0:9 z",
    ]  # fmt: skip


async def test_a_time_that_goes_back_puts_no_file_into_another_order() -> None:
    assert await merge_files(["5 a", "3 b", "8 c"], ["4 x", "6 y"], size=1) == [
        "1:4 x",
        "0:5 a",
        "0:3 b",
        "1:6 y",
        "0:8 c",
    ]


async def test_empty_files_and_files_without_times_lose_nothing() -> None:
    assert await merge_files([], ["no", "times"], ["1 a"]) == ["1:no", "1:times", "2:1 a"]
    assert await merge_files([]) == []
