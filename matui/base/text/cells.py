"""Measure and cut text in terminal cells, where a CJK character or an emoji takes two.

Text must be cleaned beforehand. Rich is imported with the first text that is not ASCII.
"""

from __future__ import annotations

ELLIPSIS = "…"


def load_cells() -> None:
    """Import what measures text that is not ASCII, where there is time for it."""
    measure_width(ELLIPSIS)


def measure_width(text: str) -> int:
    """Return how many terminal cells ``text`` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, the rest replaced by an ellipsis on a cell boundary."""
    if measure_width(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    if text.isascii():
        return text[: width - 1] + ELLIPSIS
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1) + ELLIPSIS


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return ``text`` in exactly ``width`` cells: padded, or cut with an ellipsis."""
    size = measure_width(text)
    if size > width:
        return cut(text, width)
    return " " * (width - size) + text if right else text + " " * (width - size)


def wrap_cells(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` cells, broken at spaces; ``[]`` where it is blank.

    A word that is too long for a line begins on the last line that has room for some of it.
    """
    from textwrap import wrap

    width = max(1, width)
    if measure_width(text) == len(text):
        return wrap(text, width)
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if measure_width(joined) <= width:
            lines[-1] = joined
        elif measure_width(word) <= width:
            lines.append(word)
        else:
            lines[-1:] = _break(joined, width)
    return [line for line in lines if line]


def _break(text: str, width: int) -> list[str]:
    """Return ``text`` broken wherever a line of ``width`` cells is full; a character is never split."""
    lines = [""]
    used = 0
    for character in text:
        cells = measure_width(character)
        if used + cells > width and lines[-1]:
            lines.append("")
            used = 0
        lines[-1] += character
        used += cells
    return lines
