"""Folds lines of a log: those of the platform, and tracebacks that other ranks wrote too. Pure."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Literal, TypeAlias

from matui.base.log_lines.errors import ErrorRules
from matui.base.log_lines.repeats import ReadTexts, Repeat, RepeatFinder
from matui.base.log_lines.writers import format_ranks, is_of_platform
from matui.base.text.formatting import pluralize

Fold: TypeAlias = Literal["platform", "repeats"]
_MOST_DESCRIBED = 5000  # lines of a fold that are looked at again to describe it


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
