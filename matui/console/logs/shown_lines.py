"""Which lines of a log are shown: of the files that are on, that match the filters, not folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.writers import read_rank
from matui.console.lines.search import FindLines, compile_pattern
from matui.console.logs.folding import Fold, Folding

if TYPE_CHECKING:
    from matui.console.logs.shown import ShownLog
    from matui.console.logs.view import LogView

_RANKS = re.compile(r"rank:(?P<ranks>.*)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
LineMatcher = Callable[[str], object]
CONTEXT = 2  # lines shown around one that stays


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


class ShownLines:
    """The filter and the folds of one log pane. ``text`` is the filter as it was typed."""

    def __init__(self, view: LogView, shown: ShownLog) -> None:
        self.text = ""
        self.folding = Folding(view.looks.rules)
        self._view = view
        self._shown = shown

    @property
    def is_partial(self) -> bool:
        """Whether lines are left out."""
        merged = self._shown.merged
        return bool(self.text or self.folding.on or (merged is not None and merged.off))

    def forget(self) -> None:
        """Forget the filter: another log is shown. The folds stay."""
        self.text = ""

    def set_filter(self, text: str) -> str:
        """Show only lines that match, or all; return what is wrong with the filter, or ``""``."""
        terms = parse_terms(text)
        if isinstance(terms, str):
            return terms
        self.text = text
        self.show()
        return ""

    def toggle(self, fold: Fold) -> bool:
        """Turn a fold on or off; return whether it is on now."""
        self.folding.on ^= {fold}
        self.show()
        return fold in self.folding.on

    def show(self) -> None:
        """Show the lines anew."""
        view, merged = self._view, self._shown.merged
        files: FindLines | None = merged.find if merged is not None and merged.off else None
        terms = parse_terms(self.text) if self.text else None
        if view.base.first < view.base.end:
            view.placeholder = "No line matches."
        view.annotate = None
        if self.folding.on:
            self._show_folded(files, terms if isinstance(terms, LineTerms) else None)
        elif not isinstance(terms, LineTerms):
            view.show_only(files)
        else:
            view.show_only(self._narrow(files, terms), CONTEXT if terms.is_single and files is None else 0)

    def _show_folded(self, files: FindLines | None, terms: LineTerms | None) -> None:
        view, merged, folding, texts = self._view, self._shown.merged, self.folding, self._texts
        source, narrowed = view.base, self._narrow(files, terms)

        def name_file(number: int) -> str:
            return merged.files[merged.log.file_of(number)[0]] if merged else ""

        def find(low: int, high: int) -> list[int]:
            was_late = folding.is_late
            unfolded = folding.find_shown(low, high, texts, source.first, source.end)
            if folding.is_late and not was_late:
                view.call_later(show_again)
            return sorted({*unfolded} & {*narrowed(low, high)})

        def show() -> None:
            view.show_only(find, describe=folding.describe if files is None and terms is None else None)

        def show_again() -> None:
            if folding.is_late and folding.on and view.base is source:
                folding.look_again()
                show()

        folding.restart(name_file)
        view.annotate = folding.note
        show()

    def _narrow(self, files: FindLines | None, terms: LineTerms | None) -> FindLines:
        """Return what finds the lines of files that are on that meet the terms."""

        def find(low: int, high: int) -> list[int]:
            numbers = range(low, high) if files is None else files(low, high)
            if terms is None:
                return list(numbers)
            texts = self._texts(low, high)
            matches = terms.wanted[0] if terms.is_single else terms.match
            return [number for number in numbers if matches(texts[number - low])]

        return find

    def _texts(self, begin: int, end: int) -> list[str]:
        texts = self._view.base.texts(begin, end)
        return [text if text.isascii() and text.isprintable() else render_plain_text(text) for text in texts]
