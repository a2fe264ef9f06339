"""The same traceback of many ranks."""

from __future__ import annotations

import random

import pytest

from matui.base.log_lines.repeats import RepeatFinder

TRACE = (
    "Traceback (most recent call last):",
    '  File "train.py", line 287, in <module>',
    "    main()",
    "RuntimeError: NCCL error on device {rank}",
)


def write(rank: int, *, body: tuple[str, ...] = TRACE) -> list[str]:
    return [f"[rank{rank}]: {line.format(rank=rank)}" for line in body]


def scan(lines: list[str], step: int = 250, *, start: int = 0) -> RepeatFinder:
    """Scan lines outwards from ``start``, as a filter does."""
    finder = RepeatFinder()
    for begin in range(start, len(lines), step):
        read(finder, lines, begin, min(begin + step, len(lines)))
    for end in range(start, 0, -step):
        read(finder, lines, max(0, end - step), end)
    return finder


def read(finder: RepeatFinder, lines: list[str], begin: int, end: int) -> None:
    finder.scan(begin, end, lambda low, high: lines[low:high], 0, len(lines))


@pytest.mark.parametrize("start", [0, 30, 77, 120, 200])
@pytest.mark.parametrize("step", [4, 7, 250])
def test_one_copy_stays_and_the_others_are_known_by_rank(step: int, start: int) -> None:
    lines = ["step 1", *write(29, body=(*TRACE[:3], "RuntimeError: ECC error")), "step 2"]
    for rank in range(64):
        lines += write(rank)
    finder = scan(lines, step, start=start)
    first, other = sorted(finder.kept.values(), key=lambda repeat: repeat.first)
    assert (first.writers, other.first_writer, len(other.writers)) == ({"29"}, "0", 64)
    shown = [number for number in range(len(lines)) if number not in finder.copies]
    assert shown[:6] == [0, 1, 2, 3, 4, 5]
    assert shown[6:] == list(range(other.start, other.start + 4))


def test_interleaved_ranks_are_distinguished() -> None:
    rng = random.Random(3)
    queues = [write(rank) for rank in range(16)]
    lines = []
    while any(queues):
        lines.append(rng.choice([queue for queue in queues if queue]).pop(0))
    finder = scan(lines)
    [repeat] = finder.kept.values()
    assert len(repeat.writers) == 16
    assert len(finder.copies) == 15 * 4


def test_an_earlier_copy_that_is_found_later_is_the_first() -> None:
    lines = [line for rank in (7, 3, 5) for line in write(rank)]
    finder = scan(lines, 4, start=len(lines))
    [repeat] = finder.kept.values()
    assert (repeat.first, repeat.first_writer) == (0, "7")


def test_another_line_in_the_stack_is_another_traceback() -> None:
    other = (TRACE[0], '  File "train.py", line 288, in <module>', *TRACE[2:])
    finder = scan([*write(0), *write(1, body=other), *write(0)])
    assert len(finder.kept) == 3
    assert not finder.copies


def test_lines_without_a_writer_are_left_alone() -> None:
    finder = scan([*TRACE, *TRACE])
    assert not finder.kept
    assert not finder.copies


def test_files_distinguish_writers_where_lines_do_not() -> None:
    finder = RepeatFinder(lambda number: f"worker-{number // 4}")
    read(finder, [*TRACE, *TRACE], 0, 8)
    [repeat] = finder.kept.values()
    assert repeat.writers == {"worker-0", "worker-1"}
