"""What is folded away in a log: the platform's own lines, and tracebacks that other ranks wrote too. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from matui.base.log_lines.errors import ErrorRules
from matui.base.log_lines.repeats import Repeat, RepeatFinder, Texts
from matui.base.log_lines.writers import format_ranks, is_of_platform

Fold: TypeAlias = Literal["platform", "repeats"]
_MOST_DESCRIBED = 5000  # lines of a fold that are looked at again to describe it


class Folding:
    """The folds that are on, for one log. Errors of the platform are never folded."""

    def __init__(self, rules: ErrorRules) -> None:
        self.on: set[Fold] = set()
        self._rules = rules
        self._finder = RepeatFinder()

    def restart(self, describe_file: Callable[[int], str]) -> None:
        """Forget what was found in the lines of a log; ``describe_file`` returns the file of a line."""
        self._finder = RepeatFinder(describe_file)

    def find_shown(self, begin: int, end: int, texts: Texts, first: int, last: int) -> list[int]:
        """Return the lines from ``begin`` to ``end`` that are not folded.

        ``first`` and ``last`` (exclusive) are the bounds of the log.
        """
        lines = texts(begin, end)
        if "repeats" in self.on:
            self._finder.scan(begin, end, texts, first, last)
        copies = self._finder.copies
        hides_platform = "platform" in self.on
        return [
            number
            for number, line in enumerate(lines, begin)
            if number not in copies and not (hides_platform and self._is_plain_platform(line))
        ]

    def describe(self, begin: int, end: int) -> str:
        """Return the words for the folded lines from ``begin`` to ``end`` (exclusive)."""
        if end - begin > _MOST_DESCRIBED:
            return f"{end - begin:,} lines folded"
        numbers = range(begin, end)
        copied = [number for number in numbers if number in self._finder.copies]
        writers = {self._finder.writers[number] for number in copied if number in self._finder.writers}
        platform = len(numbers) - len(copied)
        parts = [f"the same traceback of {_name(writers)}"] if writers else []
        parts += [f"{platform:,} line{'' if platform == 1 else 's'} of the platform"] if platform else []
        return ", ".join(parts) or f"{end - begin:,} lines folded"

    def note(self, number: int) -> str:
        """Return what stands behind a line: how many ranks wrote the traceback that it begins."""
        repeat = self._finder.kept.get(number)
        if repeat is None or len(repeat.writers) < 2:
            return ""
        return f"  × {len(repeat.writers)}, {_first(repeat)}"

    def _is_plain_platform(self, line: str) -> bool:
        return is_of_platform(line) and not self._rules.is_error(line)


def _first(repeat: Repeat) -> str:
    name = repeat.first_writer
    return f"first rank {name}" if name.isdigit() else f"first {name}"


def _name(writers: set[str]) -> str:
    if all(writer.isdigit() for writer in writers):
        return f"rank{'' if len(writers) == 1 else 's'} {format_ranks([int(writer) for writer in writers])}"
    return next(iter(writers)) if len(writers) == 1 else f"{len(writers)} others"
