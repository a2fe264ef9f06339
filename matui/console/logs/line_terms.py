"""Parses the filter of a log: regular expressions and ranks, joined by ``&``, inverted by ``!``. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from matui.base.log_lines.writers import read_rank
from matui.console.lines.search import compile_pattern

_RANKS = re.compile(r"rank:(?P<ranks>.*)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
LineMatcher = Callable[[str], object]


class LineTerms(NamedTuple):
    """Conditions that a line meets all of: ``wanted`` hold for it, ``unwanted`` do not."""

    wanted: tuple[LineMatcher, ...]
    unwanted: tuple[LineMatcher, ...]

    def match(self, text: str) -> bool:
        """Return whether a line of plain text meets every condition."""
        for holds in self.wanted:
            if not holds(text):
                return False
        return all(not holds(text) for holds in self.unwanted)

    @property
    def is_single(self) -> bool:
        """Whether it is one pattern, around whose lines their context is of interest."""
        return len(self.wanted) == 1 and not self.unwanted


def parse_terms(text: str) -> LineTerms | str:
    """Return the conditions, or a sentence on what is wrong.

    Terms are separated by `` & ``: a regular expression, ``rank:3`` or ``rank:0-7,9``; ``!`` before a term
    inverts it. ``\\&`` and ``\\!`` stand for the characters themselves.
    """
    wanted: list[LineMatcher] = []
    unwanted: list[LineMatcher] = []
    for term in re.split(r"\s+&(?:\s+|$)|^&\s*", text):
        word = term.strip()
        inverted = word.startswith("!")
        word = word[1:].lstrip() if inverted else word
        if not word:
            continue
        holds = _compile(word)
        if isinstance(holds, str):
            return holds
        (unwanted if inverted else wanted).append(holds)
    return LineTerms(tuple(wanted), tuple(unwanted))


def _compile(word: str) -> LineMatcher | str:
    ranks = _RANKS.fullmatch(word)
    if ranks is not None:
        return _compile_ranks(ranks["ranks"])
    pattern = compile_pattern(word)
    return pattern if isinstance(pattern, str) else pattern.search


def _compile_ranks(text: str) -> LineMatcher | str:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    spans = [_SPAN.fullmatch(part) for part in parts]
    if not spans or None in spans:
        return "Ranks are numbers and spans, such as rank:0-7,9."
    bounds = [(int(span[1]), int(span[2] or span[1])) for span in spans if span is not None]
    return lambda line: _is_among(read_rank(line), bounds)


def _is_among(rank: int | None, bounds: Sequence[tuple[int, int]]) -> bool:
    return rank is not None and any(low <= rank <= high for low, high in bounds)
