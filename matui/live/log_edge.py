"""One end of what is held of a line log: the cursor to go on from, and what lies there. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from matui.clouds.port import LogPage
from matui.live.log_cursor import Ask, Dialect, Sheet, compare, fingerprint, lay_out
from matui.live.log_page import Place
from matui.live.log_seam import Join, Seam

LIMIT = 500
JUMPED = "a gap may be here: the cloud's cursor jumped"
MISSING = "a gap is here: the cloud counted {} more lines than it sent"
LOST_PLACE = "a gap may be here: the cloud no longer knows this place in the log"
UNDECIDED = "the cloud gave its last line again or it was written twice: its cursor does not tell"
NO_CURSOR = "a gap may be here: the cloud gives no cursor to go on from"


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines to put at one end, oldest first. ``gap`` is what to say between them and the lines held.

    ``more``: the page was full, ask again at once. ``waiting``: nothing could be decided yet. ``stuck``: the
    cursor leads no further. ``place`` is how to get the lines again.
    """

    lines: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    gap: str = ""
    more: bool = False
    waiting: bool = False
    stuck: bool = False


Step: TypeAlias = Generator[Ask, LogPage, Batch]


class Edge:
    """``base`` is where the next page is asked from; ``taken`` held lines are already beyond it."""

    def __init__(self, dialect: Dialect, *, older: bool) -> None:
        self.dialect = dialect
        self.older = older
        self.base = ""
        self.taken = 0
        self.held: deque[str] = deque(maxlen=2 * LIMIT)

    def place_at(self, sheet: Sheet) -> None:
        """Start from the newest page, given from this edge's side."""
        self.held.clear()
        self.held.extendleft(sheet.prints)
        self.base, self.taken = sheet.far, 0
        if sheet.near and not sheet.far:
            self.base, self.taken = sheet.near, len(sheet.lines) - 1

    def step(self) -> Step:
        """Ask for the next page away from what is held; the edge moves only when that page is fully taken."""
        ask = Ask(self.base, self.older, LIMIT)
        sheet = lay_out((yield ask), ask, self.dialect, self.held)
        join = Join(ask, sheet, self.dialect, self.held, self.taken)
        seam = (yield from join.settle()) if self.base else _by_text_alone(sheet, self.held)
        return self._take(sheet, seam) if seam.sure else Batch(waiting=True)

    def _take(self, sheet: Sheet, seam: Seam) -> Batch:
        size, skip = len(sheet.lines), seam.known + self.taken
        new = sheet.lines[skip:]
        place = Place(self.base, skip, self.older)
        self.held.extendleft(sheet.prints[skip:])
        moved = bool(seam.far)
        if moved:
            self.base, self.taken = seam.far, max(0, skip - size)
        elif self.base:
            self.taken += len(new)
        full = size >= LIMIT or size >= self.dialect.largest > 1
        self.dialect.largest = max(self.dialect.largest, size)
        return Batch(
            new[::-1] if self.older else new,
            place,
            gap=_gap(seam, sheet),
            more=full and (bool(new) or moved),
            stuck=full and not new and not moved and (size >= LIMIT or self.taken > 0),
        )


def _gap(seam: Seam, sheet: Sheet) -> str:
    if seam.jumped:
        return JUMPED
    return MISSING.format(sheet.missing) if sheet.missing else ""


def _by_text_alone(sheet: Sheet, held: Sequence[str]) -> Seam:
    """Join a newest page to what is held where the cloud gives no cursors at all."""
    known = _longest_match(sheet.prints, tuple(held))
    return Seam(known, sheet.far, jumped=bool(held) and known == 0 and bool(sheet.lines))


def _longest_match(prints: Sequence[str], held: Sequence[str]) -> int:
    sizes = range(min(len(prints), len(held)), 0, -1)
    return next((k for k in sizes if tuple(prints[:k]) == tuple(held[:k])[::-1]), 0)


def rejoin(sheet: Sheet, edge: Edge) -> int:
    """Return how many lines of a newest page are surely held already, after ``edge`` lost its place.

    Text counts only where it is distinctive: three lines that are not all alike.
    """
    if compare(sheet.far, edge.base) in (0, -1):
        return len(sheet.lines)
    if not edge.taken and compare(sheet.near, edge.base) == 1:
        return 0
    known = _longest_match(sheet.prints, tuple(edge.held))
    return known if known >= 3 and len({fingerprint(line) for line in sheet.lines[:known]}) > 1 else 0
