"""On which line of a TOML text a key stands: tomllib tells values, not places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

KeyPath = tuple[str, ...]

_PART = re.compile(r"""\s*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))\s*(\.?)""")
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]"
    r"|[^\"'\#\[\]{}\n]+"
    r"|.",
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line, counted from 1, of each table header and of each key that starts a line.

    A key inside an inline table stands on its parent's line; repeated ``[[tables]]`` keep the first line.
    """
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, statement in _statements(text):
        if statement.startswith("["):
            table = _key(statement.lstrip("["))
            path = table
        else:
            path = table + _key(statement)
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
    return lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """Return the line of ``path``, or of its nearest parent that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the line it starts on; a value that spans lines is one statement."""
    parts: list[str] = []
    start = line = 1
    depth = 0
    for piece in _TOKEN.findall(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece, 0)
        if piece == "\n" and depth <= 0:
            yield from _statement(start, parts)
            parts, start, depth = [], line + 1, 0
        elif not piece.startswith("#"):
            parts.append(piece)
        line += piece.count("\n")
    yield from _statement(start, parts)


def _statement(start: int, parts: list[str]) -> Iterator[tuple[int, str]]:
    statement = "".join(parts).strip()
    if statement:
        yield start, statement


def _key(statement: str) -> KeyPath:
    """Return the dotted key at the start of ``statement``, quotes taken off."""
    path: list[str] = []
    at = 0
    while match := _PART.match(statement, at):
        basic, literal, bare, dot = match.groups()
        path.append(_unescaped(basic) if basic is not None else literal if literal is not None else bare)
        at = match.end()
        if not dot:
            break
    return tuple(path)


def _unescaped(basic: str) -> str:
    if "\\" not in basic:
        return basic
    import tomllib

    try:
        return str(tomllib.loads(f'k = "{basic}"')["k"])
    except tomllib.TOMLDecodeError:
        return basic
