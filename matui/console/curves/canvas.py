"""Draws tracks on a grid of cells: in braille, or with one sign a track where there is no braille. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from matui.console.curves.tracks import Track, TrackRun, Window

_DOTS_ACROSS, _DOTS_DOWN = 2, 4
# The bit of each dot of a braille cell: by column, then from the top down.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BRAILLE = 0x2800
ASCII_SIGNS = "*o+x#@"
_LETTERS = "abcdef"
BAD_SIGN = "×"
_SINGLE_SIGN = "●"
_BAD_ASCII = "!"
_ZERO_SIGN, _ZERO_ASCII = "┈", "-"
_EMPTY = -1
BAD_OWNER, ZERO_OWNER = -2, -3


class CanvasCell(NamedTuple):
    """A cell of the canvas: its sign, and the number of its track, or -1, ``BAD_OWNER`` or ``ZERO_OWNER``."""

    sign: str
    owner: int = _EMPTY


_BLANK = CanvasCell(" ")


class Scale(NamedTuple):
    """Maps values to shares of the height: 0 at ``low``, 1 at ``high``; logarithmic with ``log``."""

    low: float
    high: float
    log: bool = False

    def compute_share(self, value: float) -> float:
        """Return where a value lies between the ends, 0 to 1; values outside are clamped."""
        if self.log:
            if value <= 0:
                return 0.0
            low, high, at = math.log10(self.low), math.log10(self.high), math.log10(value)
        else:
            low, high, at = self.low, self.high, value
        # Halved first: the span of two huge numbers may be beyond what a float holds.
        span = high / 2 - low / 2
        return 0.5 if span <= 0 else min(1.0, max(0.0, (at / 2 - low / 2) / span))

    def compute_value(self, share: float) -> float:
        """Return the value at a share of the height."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + (high - low) * share))
        return self.low * (1 - share) + self.high * share


def find_scale(track: Track, window: Window, *, log: bool) -> Scale | None:
    """Return the scale of the values in view, from the data; None where no value is in view.

    A logarithmic scale needs a positive value; without any the scale is linear.
    """
    least, most = math.inf, -math.inf
    for run in track.runs:
        part = _find_part(run, window)
        ends = [value for x in window if (value := run.interpolate(x)) is not None and (value > 0 or not log)]
        least, most = min(least, *ends, math.inf), max(most, *ends, -math.inf)
        if not part:
            continue
        low, high = run.find_extremes(part.start, part.stop)
        if log and low <= 0:
            low = min((value for value in run.ys[part.start : part.stop] if value > 0), default=math.inf)
            high = high if high > 0 else -math.inf
        least, most = min(least, low), max(most, high)
    if least > most:
        return find_scale(track, window, log=False) if log else None
    if least == most:
        margin = abs(least) * 0.1 or 1.0
        least, most = (least / 1.1, most * 1.1) if log else (least - margin, most + margin)
    return Scale(least, most, log)


def _find_part(run: TrackRun, window: Window) -> range:
    return range(bisect_left(run.xs, window.low), bisect_right(run.xs, window.high))


