"""How many cells of a terminal a line takes; rich counts them where a letter may take two, or none."""

from __future__ import annotations


def width_of(text: str) -> int:
    """Return the cells that cleaned ``text`` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int) -> str:
    """Return cleaned ``text`` in at most ``width`` cells, an ellipsis in place of what is cut."""
    if width_of(text) <= width:
        return text
    most = max(width - 1, 0)
    if text.isascii():
        return f"{text[:most]}…"
    from rich.cells import set_cell_size

    return set_cell_size(text, most) + "…"
