"""What is folded away in a log, and several filters in one line."""

from __future__ import annotations

import pytest

from matui.base.log_lines.errors import ErrorRules
from matui.console.logs.shown_lines import Folding, LineTerms, parse_terms

PLATFORM = "[ModelArts Service Log]2025-01-01 00:00:00 init done"
LINES = ["loss 1.2", "eval loss 1.3", "[rank3]: loss nan", "[rank12]: started", "a & b", "!bang"]


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


def list_matching(text: str) -> list[str]:
    terms = parse_terms(text)
    assert isinstance(terms, LineTerms)
    return [line for line in LINES if terms.match(line)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("loss", LINES[:3]),
        ("!loss", LINES[3:]),
        ("loss & !eval", [LINES[0], LINES[2]]),
        ("loss & !eval & !nan", [LINES[0]]),
        ("rank:3", [LINES[2]]),
        ("rank:0-7,12", LINES[2:4]),
        ("!rank:3 & rank:0-20", [LINES[3]]),
        (r"a \& b", [LINES[4]]),
        (r"\!bang", [LINES[5]]),
        ("loss &", LINES[:3]),
        ("& !loss", LINES[3:]),
        ("a&b", []),
    ],
)
def test_terms_hold_together(text: str, lines: list[str]) -> None:
    assert list_matching(text) == lines


@pytest.mark.parametrize("text", ["loss & (", "rank:x", "rank:", "!rank:1-"])
def test_what_is_wrong_is_said(text: str) -> None:
    assert isinstance(parse_terms(text), str)


def test_a_single_pattern_keeps_its_context() -> None:
    single, several = parse_terms("loss"), parse_terms("!loss")
    assert isinstance(single, LineTerms)
    assert single.is_single
    assert isinstance(several, LineTerms)
    assert not several.is_single
