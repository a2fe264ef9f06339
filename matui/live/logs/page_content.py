"""Split the content of a log page into lines (5.1.13).

The reference does not say how lines are joined, so every reading is checked against the page's line count.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

LineSeparator: TypeAlias = Literal["", "single", "double"]


@dataclass(frozen=True, slots=True)
class PageContent:
    """The lines of a page.

    ``separator`` is how the lines were joined where the page proves it, else ``""``. ``missing`` is the
    number of lines that the cloud counted and did not send.
    """

    lines: tuple[str, ...]
    separator: LineSeparator = ""
    missing: int = 0


def split_content(content: str, count: int | None, learned: LineSeparator = "") -> PageContent:
    """Return the lines of ``content``: joined by one newline or by a blank line, the last newline optional.

    ``count`` (the cloud's number of lines) decides. Without a count that fits, ``learned`` (the separator
    that earlier pages proved) decides, and without that the shape of the text. No text is ever dropped.
    """
    if not content:
        return PageContent(("",)) if count == 1 else PageContent((), missing=max(0, count or 0))
    exact = _split_by_count(content, count) if count else None
    return exact if exact is not None else _split_by_shape(content, count, learned)


def _split_by_count(content: str, count: int | None) -> PageContent | None:
    raw = content.split("\n")
    for parts in _with_and_without_last_newline(raw):
        if len(parts) == count:
            return PageContent(tuple(parts), "single" if len(parts) > 1 else "")
    for parts in _with_and_without_last_newline(raw):
        if count is not None and len(parts) == 2 * count - 1 and _every_other_is_empty(parts):
            return PageContent(tuple(parts[::2]), "double" if count > 1 else "")
    return None


def _with_and_without_last_newline(raw: list[str]) -> tuple[list[str], ...]:
    return (raw[:-1], raw) if raw[-1] == "" else (raw,)


def _split_by_shape(content: str, count: int | None, learned: LineSeparator) -> PageContent:
    raw = content.split("\n")
    parts = raw[:-1] if raw[-1] == "" and len(raw) > 1 else raw
    double = len(parts) % 2 == 1 and len(parts) >= 3 and _every_other_is_empty(parts)
    lines = tuple(parts[::2]) if double and learned != "single" else tuple(parts)
    return PageContent(lines, "", max(0, (count or 0) - len(lines)))


def _every_other_is_empty(parts: list[str]) -> bool:
    return not any(parts[1::2])
