"""Reads TOML with limits, finds the line of each value, and writes values as TOML.

A path is the way to a value: names, and numbers from 0 for the elements of lists.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from matui.base.text.regex import LazyPattern

TomlPath: TypeAlias = tuple[str | int, ...]

DEEPEST = 100

_BLANK = LazyPattern(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = LazyPattern(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = LazyPattern(r"[A-Za-z0-9_-]+")
_STRING_OR_COMMENT = LazyPattern(rf"(?:{_STRING.pattern})|\#[^\n]*", re.DOTALL)
_DEEP_KEY = LazyPattern(rf"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){{{DEEPEST}}}")
_NESTING = LazyPattern(rf"(?:{_STRING.pattern})|\#[^\n]*|[\[\]{{}}]", re.DOTALL)
_SPACE = LazyPattern(r"[ \t]*")
_OTHER = LazyPattern(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")
_BARE = LazyPattern(r"[A-Za-z0-9_-]+")
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_WIDE = 100


@dataclass(slots=True)
class Places:
    """The line of each path, from 0; ``inside`` holds the lines that begin within a string."""

    lines: dict[TomlPath, int] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)

    def find_nearest(self, path: TomlPath) -> TomlPath:
        """Return the path, or its nearest ancestor that has a line; ``()`` without one."""
        return next((path[:length] for length in range(len(path), 0, -1) if path[:length] in self.lines), ())

    def find_line(self, path: TomlPath) -> int | None:
        """Return the line of a path or of its nearest ancestor, None without one."""
        return self.lines.get(self.find_nearest(path))

    def find_line_above(self, line: int) -> int:
        """Return the nearest line at or above ``line`` before which another can be put."""
        while line in self.inside:
            line -= 1
        return line


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tree of a TOML text.

    Raises ValueError (tomllib's, or that of int() for thousands of digits), and RecursionError
    for lists nested too deeply and for keys of more than ``DEEPEST`` names, on which tomllib takes minutes.
    """
    import tomllib

    if any(line.count(".") >= DEEPEST for line in text.split("\n")):
        bare = _STRING_OR_COMMENT.compiled.sub(lambda match: "" if match.group()[0] == "#" else "s", text)
        if _DEEP_KEY.compiled.search(bare):
            raise RecursionError("A key has too many names.")
    return tomllib.loads(text)


def find_places(text: str) -> Places:
    """Return the line of every value of a TOML text, read up to the first place that is not TOML.

    Values below ``DEEPEST`` levels are skipped.
    """
    reader = _Reader(text)
    with suppress(IndexError, _LostError):
        reader.read_document()
    return reader.found


