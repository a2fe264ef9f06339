"""A compositor that knows what the terminal shows, and writes only what differs."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from matui.console.terminal.pen import Cell, Ink, Pen, Row, cells_of, row_text
from matui.console.terminal.scroll import LEAST_ROWS, find_shift

_KEPT_STRIPS = 300
_EDGE = 2  # cells at the right, with the scrollbar's thumb, that do not tell rows apart


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that may be written now; ``patient`` of them for rows that may wait for all others.

    ``first_rows`` are those in which a key has its echo.
    """

    all: float = inf
    patient: float = inf
    first_rows: Container[int] = ()
    patient_rows: Container[int] = ()


class Painted:
    """What the terminal shows, cell by cell, as far as this screen painted it.

    ``owed`` are rows that were to be written when there was no room for them.
    """

    def __init__(self) -> None:
        self.width = 0
        self.rows: list[Row] = []
        self.kept: Ink | None = None
        self.room = Room()
        self.owed: set[int] = set()
        self._cells: dict[int, tuple[Strip, Row]] = {}

    def cells(self, strip: Strip, system: ColorSystem, width: int) -> Row:
        """Return a strip's cells, kept for when the same strip comes back on another row."""
        kept = self._cells.get(id(strip))
        if kept is not None and kept[0] is strip and len(kept[1]) == width:
            return kept[1]
        if len(self._cells) > _KEPT_STRIPS:
            self._cells.clear()
        cells = _exactly(cells_of(strip, system), width)
        self._cells[id(strip)] = (strip, cells)
        return cells

    def forget(self) -> None:
        """Know nothing: somebody else painted."""
        self.rows = []
        self.kept = None

    def take_size(self, width: int, height: int) -> None:
        """Be of a size, blank if that is new."""
        if self.width != width or len(self.rows) != height:
            self.width = width
            self.kept = None
            self.rows = [[None] * width for _ in range(height)]

    def write(self, wanted: Mapping[int, Row], pen: Pen) -> None:
        """Write the rows that differ, as many as there is room for; what has to wait is ``owed``."""
        self.owed = set()
        rest = {y: row for y, row in wanted.items() if self.rows[y] != row}
        room = self.room
        urgent = [y for y in rest if y not in room.patient_rows]
        self._write(sorted(urgent, key=lambda y: y not in room.first_rows), rest, pen, room.all)
        self._write([y for y in rest if y in room.patient_rows], rest, pen, room.patient)

    def _write(self, order: list[int], rest: Mapping[int, Row], pen: Pen, room: float) -> None:
        for index, y in enumerate(order):
            if not self._fits(y, rest[y], pen, room):
                self.owed.update(order[index:])
                return
            self.rows[y] = rest[y]

    def _fits(self, y: int, row: Row, pen: Pen, room: float) -> bool:
        """Write a row unless there is no room for it; the first row of a frame always fits into any."""
        if room == inf:
            pen.update(y, self.rows[y], row)
            return True
        if room <= 0:
            return False
        before = pen.mark()
        pen.update(y, self.rows[y], row)
        if before.size and pen.size() > room:
            pen.undo(before)
            return False
        return True


class LeanUpdate(ChopsUpdate):
    """Some rows, of which only the cells that differ are written."""

    def __init__(self, update: ChopsUpdate, painted: Painted, region: Region) -> None:
        super().__init__(update.chops, update.spans, update.chop_ends)
        self.painted = painted
        self.region = region

    def render_segments(self, console: Console) -> str:
        painted, system = self.painted, _colours(console)
        painted.take_size(self.region.width, self.region.height)
        wanted: dict[int, Row] = {}
        for y, left, right in sorted(self.spans):
            self._take(wanted.setdefault(y, list(painted.rows[y])), y, left, right, system)
        pen = Pen(erases=_erases(), kept=painted.kept)
        self._scroll(wanted, pen)
        painted.write(wanted, pen)
        painted.kept = pen.keeps
        return pen.text()

    def _take(self, row: Row, y: int, left: int, right: int, system: ColorSystem) -> None:
        """Take what is new of a row; beside that, the chops may lack what lies on top."""
        for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
            if strip is None or x >= right or end <= left:
                continue
            cells = self.painted.cells(strip, system, end - x)
            first, last = max(left - x, 0), min(right, end) - x
            while first and _is_second_half(cells[first]):
                first -= 1
            while last < len(cells) and _is_second_half(cells[last]):
                last += 1
            row[x + first : x + last] = cells[first:last]

    def _scroll(self, wanted: dict[int, Row], pen: Pen) -> None:
        rows = self.painted.rows
        if len(wanted) < LEAST_ROWS:
            return
        old = {y: row_text(rows[y][:-_EDGE]) for y in wanted}
        shift = find_shift(old, {y: row_text(row[:-_EDGE]) for y, row in wanted.items()})
        if shift is None:
            return
        pen.scroll(shift.top, shift.bottom, shift.lines)
        blank: list[Row] = [[None] * self.painted.width for _ in range(abs(shift.lines))]
        moved = rows[shift.top : shift.bottom + 1]
        if shift.lines > 0:
            rows[shift.top : shift.bottom + 1] = moved[shift.lines :] + blank
        else:
            rows[shift.top : shift.bottom + 1] = blank + moved[: shift.lines]


class LeanFullUpdate(LayoutUpdate):
    """The whole screen, of which only the cells that differ are written."""

    def __init__(self, update: LayoutUpdate, painted: Painted) -> None:
        strips: list[Iterable[Strip]] = [list(strips) for strips in update.strips]
        super().__init__(strips, update.region)
        self.painted = painted

    def render_segments(self, console: Console) -> str:
        painted, system, width = self.painted, _colours(console), self.region.width
        lines = ((segment for strip in strips for segment in strip) for strips in self.strips)
        painted.take_size(width, self.region.height)
        wanted = {y: _exactly(cells_of(line, system), width) for y, line in enumerate(lines)}
        pen = Pen(erases=_erases(), kept=painted.kept)
        painted.write(wanted, pen)
        painted.kept = pen.keeps
        return pen.text()


class LeanCompositor(Compositor):
    """Textual's compositor with updates that say less."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = Painted()

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        update = super().render_full_update(simplify)
        return update if simplify else LeanFullUpdate(update, self.painted)

    def render_partial_update(self) -> ChopsUpdate | None:
        if self.painted.room.all <= 0:
            return None
        update = super().render_partial_update()
        return None if update is None else LeanUpdate(update, self.painted, self.size.region)

    @property
    def owes(self) -> bool:
        """Whether anything waits for room on the line."""
        return bool(self._dirty_regions)

    def bring_forward(self) -> None:
        """Let the rows that had to wait be part of the next update."""
        width, height = self.size
        self._dirty_regions |= {Region(0, y, width, 1) for y in self.painted.owed if y < height}
        self.painted.owed = set()


@cache
def _erases() -> bool:
    """Whether erased cells take the background in force: GNU screen's do not."""
    return not os.environ.get("TERM", "").startswith("screen") or "TMUX" in os.environ


def _colours(console: Console) -> ColorSystem:
    system: Any = console._color_system  # noqa: SLF001 - as Textual's own updates ask for it
    return system or ColorSystem.TRUECOLOR


def _is_second_half(cell: Cell | None) -> bool:
    return cell is not None and cell[2]


def _exactly(cells: Sequence[Any], width: int) -> Row:
    return [*cells[:width], *[None] * (width - len(cells))]
