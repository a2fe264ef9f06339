"""Which lines of a log are shown: of the files that are on, that match the filters, not folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.errors import ErrorRules
from matui.base.log_lines.repeats import ReadTexts, Repeat, RepeatFinder
from matui.base.log_lines.writers import format_ranks, is_of_platform, read_rank
from matui.base.text.formatting import pluralize
from matui.console.lines.search import FindLines, compile_pattern

if TYPE_CHECKING:
    from matui.console.logs.shown import ShownLog
    from matui.console.logs.view import LogView

Fold: TypeAlias = Literal["platform", "repeats"]
_MOST_DESCRIBED = 5000  # lines of a fold that are looked at again to describe it
_RANKS = re.compile(r"rank:(?P<ranks>.*)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
LineMatcher = Callable[[str], object]
CONTEXT = 2  # lines shown around one that stays


class Folding:
    """The folds that are on, for one log. Errors of the platform are never folded.

    ``is_late`` says that lines were found to be folded after they had been shown, as of a traceback that
    arrives in parts.
    """

    def __init__(self, rules: ErrorRules) -> None:
        self.on: set[Fold] = set()
        self.is_late = False
        self._rules = rules
        self._finder = RepeatFinder()
        self._platform: set[int] = set()
        self._seen = range(0)

    def restart(self, describe_file: Callable[[int], str]) -> None:
        """Forget what was found in the lines of a log; ``describe_file`` returns the file of a line."""
        self._finder = RepeatFinder(describe_file)
        self._platform.clear()
        self.look_again()

    def look_again(self) -> None:
        """Expect every line to be looked at again; what was found stays."""
        self._seen = range(0)
        self.is_late = False

    def count(self, fold: Fold) -> int:
        """Return how many lines are folded away so far."""
        return len(self._platform) if fold == "platform" else len(self._finder.copies)

    def find_shown(self, begin: int, end: int, texts: ReadTexts, first: int, last: int) -> list[int]:
        """Return the lines from ``begin`` to ``end`` that are not folded.

        ``first`` and ``last`` (exclusive) are the bounds of the log.
        """
        lines = texts(begin, end)
        if "repeats" in self.on:
            self._find_repeats(begin, end, texts, first, last)
        if "platform" in self.on:
            self._platform.update(
                number for number, line in enumerate(lines, begin) if self._is_plain_platform(line)
            )
        low, high = min(begin, self._seen.start), max(end, self._seen.stop)
        self._seen = range(low, high) if self._seen else range(begin, end)
        copies, platform = self._finder.copies, self._platform if "platform" in self.on else ()
        return [number for number in range(begin, end) if number not in copies and number not in platform]

    def _find_repeats(self, begin: int, end: int, texts: ReadTexts, first: int, last: int) -> None:
        """Find the repetitions; it is late for those of which a part was looked at before."""
        copies = self._finder.copies
        known = len(copies)
        self._finder.scan(begin, end, texts, first, last)
        for number in islice(copies, known, None):
            if number in self._seen and not begin <= number < end:
                self.is_late = True
                break

    def describe(self, begin: int, end: int) -> str:
        """Return the words for the folded lines from ``begin`` to ``end`` (exclusive)."""
        if end - begin > _MOST_DESCRIBED:
            return f"{pluralize(end - begin, 'line')} folded"
        numbers = range(begin, end)
        copied = [number for number in numbers if number in self._finder.copies]
        writers = {self._finder.writers[number] for number in copied if number in self._finder.writers}
        platform = len(numbers) - len(copied)
        parts = [f"the same traceback of {_name(writers)}"] if writers else []
        parts += [f"{pluralize(platform, 'line')} of the platform"] if platform else []
        return ", ".join(parts) or f"{pluralize(end - begin, 'line')} folded"

    def note(self, number: int) -> str:
        """Return what stands behind a line: how many ranks wrote the traceback that it begins."""
        repeat = self._finder.kept.get(number)
        if repeat is None or len(repeat.writers) < 2:
            return ""
        return f"  × {len(repeat.writers)}, {_name_first_writer(repeat)}"

    def _is_plain_platform(self, line: str) -> bool:
        return is_of_platform(line) and not self._rules.is_error(line)


def _name_first_writer(repeat: Repeat) -> str:
    name = repeat.first_writer
    return f"first rank {name}" if name.isdigit() else f"first {name}"


def _name(writers: set[str]) -> str:
    if all(writer.isdigit() for writer in writers):
        return f"rank{'' if len(writers) == 1 else 's'} {format_ranks([int(writer) for writer in writers])}"
    return next(iter(writers)) if len(writers) == 1 else f"{len(writers)} others"


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
    """The filter and the folds of one log pane. ``text`` is the filter as it was typed.

    ``rules`` say which lines are errors; those of the platform are never folded.
    """

    def __init__(self, view: LogView, shown: ShownLog, rules: ErrorRules) -> None:
        self.text = ""
        self.folding = Folding(rules)
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
        view, merged, folding, texts = self._view, self._shown.merged, self.folding, self._list_texts
        source, narrowed = view.base, self._narrow(files, terms)

        def name_file(number: int) -> str:
            return merged.files[merged.log.get_file(number)[0]] if merged else ""

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
            texts = self._list_texts(low, high)
            matches = terms.wanted[0] if terms.is_single else terms.match
            return [number for number in numbers if matches(texts[number - low])]

        return find

    def _list_texts(self, begin: int, end: int) -> list[str]:
        texts = self._view.base.list_texts(begin, end)
        return [text if text.isascii() and text.isprintable() else render_plain_text(text) for text in texts]
