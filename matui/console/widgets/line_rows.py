"""Lines cut into rows of a width: wrapped, or the part in view. Pure."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import get_character_cell_size

from matui.base.cells import cell_width


@lru_cache(maxsize=1024)
def row_starts(text: str, width: int) -> tuple[int, ...]:
    """Return where each wrapped row begins, in characters; no character is cut in two."""
    if width <= 0 or len(text) <= width // 2:
        return (0,)
    if cell_width(text) == len(text):
        return tuple(range(0, max(1, len(text)), width))
    starts, cells = [0], 0
    for index, character in enumerate(text):
        size = get_character_cell_size(character)
        if cells + size > width and cells:
            starts.append(index)
            cells = 0
        cells += size
    return tuple(starts)


@lru_cache(maxsize=1024)
def slice_cells(text: str, left: int, width: int) -> tuple[int, int, int]:
    """Return (start, end, pad): the characters within ``width`` cells from cell ``left``.

    ``pad`` is the number of blank cells before them, where a wide character is cut at the left edge.
    """
    if text.isascii():
        return min(left, len(text)), min(left + width, len(text)), 0
    start, pad, cells, index = -1, 0, 0, 0
    for index, character in enumerate(text):
        size = get_character_cell_size(character)
        if start < 0 and cells >= left and size:
            start, pad = index, cells - left
        if cells + size > left + width:
            return max(start, 0), index, pad
        cells += size
    return (start, len(text), pad) if start >= 0 else (len(text), len(text), 0)
