"""Measure and cut text in terminal cells, where a CJK character or an emoji takes two.

Text must be cleaned beforehand. Rich is imported with the first text that is not ASCII.
"""

from __future__ import annotations

ELLIPSIS = "…"


def cell_width(text: str) -> int:
    """Return how many terminal cells ``text`` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, the rest replaced by an ellipsis on a cell boundary."""
    if cell_width(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    if text.isascii():
        return text[: width - 1] + ELLIPSIS
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1) + ELLIPSIS


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return ``text`` in exactly ``width`` cells: padded, or cut with an ellipsis."""
    size = cell_width(text)
    if size > width:
        return cut(text, width)
    return " " * (width - size) + text if right else text + " " * (width - size)
