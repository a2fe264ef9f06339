"""A compositor whose updates write only the cells that differ from what the terminal shows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from matui.console.terminal.pen import Cell, CellRow, CellWriter, build_cells
from matui.console.terminal.screen_state import LEAST_ROWS, ScreenState, find_shift, fit_row, iterate_runs


class DiffPartialUpdate(ChopsUpdate):
    """An update of some rows, of which only the cells that differ are written."""

    def __init__(self, update: ChopsUpdate, state: ScreenState, region: Region) -> None:
        super().__init__(update.chops, update.spans, update.chop_ends)
        self.state = state
        self.region = region

    def render_segments(self, console: Console) -> str:
        state, system = self.state, find_color_system(console)
        state.resize(self.region.width, self.region.height)
        wanted: dict[int, CellRow] = {}
        for y, left, right in sorted(self.spans):
            if (whole := self._find_whole_row(y, left, right, system)) is not None:
                wanted[y] = whole
                continue
            row = wanted[y] = list(wanted.get(y, state.rows[y]))
            self._merge(row, y, left, right, system)
        writer = CellWriter(erases=_erases_with_background(), saved=state.saved_sgr)
        self._scroll(wanted, writer)
        state.write(wanted, writer)
        state.saved_sgr = writer.saved
        return writer.get_text()

    def _find_whole_row(self, y: int, left: int, right: int, system: ColorSystem) -> CellRow | None:
        """Return the cells of a strip over the whole width, not to be changed; None for other spans."""
        width, strips = self.state.width, self.chops[y]
        if left > 0 or right < width or len(strips) != 1:
            return None
        strip = strips.get(0)
        return None if strip is None else self.state.build_cells(strip, system, width)

    def _merge(self, row: CellRow, y: int, left: int, right: int, system: ColorSystem) -> None:
        """Copy the cells of one span into a row; outside a span the chops may lack what lies on top."""
        for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
            if strip is None or x >= right or end <= left:
                continue
            cells = self.state.build_cells(strip, system, end - x)
            first, last = max(left - x, 0), min(right, end) - x
            while first and _is_second_half(cells[first]):
                first -= 1
            while last < len(cells) and _is_second_half(cells[last]):
                last += 1
            row[x + first : x + last] = cells[first:last]

    def _scroll(self, wanted: dict[int, CellRow], writer: CellWriter) -> None:
        rows = self.state.rows
        if len(wanted) < LEAST_ROWS:
            return
        text = self.state.join_row
        shift = find_shift({y: text(rows[y]) for y in wanted}, {y: text(row) for y, row in wanted.items()})
        if shift is None:
            return
        writer.scroll(shift.top, shift.bottom, shift.lines)
        blank: list[CellRow] = [[None] * self.state.width for _ in range(abs(shift.lines))]
        moved = rows[shift.top : shift.bottom + 1]
        if shift.lines > 0:
            rows[shift.top : shift.bottom + 1] = moved[shift.lines :] + blank
        else:
            rows[shift.top : shift.bottom + 1] = blank + moved[: shift.lines]


class DiffFullUpdate(LayoutUpdate):
    """An update of the whole screen, of which only the cells that differ are written."""

    def __init__(self, update: LayoutUpdate, state: ScreenState) -> None:
        strips: list[Iterable[Strip]] = [list(strips) for strips in update.strips]
        super().__init__(strips, update.region)
        self.state = state

    def render_segments(self, console: Console) -> str:
        state, system, width = self.state, find_color_system(console), self.region.width
        lines = ((segment for strip in strips for segment in strip) for strips in self.strips)
        state.resize(width, self.region.height)
        wanted = {y: fit_row(build_cells(line, system), width) for y, line in enumerate(lines)}
        writer = CellWriter(erases=_erases_with_background(), saved=state.saved_sgr)
        state.write(wanted, writer)
        state.saved_sgr = writer.saved
        return writer.get_text()


class DiffCompositor(Compositor):
    """Textual's compositor with updates that write less."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ScreenState()

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        update = super().render_full_update(simplify)
        return update if simplify else DiffFullUpdate(update, self.state)

    def render_partial_update(self) -> ChopsUpdate | None:
        if self.state.budget.total <= 0:
            return None
        update = super().render_partial_update()
        return None if update is None else DiffPartialUpdate(update, self.state, self.size.region)

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Yield what widgets render, from the front, until every row of ``crop`` is covered to both edges.

        What lies behind is not rendered: the screen behind a log would be at each line.
        """
        whole = crop if crop is not None else self.size.region
        uncovered = set(whole.line_range)
        for region, clip, strips in super()._get_renders(crop):
            yield region, clip, strips
            seen = region.intersection(clip)
            if seen.x <= whole.x and seen.right >= whole.right:
                uncovered.difference_update(seen.line_range)
                if not uncovered:
                    return

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        """Return the strips of each row by their column; a widget over whole rows is divided nowhere."""
        parts = self._find_widgets_of_whole_rows([y for y in crop.line_range if is_rendered_line(y)])
        width = self.size.width
        rows: list[dict[int, Strip]] = [{} for _ in range(self.size.height)]
        for widget, part in parts:
            strips = widget.render_lines(part.translate(-self.visible_widgets[widget][0].offset))
            if len(strips) != part.height or any(strip.cell_length != width for strip in strips):
                return super()._render_chops(crop, is_rendered_line)
            for y, strip in zip(part.line_range, strips, strict=True):
                rows[y][0] = strip
        return rows if parts else super()._render_chops(crop, is_rendered_line)

    def _find_widgets_of_whole_rows(self, rows: Sequence[int]) -> list[tuple[Widget, Region]]:
        """Return the widgets in front of rows, with the part of the screen that each has of them.

        Empty where a widget does not cover a row from edge to edge.
        """
        if any(len(self.cuts[y]) != 2 for y in rows):
            return []
        parts: list[tuple[Widget, Region]] = []
        for first, end in iterate_runs(rows):
            y = first
            while y < end:
                widget, below = self._find_front(y, end)
                if widget is None:
                    return []
                parts.append((widget, Region(0, y, self.size.width, below - y)))
                y = below
        return parts

    def _find_front(self, y: int, end: int) -> tuple[Widget | None, int]:
        """Return the widget in front of row ``y``, and the first row, ``end`` at most, where it is not."""
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if seen and y in seen.line_range:
                return widget, min(end, seen.bottom)
            if seen and y < seen.y < end:
                end = seen.y
        return None, end

    @property
    def has_deferred(self) -> bool:
        """Whether rows wait until more bytes may be written."""
        return bool(self._dirty_regions)

    def requeue_deferred(self) -> None:
        """Make the deferred rows part of the next update."""
        width, height = self.size
        self._dirty_regions |= {Region(0, y, width, 1) for y in self.state.deferred if y < height}
        self.state.deferred = set()


def find_color_system(console: Console) -> ColorSystem:
    """Return the colours of the terminal, as Textual's own updates look them up."""
    system: Any = console._color_system  # noqa: SLF001 - rich has no public way to it
    return system or ColorSystem.TRUECOLOR


@cache
def _erases_with_background() -> bool:
    """Whether erased cells take the current background: those of GNU screen do not."""
    return not os.environ.get("TERM", "").startswith("screen") or "TMUX" in os.environ


def _is_second_half(cell: Cell | None) -> bool:
    return cell is not None and cell[2]
