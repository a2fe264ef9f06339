"""A compositor that knows what the terminal shows, and writes only what differs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from matui.console.terminal_pen import Pen, Row, cells_of, row_text
from matui.console.terminal_scroll import LEAST_ROWS, find_shift

_KEPT_STRIPS = 300
_EDGE = 2  # cells at the right, with the scrollbar's thumb, that do not tell rows apart


class Painted:
    """What the terminal shows, cell by cell, as far as this screen painted it."""

    def __init__(self) -> None:
        self.width = 0
        self.rows: list[Row] = []
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

    def take_size(self, width: int, height: int) -> None:
        """Be of a size, blank if that is new."""
        if self.width != width or len(self.rows) != height:
            self.width = width
            self.rows = [[None] * width for _ in range(height)]


class LeanUpdate(ChopsUpdate):
    """Some rows, of which only the cells that differ are written."""

    def __init__(self, update: ChopsUpdate, painted: Painted, region: Region) -> None:
        super().__init__(update.chops, update.spans, update.chop_ends)
        self.painted = painted
        self.region = region

    def render_segments(self, console: Console) -> str:
        painted, system = self.painted, _colours(console)
        painted.take_size(self.region.width, self.region.height)
        wanted = {y: self._row(y, system) for y in sorted({y for y, _, _ in self.spans})}
        pen = Pen(erases=_erases())
        self._scroll(wanted, pen)
        for y, row in wanted.items():
            if painted.rows[y] != row:
                pen.update(y, painted.rows[y], row)
                painted.rows[y] = row
        return pen.text()

    def _row(self, y: int, system: ColorSystem) -> Row:
        row = list(self.painted.rows[y])
        for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
            if strip is not None:
                row[x:end] = self.painted.cells(strip, system, end - x)
        return row

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
    """The whole screen, written whatever the terminal shows."""

    def __init__(self, update: LayoutUpdate, painted: Painted) -> None:
        strips: list[Iterable[Strip]] = [list(strips) for strips in update.strips]
        super().__init__(strips, update.region)
        self.painted = painted

    def render_segments(self, console: Console) -> str:
        system, pen, width = _colours(console), Pen(erases=_erases()), self.region.width
        self.painted.forget()
        self.painted.take_size(width, self.region.height)
        for y, strips in enumerate(self.strips):
            row = _exactly(cells_of((segment for strip in strips for segment in strip), system), width)
            self.painted.rows[y] = row
            pen.write_row(y, row)
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
        update = super().render_partial_update()
        return None if update is None else LeanUpdate(update, self.painted, self.size.region)


@cache
def _erases() -> bool:
    """Whether erased cells take the background in force: GNU screen's do not."""
    return not os.environ.get("TERM", "").startswith("screen") or "TMUX" in os.environ


def _colours(console: Console) -> ColorSystem:
    system: Any = console._color_system  # noqa: SLF001 - as Textual's own updates ask for it
    return system or ColorSystem.TRUECOLOR


def _exactly(cells: Sequence[Any], width: int) -> Row:
    return [*cells[:width], *[None] * (width - len(cells))]
