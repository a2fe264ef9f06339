"""On which line of a TOML text each value stands. Pure; for texts that tomllib has accepted.

A path is the way to a value: names, and numbers from 0 for the elements of lists.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field

from matui.resources.form import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_OTHER = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")


@dataclass(slots=True)
class Places:
    """``lines`` gives the line of each path, from 0; ``inside`` the lines that begin within a string."""

    lines: dict[Path, int] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)

    def nearest(self, path: Path) -> Path:
        """Return the path, or the nearest around it that stands somewhere; ``()`` where nothing does."""
        return next((path[:length] for length in range(len(path), 0, -1) if path[:length] in self.lines), ())

    def line_of(self, path: Path) -> int | None:
        """Return the line of a path or of what is nearest around it, None when nothing is."""
        return self.lines.get(self.nearest(path))

    def above(self, line: int) -> int:
        """Return the nearest line at or above ``line`` before which another can be put."""
        while line in self.inside:
            line -= 1
        return line


def places(text: str) -> Places:
    """Find every value of a TOML text. What is no TOML is read as far as it goes."""
    reader = _Reader(text)
    with suppress(IndexError, RecursionError, _LostError):
        reader.document()
    return reader.found


class _LostError(Exception):
    """Here stands something that is no TOML."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found = Places()
        self._counts: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._line()
        twice = self.text.startswith("[[", self.at)
        self.at += 2 if twice else 1
        names = self._key()
        self.at += 2 if twice else 1
        path = self._within_lists(names[:-1])
        path = (*path, names[-1])
        if twice:
            number = self._counts[path] = self._counts.get(path, -1) + 1
            self._note(path, line)
            path = (*path, number)
        elif path in self._counts:
            path = (*path, self._counts[path])
        self._note(path, line)
        return path

    def _within_lists(self, names: tuple[str, ...]) -> Path:
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path: Path = table
        for name in self._key():
            path = (*path, name)
            self._note(path, line)
        self._expect("=")
        self._value(path)

    def _key(self) -> tuple[str, ...]:
        names = []
        while True:
            self._skip(_SPACE)
            quoted = self._match(_STRING)
            names.append(_unquoted(quoted) if quoted else self._need(_BARE_KEY))
            self._skip(_SPACE)
            if self.text[self.at : self.at + 1] != ".":
                return tuple(names)
            self.at += 1

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        self._note(path, self._line())
        opening = self.text[self.at]
        if opening == "[":
            self._list(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._string()
        else:
            self._need(_OTHER)

    def _string(self) -> None:
        first = self._line()
        self._need(_STRING)
        self.found.inside.update(range(first + 1, self._line() + 1))

    def _list(self, path: Path) -> None:
        self.at += 1
        number = 0
        while self.text[self._skip(_BLANK)] != "]":
            self._value((*path, number))
            number += 1
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self.text[self._skip(_BLANK)] != "}":
            inner = path
            line = self._line()
            for name in self._key():
                inner = (*inner, name)
                self._note(inner, line)
            self._expect("=")
            self._value(inner)
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1

    def _note(self, path: Path, line: int) -> None:
        self.found.lines.setdefault(path, line)

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def _need(self, pattern: re.Pattern[str]) -> str:
        found = self._match(pattern)
        if not found:
            raise _LostError
        return found

    def _expect(self, sign: str) -> None:
        if self.text[self._skip(_SPACE)] != sign:
            raise _LostError
        self.at += 1


def _unquoted(quoted: str) -> str:
    import tomllib

    try:
        return str(tomllib.loads(f"k = {quoted}")["k"])
    except tomllib.TOMLDecodeError:
        return quoted[1:-1]
