"""Several filters of a log in one line."""

from __future__ import annotations

import pytest

from matui.console.logs.shown_lines import LineTerms, parse_terms

LINES = ["loss 1.2", "eval loss 1.3", "[rank3]: loss nan", "[rank12]: started", "a & b", "!bang"]


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
