"""Content of a log page → lines (5.1.13). Pure; every reading of the reference is tried against the count.

Cursors of a line log, and pages put into one shape: oldest line first, cursors by side. Pure.

A cursor is an opaque string of the cloud's. It is compared, never calculated with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, TypeAlias

from matui.clouds.protocols import LogPage

Joint: TypeAlias = Literal["", "single", "double"]


@dataclass(frozen=True, slots=True)
class Split:
    """The lines of a page. ``joint`` is how they were joined where the page proves it, else ``""``.

    ``missing`` is how many lines the cloud counted and did not send.
    """

    lines: tuple[str, ...]
    joint: Joint = ""
    missing: int = 0


def split_content(content: str, count: int | None, learned: Joint = "") -> Split:
    """Return the lines of ``content``: joined by one newline, or by a blank line, the last newline optional.

    ``count`` (the cloud's own number of lines) decides; without a count that fits, ``learned`` (what earlier
    pages of the log proved) does, and without that the look of the text. No text is ever dropped.
    """
    if not content:
        return Split(("",)) if count == 1 else Split((), missing=max(0, count or 0))
    exact = _by_count(content, count) if count else None
    return exact if exact is not None else _by_look(content, count, learned)


def _by_count(content: str, count: int | None) -> Split | None:
    raw = content.split("\n")
    for parts in _with_and_without_last_newline(raw):
        if len(parts) == count:
            return Split(tuple(parts), "single" if _tells(parts) else "")
    for parts in _with_and_without_last_newline(raw):
        if count is not None and len(parts) == 2 * count - 1 and _every_other_is_empty(parts):
            return Split(tuple(parts[::2]), "double" if count > 1 else "")
    return None


def _with_and_without_last_newline(raw: list[str]) -> tuple[list[str], ...]:
    return (raw[:-1], raw) if raw[-1] == "" else (raw,)


def _by_look(content: str, count: int | None, learned: Joint) -> Split:
    raw = content.split("\n")
    parts = raw[:-1] if raw[-1] == "" and len(raw) > 1 else raw
    double = len(parts) % 2 == 1 and len(parts) >= 3 and _every_other_is_empty(parts)
    lines = tuple(parts[::2]) if double and learned != "single" else tuple(parts)
    return Split(lines, "", max(0, (count or 0) - len(lines)))


def _tells(parts: list[str]) -> bool:
    return len(parts) > 1


def _every_other_is_empty(parts: list[str]) -> bool:
    return not any(parts[1::2])


Reading: TypeAlias = Literal["", "exclusive", "inclusive"]


def compare(a: str, b: str) -> int | None:
    """Return -1, 0 or 1 as ``a`` is before, at or after ``b``; None where that cannot be told."""
    if not a or not b:
        return None
    if a == b:
        return 0
    if not (a.isascii() and a.isdigit() and b.isascii() and b.isdigit()):
        return None
    x, y = a.lstrip("0"), b.lstrip("0")
    if x == y:
        return 0
    return 1 if (len(x), x) > (len(y), y) else -1


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for lines after ``base``, or before it when ``older``."""

    base: str
    older: bool
    limit: int


@dataclass(slots=True)
class Dialect:
    """What pages have proven about this server; ``""`` and None while nothing has.

    ``largest`` is the longest page seen, in lines: a page that long may have been cut there.
    """

    joint: Joint = ""
    reading: Reading = ""
    newest_first: bool | None = None
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page seen from its base: ``lines[0]`` is the line nearest to it, ``far`` the cursor to go on from.

    For a page of older lines that means newest line first.
    """

    lines: tuple[str, ...]
    near: str
    far: str
    missing: int = 0

    @property
    def prints(self) -> tuple[str, ...]:
        """What each line is compared by."""
        return tuple(map(fingerprint, self.lines))


def fingerprint(line: str) -> str:
    """Return the line, or where it is long something short that stands for it."""
    if len(line) <= 256:
        return line
    return f"{len(line)} {blake2b(line.encode('utf-8', 'surrogatepass'), digest_size=24).hexdigest()}"


def lay_out(page: LogPage, ask: Ask, dialect: Dialect, edge: Sequence[str]) -> Sheet:
    """Return ``page`` as a sheet, noting in ``dialect`` what it proves about joints and order.

    ``edge`` holds the fingerprints of the lines held at the base, nearest first.
    """
    split = split_content(page.content, page.count, dialect.joint)
    dialect.joint = dialect.joint or split.joint
    lines, (start, end) = split.lines, _real_cursors(page, len(split.lines), ask.base)
    if compare(start, end) == 1 and _end_only_echoes(lines, end, ask, dialect, edge):
        end = ""
    echo = not dialect.newest_first and ask.base == (end if ask.older else start)
    if compare(start, end) == 1 and not echo:
        start, end = end, start
        if _newest_first(lines, ask, end, dialect, edge):
            lines = lines[::-1]
    elif len(lines) > 1 and not ask.older and compare(start, end) == -1:
        dialect.newest_first = False
    if ask.older and ask.base:
        return Sheet(lines[::-1], end, start, split.missing)
    return Sheet(lines, start, end, split.missing)


def _real_cursors(page: LogPage, size: int, base: str) -> tuple[str, str]:
    """Return start and end; a single line has one cursor, so the other then only echoes the base."""
    start, end = page.start.strip(), page.end.strip()
    if size == 1 and start and end and base in (start, end):
        real = end if start == base else start
        return real, real
    return start, end


def _end_only_echoes(lines: Sequence[str], end: str, ask: Ask, dialect: Dialect, edge: Sequence[str]) -> bool:
    """Whether newer lines end, by their cursor, at the base: they do not, unless the newest comes first."""
    if ask.older or not lines or end != ask.base or dialect.newest_first:
        return False
    is_base_last = bool(edge) and fingerprint(lines[-1]) == edge[0]
    return dialect.newest_first is False or not is_base_last


def _newest_first(lines: Sequence[str], ask: Ask, high: str, dialect: Dialect, edge: Sequence[str]) -> bool:
    """Whether a page whose start is after its end has its newest line first, or only swaps its cursors."""
    if len(lines) < 2:
        return False
    if ask.older and ask.base == high:
        known = edge[0] if edge and dialect.reading == "inclusive" else None
        told = fingerprint(lines[0]) == known != fingerprint(lines[-1])
        return bool(dialect.newest_first) or (told and dialect.newest_first is None)
    dialect.newest_first = True
    return True
