"""What is folded away in a log."""

from __future__ import annotations

from matui.base.log_lines.errors import ErrorRules
from matui.console.logs.shown_lines import Folding

PLATFORM = "[ModelArts Service Log]2025-01-01 00:00:00 init done"


def make_folding(lines: list[str], *on: str) -> tuple[Folding, list[int]]:
    folds = Folding(ErrorRules())
    folds.restart(lambda _number: "worker-0")
    folds.on.update(on)  # type: ignore[arg-type]
    return folds, folds.find_shown(0, len(lines), lambda begin, end: lines[begin:end], 0, len(lines))


def test_nothing_is_folded_unless_it_is_on() -> None:
    assert make_folding([PLATFORM, "loss 1"])[1] == [0, 1]


def test_lines_of_the_platform_are_folded_but_not_its_errors() -> None:
    lines = [PLATFORM, "loss 1", "[ModelArts Service Log]2025-01-01 00:00:00 ERROR: pull failed"]
    folds, shown = make_folding(lines, "platform")
    assert shown == [1, 2]
    assert folds.describe(0, 1) == "1 line of the platform"


def test_a_large_fold_is_described_by_its_number_of_lines() -> None:
    folds, _shown = make_folding(["x"], "platform")
    assert folds.describe(0, 6000) == "6,000 lines folded"


def test_a_line_that_nothing_repeats_has_no_note() -> None:
    folds, _shown = make_folding(["x"], "repeats")
    assert folds.note(0) == ""