class Canvas:
    """A grid of ``width`` × ``height`` cells for the part of the x axis in ``window``."""

    def __init__(self, width: int, height: int, window: Window, *, is_ascii: bool = False) -> None:
        self.width = width
        self.height = height
        self._window = window
        self._is_ascii = is_ascii
        self._across = 1 if is_ascii else _DOTS_ACROSS
        self._down = 1 if is_ascii else _DOTS_DOWN
        self._bits = [[0] * width for _ in range(height)]
        self._owners = [[_EMPTY] * width for _ in range(height)]
        self._signs: dict[tuple[int, int], CanvasCell] = {}

    def find_column(self, x: float) -> int:
        """Return the cell column of an x in view."""
        return self._find_dot_column(x) // self._across

    def _find_dot_column(self, x: float) -> int:
        low, high = self._window
        dots = self.width * self._across
        return min(dots - 1, max(0, int((x - low) / (high - low) * dots)))

    def draw(self, track: Track, scale: Scale, number: int, *, label: str = "") -> None:
        """Draw a track over what is there; ``label`` is a letter shown on the curve."""
        sign = ASCII_SIGNS[number % len(ASCII_SIGNS)] if self._is_ascii else ""
        for run in track.runs:
            self._draw_run(run, scale, number, sign)
        if label and not self._is_ascii:
            self._put_labels(track, scale, number, label)
        elif not self._is_ascii:
            self._put_single_points(track, scale, number)
        for run in track.runs:
            for x in run.bad:
                if self._window.low <= x <= self._window.high:
                    bad = _BAD_ASCII if self._is_ascii else BAD_SIGN
                    self._signs[(self.height - 1, self.find_column(x))] = CanvasCell(bad, BAD_OWNER)

    def draw_zero(self, scale: Scale) -> None:
        """Mark the height of zero, where it lies between the ends of the scale."""
        if scale.log or not scale.low <= 0 <= scale.high:
            return
        row = self._find_row(scale.compute_share(0)) // self._down
        for column in range(self.width):
            sign = _ZERO_ASCII if self._is_ascii else _ZERO_SIGN
            self._signs.setdefault((row, column), CanvasCell(sign, ZERO_OWNER))

    def _find_row(self, share: float) -> int:
        """Return the dot row of a share of the height, from the top."""
        dots = self.height * self._down
        return min(dots - 1, int((1 - share) * dots))

    def _draw_run(self, run: TrackRun, scale: Scale, number: int, sign: str) -> None:
        before: tuple[int, int] | None = None
        for column, first, last, low, high in self._iterate_columns(run):
            entry = self._find_row(scale.compute_share(first))
            if before is not None:
                self._connect(before, (column, entry), number, sign)
            self._fill(
                column,
                self._find_row(scale.compute_share(high)),
                self._find_row(scale.compute_share(low)),
                number,
                sign,
            )
            before = (column, self._find_row(scale.compute_share(last)))

    def _iterate_columns(self, run: TrackRun) -> Iterator[tuple[int, float, float, float, float]]:
        """Yield for each dot column with points, and for the edges that a line crosses: first, last, least
        and greatest value.
        """
        left, right = map(run.interpolate, self._window)
        if left is not None:
            yield 0, left, left, left, left
        yield from self._iterate_columns_of_points(run)
        if right is not None:
            yield self.width * self._across - 1, right, right, right, right

    def _iterate_columns_of_points(self, run: TrackRun) -> Iterator[tuple[int, float, float, float, float]]:
        xs, ys = run.xs, run.ys
        part = _find_part(run, self._window)
        low, high = self._window
        dots = self.width * self._across
        at, stop = part.start, part.stop
        while at < stop:
            column = self._find_dot_column(xs[at])
            edge = low + (high - low) * (column + 1) / dots
            until = stop if column == dots - 1 else max(at + 1, bisect_left(xs, edge, at, stop))
            least, most = run.find_extremes(at, until)
            yield column, ys[at], ys[until - 1], least, most
            at = until

    def _connect(self, start: tuple[int, int], end: tuple[int, int], number: int, sign: str) -> None:
        """Draw a straight line from the dot of one column to that of a later one."""
        (from_column, from_row), (to_column, to_row) = start, end
        span, row = to_column - from_column, from_row
        for step in range(1, span + 1):
            following = from_row + round((to_row - from_row) * step / span)
            beside = row + (following > row) - (following < row)
            self._fill(from_column + step, min(beside, following), max(beside, following), number, sign)
            row = following

    def _fill(self, column: int, top: int, bottom: int, number: int, sign: str) -> None:
        """Set the dots of a column from ``top`` to ``bottom``."""
        cell_column, across = divmod(column, self._across)
        if sign:
            for row in range(top, bottom + 1):
                self._signs[(row, cell_column)] = CanvasCell(sign, number)
            return
        bits = _BITS[across]
        for row in range(top, bottom + 1):
            cell_row, down = divmod(row, _DOTS_DOWN)
            self._owners[cell_row][cell_column] = number
            self._bits[cell_row][cell_column] |= bits[down]

    def _put_labels(self, track: Track, scale: Scale, number: int, label: str) -> None:
        """Show a letter on the curve near a quarter, the middle and the end of what is in view."""
        run = track.runs[-1]
        part = _find_part(run, self._window)
        for share in (0.25, 0.6, 1.0) if part else ():
            at = part[min(len(part) - 1, int(share * len(part)))]
            cell = (
                self._find_row(scale.compute_share(run.ys[at])) // self._down,
                self.find_column(run.xs[at]),
            )
            self._signs.setdefault(cell, CanvasCell(label, number))

    def _put_single_points(self, track: Track, scale: Scale, number: int) -> None:
        """Show the only point of a run as a sign: one dot is hard to see."""
        for run in track.runs:
            if len(run.ys) == 1 and _find_part(run, self._window):
                cell = (
                    self._find_row(scale.compute_share(run.ys[0])) // self._down,
                    self.find_column(run.xs[0]),
                )
                self._signs[cell] = CanvasCell(_SINGLE_SIGN, number)

    def build_rows(self) -> list[list[CanvasCell]]:
        """Return the cells, from the top row down."""
        rows = [
            [_get_dots(bits, owner) if bits else _BLANK for bits, owner in zip(*row, strict=True)]
            for row in zip(self._bits, self._owners, strict=True)
        ]
        for (row, column), cell in self._signs.items():
            if cell.owner != ZERO_OWNER or not self._bits[row][column]:
                rows[row][column] = cell
        return rows


@lru_cache(maxsize=2_000)
def _get_dots(bits: int, owner: int) -> CanvasCell:
    return CanvasCell(chr(_BRAILLE + bits), owner)


def get_letter(number: int) -> str:
    """Return the letter of a track."""
    return _LETTERS[number % len(_LETTERS)]