class _LostError(Exception):
    """The text is not TOML from here on."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found = Places()
        self._counts: dict[TomlPath, int] = {}
        self._line_at = 0
        self._line_number = 0

    def read_document(self) -> None:
        table: TomlPath = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self._read_header()
            else:
                self._read_pair(table)

    def _read_header(self) -> TomlPath:
        line = self._count_line()
        twice = self.text.startswith("[[", self.at)
        self.at += 2 if twice else 1
        names = self._read_key()
        self.at += 2 if twice else 1
        path = self._resolve_lists(names[:-1], line)
        path = (*path, names[-1])
        if twice:
            number = self._counts[path] = self._counts.get(path, -1) + 1
            self._note(path, line)
            path = (*path, number)
        elif path in self._counts:
            path = (*path, self._counts[path])
        self._note(path, line)
        return path

    def _resolve_lists(self, names: tuple[str, ...], line: int) -> TomlPath:
        path: TomlPath = ()
        for name in names:
            path = (*path, name)
            self._note(path, line)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _read_pair(self, table: TomlPath) -> None:
        line = self._count_line()
        path: TomlPath = table
        for name in self._read_key():
            path = (*path, name)
            self._note(path, line)
        self._expect("=")
        self._read_value(path)

    def _read_key(self) -> tuple[str, ...]:
        names = []
        while True:
            self._skip(_SPACE)
            quoted = self._match(_STRING)
            names.append(_unquote(quoted) if quoted else self._require(_BARE_KEY))
            self._skip(_SPACE)
            if self.text[self.at : self.at + 1] != ".":
                return tuple(names[:DEEPEST])
            self.at += 1

    def _read_value(self, path: TomlPath) -> None:
        self._skip(_SPACE)
        self._note(path, self._count_line())
        opening = self.text[self.at]
        if len(path) >= DEEPEST and opening in "[{":
            self._skip_nested()
        elif opening == "[":
            self._list(path)
        elif opening == "{":
            self._read_inline_table(path)
        elif opening in "\"'":
            self._read_string()
        else:
            self._require(_OTHER)

    def _read_string(self) -> None:
        first = self._count_line()
        self._require(_STRING)
        self.found.inside.update(range(first + 1, self._count_line() + 1))

    def _list(self, path: TomlPath) -> None:
        self.at += 1
        number = 0
        while self.text[self._skip(_BLANK)] != "]":
            self._read_value((*path, number))
            number += 1
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1

    def _read_inline_table(self, path: TomlPath) -> None:
        self.at += 1
        while self.text[self._skip(_BLANK)] != "}":
            self._read_pair(path)
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1

    def _skip_nested(self) -> None:
        depth = 0
        for match in _NESTING.compiled.finditer(self.text, self.at):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                self.at = match.end()
                return
        raise _LostError

    def _note(self, path: TomlPath, line: int) -> None:
        self.found.lines.setdefault(path, line)

    def _count_line(self) -> int:
        self._line_number += self.text.count("\n", self._line_at, self.at)
        self._line_at = self.at
        return self._line_number

    def _skip(self, pattern: LazyPattern) -> int:
        match = pattern.compiled.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _match(self, pattern: LazyPattern) -> str:
        match = pattern.compiled.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def _require(self, pattern: LazyPattern) -> str:
        found = self._match(pattern)
        if not found:
            raise _LostError
        return found

    def _expect(self, sign: str) -> None:
        if self.text[self._skip(_SPACE)] != sign:
            raise _LostError
        self.at += 1


def _unquote(quoted: str) -> str:
    import tomllib

    try:
        return str(tomllib.loads(f"k = {quoted}")["k"])
    except tomllib.TOMLDecodeError:
        return quoted[1:-1]


def format_toml_key(*names: str) -> str:
    """Return a dotted key; a name that is not bare is quoted."""
    return ".".join(name if _BARE.compiled.fullmatch(name) else format_toml_string(name) for name in names)


def format_toml_string(text: str) -> str:
    """Return a basic string on one line; non-printable characters are escaped.

    A lone surrogate, which no TOML can hold, becomes U+FFFD.
    """
    return '"' + "".join(_escape_character(character) for character in text) + '"'


def _escape_character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def format_toml_value(value: Any, *, indent: str = "") -> str:
    """Return a value: a list too wide for a line has a line for each element. None inside is left out."""
    if isinstance(value, Mapping):
        return _format_inline_table(value)
    if isinstance(value, list | tuple):
        return _format_array(value, indent)
    return _format_scalar(value)


def _format_scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _format_float(value)
    return format_toml_string(value) if isinstance(value, str) else str(value)


def _format_float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return ("inf" if value > 0 else "-inf") if math.isinf(value) else repr(value)


def _format_inline_table(table: Mapping[str, Any]) -> str:
    parts = [
        f"{format_toml_key(str(name))} = {format_toml_line(inner)}"
        for name, inner in table.items()
        if inner is not None
    ]
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def format_toml_line(value: Any) -> str:
    """Return a value on one line. None inside is left out."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(format_toml_line(item) for item in value if item is not None)}]"
    return format_toml_value(value)


def _format_array(items: list[Any] | tuple[Any, ...], indent: str) -> str:
    flat = format_toml_line(items)
    tables = any(isinstance(item, Mapping) for item in items)
    if len(flat) <= _WIDE and not tables:
        return flat
    lines = (f"{indent}  {format_toml_line(item)},\n" for item in items if item is not None)
    return f"[\n{''.join(lines)}{indent}]"
