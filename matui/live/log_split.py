"""Content of a log page → lines (5.1.13). Pure; every reading of the reference is tried against the count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
