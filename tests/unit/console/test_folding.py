"""Folds of a log that grows: what arrives in parts is folded as soon as it is whole."""

from __future__ import annotations

from matui.base.log_lines.errors import ErrorRules
from matui.console.logs.shown_lines import Folding

TRACE = (
    "Traceback (most recent call last):",
    '  File "train.py", line 287',
    "    main()",
    "RuntimeError: NCCL",
)


def write(rank: int) -> list[str]:
    return [f"[rank{rank}]: {line}" for line in TRACE]


def make_folding(fold: str) -> Folding:
    folding = Folding(ErrorRules())
    folding.on.add("platform" if fold == "platform" else "repeats")
    folding.restart(lambda _number: "")
    return folding


def look(folding: Folding, lines: list[str], begin: int, end: int) -> list[int]:
    return folding.find_shown(begin, end, lambda low, high: lines[low : min(high, end)], 0, end)


def test_a_traceback_that_arrives_in_two_pages_is_late() -> None:
    lines = ["step 1", *write(0), *write(1), "step 2"]
    folding = make_folding("repeats")
    assert look(folding, lines, 0, 7) == [*range(7)]
    assert not folding.is_late
    look(folding, lines, 7, 10)
    assert folding.is_late
    folding.look_again()
    assert look(folding, lines, 0, 10) == [*range(5), 9]
    assert (folding.is_late, folding.count("repeats")) == (False, 4)


def test_the_last_lines_of_interleaved_tracebacks_are_enough() -> None:
    lines = [line for pair in zip(*map(write, range(8)), strict=True) for line in pair]
    folding = make_folding("repeats")
    look(folding, lines, 0, 25)
    look(folding, lines, 25, 32)
    assert folding.is_late
    folding.look_again()
    assert look(folding, lines, 0, 32) == [0, 8, 16, 24]


def test_a_whole_traceback_is_not_late() -> None:
    lines = ["step 1", *write(0), *write(1), "step 2"]
    folding = make_folding("repeats")
    look(folding, lines, 0, 10)
    assert (folding.is_late, folding.count("repeats")) == (False, 4)


def test_the_lines_of_the_platform_are_counted() -> None:
    lines = ["[Modelarts Service Log]init", "step 1", "[ModelArts-Service Log] end"]
    folding = make_folding("platform")
    assert look(folding, lines, 0, 3) == [1]
    assert folding.count("platform") == 2
