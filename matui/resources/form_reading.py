"""Reads back what was typed into a form, and writes what is wrong above the line it is wrong in. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from matui.base.toml import Places, find_places, parse_toml
from matui.resources.form import Path, Problem, Values
from matui.resources.form_text import MARK
from matui.text import clean

_MARKED = re.compile(r"^[ \t]*# ✗ .*(?:\n|$)")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: ``values``, or None with the line (from 0) and the sentence of what is no TOML."""

    text: str
    values: Values | None
    wrong: str = ""
    wrong_line: int = 0


def read_form(text: str) -> Reading:
    """Parse a text; what is wrong is told, never raised. Lines of ours that told so before do not count."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return Reading(text, parse_toml(text))
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = _AT_LINE.search(said)
        line = int(at.group(1)) - 1 if at else max(0, len(text.rstrip("\n").split("\n")) - 1)
        return Reading(text, None, _plain(said), line)
    except RecursionError:
        return Reading(text, None, "It is nested too deeply.")


def _plain(said: str) -> str:
    told = _AT_LINE.sub("", said).removesuffix("(at end of document)").strip()
    return f"This is no TOML from here on: {told[:1].lower()}{told[1:]}."


def line_of(reading: Reading, path: Path) -> int:
    """Return the line, from 1, that a value stands in; 1 where nothing of it is there."""
    if reading.values is None:
        return reading.wrong_line + 1
    line = find_places(reading.text).line_of(path)
    return 1 if line is None else line + 1


def without_marks(text: str) -> str:
    """Return a text without the lines that ``with_problems`` put in; what stands in a string stays."""
    return _without_marks(read_form(text))


def _without_marks(reading: Reading) -> str:
    inside = find_places(reading.text).inside if reading.values is not None else set()
    lines = reading.text.split("\n")
    kept = [line for at, line in enumerate(lines) if at in inside or not _MARKED.match(line)]
    return "\n".join(kept)


def with_problems(text: str, problems: Sequence[Problem]) -> str:
    """Return what was typed with each problem as a comment above its line, those about the whole on top.

    What told of problems before is replaced; nothing else of the text changes.
    """
    reading = read_form(_without_marks(read_form(text)))
    lines = reading.text.split("\n")
    if reading.values is None:
        found = {reading.wrong_line: [reading.wrong], 0: []}
        others = [told(problem) for problem in problems]
        found[0] = others if reading.wrong_line else [*others, reading.wrong]
    else:
        found = _by_line(find_places(reading.text), problems)
    shown: list[str] = []
    for at, line in enumerate(lines):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        shown += [f"{indent}{MARK}{clean(words)}" for words in found.get(at, ())]
        shown.append(line)
    return "\n".join(shown)


def _by_line(where: Places, problems: Sequence[Problem]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in problems:
        line = where.line_of(problem.path)
        at = 0 if line is None else where.above(line)
        exact = bool(problem.path) and where.nearest(problem.path) == problem.path
        words = problem.sentence if exact else told(problem)
        if words not in found.setdefault(at, []):
            found[at].append(words)
    return found


def told(problem: Problem) -> str:
    """Return a problem with the name of what it is about."""
    name = ".".join(str(step) for step in problem.path)
    return f"{name}: {problem.sentence}" if name else problem.sentence
