"""Where a page joins what is held: how many of its first lines are already known. Pure.

The reference does not say whether a page begins with the base line (inclusive) or after it (exclusive), and a
server may return a few older lines again. Cursors decide where they can, then text; where text repeats itself
a short question to the cloud (the same base, fewer lines) makes the cursor decide.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.page_layout import Ask, Dialect, Sheet, compare, lay_out

Asking: TypeAlias = Generator[Ask, LogPage, "Seam"]


@dataclass(frozen=True, slots=True)
class Seam:
    """``known`` lines of the page are at or before the base. ``far`` is the cursor to go on from, or ``""``.

    ``sure`` is false where nothing could decide; ``jumped`` is true where lines may be missing between.
    """

    known: int
    far: str
    sure: bool = True
    jumped: bool = False


@dataclass(slots=True)
class Join:
    """One page at one base; ``held`` lies there, nearest first, ``taken`` lines of it beyond the base."""

    ask: Ask
    sheet: Sheet
    dialect: Dialect
    held: Sequence[str]
    taken: int = 0
    far: str = field(init=False)

    def __post_init__(self) -> None:
        self.far = self.sheet.far

    def settle(self) -> Asking:
        """Return the seam, asking the cloud where the page itself cannot tell."""
        size = len(self.sheet.lines)
        if not size:
            self._prove("exclusive")
            return Seam(0, "")
        options = self._by_text()
        seam = self._by_far_cursor(options, size) or self._by_near_cursor(options)
        if seam is not None:
            return seam
        if self.dialect.reading == "inclusive" and len(options) > 1:
            options = [k for k in options if k]
        if len(options) > 1:
            return (yield from self._by_asking(options))
        return self._by_elimination(options[0])

    def _beyond(self, cursor: str) -> int | None:
        order = compare(cursor, self.ask.base)
        return -order if order and self.ask.older else order

    def _by_text(self) -> list[int]:
        """Return every number of lines at or before the base that the text allows; 0 always is one."""
        lines, held = self.sheet.prints, list(self.held)
        beyond, at_base = held[: self.taken][::-1], held[self.taken :]
        return [k for k in range(len(lines) + 1) if _fits(lines, k, at_base, beyond)] or [0]

    def _by_far_cursor(self, options: list[int], size: int) -> Seam | None:
        beyond = self._beyond(self.far)
        if beyond in (0, -1):
            if size in options:
                if beyond == 0 and size == 1:
                    self._prove("inclusive")
                return Seam(size, "")
            if beyond == -1:
                return Seam(0, self.far, jumped=True)
            self.far = ""
        elif beyond == 1 and size in options:
            options.remove(size)
        return None

    def _by_near_cursor(self, options: list[int]) -> Seam | None:
        near = self.sheet.near
        beyond = self._beyond(near)
        unordered = beyond is None and bool(near) and bool(self.ask.base) and options == [0]
        if beyond == 1 or unordered:
            jumped = self.dialect.reading == "inclusive"
            self._prove("exclusive")
            return Seam(0, self.far, jumped=jumped)
        if beyond == -1 and 0 in options:
            options.remove(0)
        return None if options else Seam(0, self.far, jumped=True)

    def _by_elimination(self, known: int) -> Seam:
        jumped = known == 0 and self.dialect.reading == "inclusive"
        if known == 0 and self.ask.base:
            self._prove("exclusive")
        return Seam(known, self.far, jumped=jumped)

    def _by_asking(self, options: list[int]) -> Asking:
        """Ask for fewer lines from the same base until the cursor says which of them is the base line."""
        left = list(options)
        while len(left) > 1 and (size := self._size_to_ask(left)):
            ask = Ask(self.ask.base, self.ask.older, size)
            sheet = lay_out((yield ask), ask, self.dialect, self.held)
            got, side = len(sheet.lines), self._beyond(sheet.far)
            if not got or not sheet.far or sheet.lines != self.sheet.lines[:got]:
                break
            if side == 0:
                if got == 1:
                    self._prove("inclusive")
                return Seam(got, self.far)
            before = len(left)
            if side is not None:
                left = [k for k in left if (k < got if side == 1 else k > got)]
            if len(left) == before:
                left.remove(size)
        if len(left) == 1:
            if left == [0]:
                self._prove("exclusive")
            return Seam(left[0], self.far)
        return (yield from self._by_reading(left or options))

    def _size_to_ask(self, left: Sequence[int]) -> int:
        """Return how many lines to ask for to narrow down what is left; 0 when no cursor would tell."""
        size = len(self.sheet.lines)
        useful = [k for k in left if k and (k < size or self.far)]
        if not useful:
            return 0
        return 1 if useful[0] == 1 else useful[len(useful) // 2]

    def _by_reading(self, options: list[int]) -> Asking:
        """Fall back on the reading: as proven before, or by what lies on the other side of the base."""
        if not self.dialect.reading and self.ask.base:
            ask = Ask(self.ask.base, not self.ask.older, 1)
            page = lay_out((yield ask), ask, self.dialect, ())
            side = self._beyond(page.far)
            if side == 0 and page.lines:
                self._prove("inclusive")
            elif not page.lines or (page.far and side != 1):
                self._prove("exclusive")
        expected = {"inclusive": 1, "exclusive": 0}.get(self.dialect.reading)
        if expected in options:
            return Seam(expected, self.far)
        return Seam(max(options), self.far, sure=False)

    def _prove(self, reading: str) -> None:
        self.dialect.reading = "inclusive" if reading == "inclusive" else "exclusive"


def _fits(lines: Sequence[str], known: int, at_base: Sequence[str], beyond: Sequence[str]) -> bool:
    if known and (not at_base or lines[known - 1] != at_base[0]):
        return False
    edge = at_base[:known][::-1]
    if tuple(lines[known - len(edge) : known]) != tuple(edge):
        return False
    after = lines[known : known + len(beyond)]
    return tuple(after) == tuple(beyond[: len(after)])
