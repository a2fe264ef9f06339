"""The direction of ``order`` in the v2 log cursor, and the order of a page's lines.

v1 documents ``desc`` as downwards, to newer lines; v2 documents ``asc`` as old to new and ``desc`` as new to
old. What a server does shows in its cursors, and in the same lines asked for in both orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from matui.clouds.protocols import LogPage

LineOrder: TypeAlias = Literal["asc", "desc"]


@dataclass(slots=True)
class LogOrder:
    """The order that pages have proved; until then the documented order holds (page of 2026-08-26).

    By it ``asc`` leads to newer lines, and a ``desc`` page has its newest line first (``desc_turned``).
    """

    asc_is_newer: bool | None = None
    desc_turned: bool | None = None

    @property
    def known(self) -> bool:
        """Whether nothing is left to find out."""
        return self.asc_is_newer is not None and self.desc_turned is not None

    def word(self, *, older: bool) -> LineOrder:
        """Return the ``order`` that leads to older or to newer lines."""
        return "desc" if older == (self.asc_is_newer is not False) else "asc"

    def learn(self, newest: LogPage, after: LogPage) -> None:
        """Take in the newest lines (``desc``) and what ``asc`` gives from the oldest of them on."""
        low = lowest_cursor(newest)
        side = _side(after, low)
        if side == 0 and len(_words(after.content)) < 2:
            return  # an empty page, or the base line alone, proves nothing
        self.asc_is_newer = side > 0 or (side == 0 and len(_words(after.content)) > 1)
        if not self.asc_is_newer:
            self.desc_turned = _is_backwards(newest)
            return
        lines, other = _words(newest.content), _words(after.content)
        straight, backwards = _overlap(lines, other), _overlap(lines[::-1], other)
        if straight != backwards:
            self.desc_turned = backwards > straight
        elif _is_backwards(newest):
            self.desc_turned = True

    def learn_from_desc(self, newest: LogPage, after: LogPage) -> None:
        """Take in what ``desc`` gives from the oldest of the newest lines on, as v1 words it."""
        if _side(after, lowest_cursor(newest)) > 0:
            self.asc_is_newer, self.desc_turned = False, _is_backwards(newest)

    def straight(self, page: LogPage, order: LineOrder) -> LogPage:
        """Return the page with its oldest line first and its lower cursor as the start."""
        turned = order == "desc" and self.desc_turned is not False
        start, end = page.start, page.end
        if _is_backwards(page):
            start, end = end, start
        return LogPage(reverse_lines(page.content) if turned else page.content, start, end, page.count)


def reverse_lines(content: str) -> str:
    """Return the lines in the opposite order, whether one newline is between them or a blank line."""
    whole = content.endswith("\n")
    lines = (content[:-1] if whole else content).split("\n")
    return "\n".join(reversed(lines)) + ("\n" if whole else "")


def lowest_cursor(page: LogPage) -> str:
    """Return the lower of the two cursors."""
    return page.end if _is_backwards(page) else page.start


def has_one_line(page: LogPage) -> bool:
    """Whether the page has less than two lines, which prove nothing."""
    return len(_words(page.content)) < 2 or page.count == 1


def _is_backwards(page: LogPage) -> bool:
    start, end = _number(page.start), _number(page.end)
    return start is not None and end is not None and start > end


def _side(page: LogPage, base: str) -> int:
    """Return 1 or -1 as the page's lines are after or before the base, 0 where that is unclear."""
    at, ends = _number(base), [n for n in (_number(page.start), _number(page.end)) if n is not None]
    if at is None or not ends or not page.content:
        return 0
    return 1 if max(ends) > at else -1 if min(ends) < at else 0


def _number(cursor: str) -> int | None:
    return int(cursor) if cursor.isascii() and cursor.isdigit() else None


def _words(content: str) -> list[str]:
    return [line for line in content.split("\n") if line]


def _overlap(lines: list[str], other: list[str]) -> int:
    """Return how many lines a continuation repeats, whether it begins with the base line or after it."""
    return max(_prefix(lines, other), _prefix(lines[1:], other))


def _prefix(lines: list[str], other: list[str]) -> int:
    pairs = enumerate(zip(lines, other, strict=False))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), min(len(lines), len(other)))
