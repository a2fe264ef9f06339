"""Fits a dialog to the screen: its list scrolls, everything else stays in view."""

from __future__ import annotations

from typing import Any

from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widget import Widget

_COMPACT_ROWS = 24
_LEAST_LIST_ROWS = 2
_SCROLLS = "↑ ↓ scroll the list"
_WIDEST, _CHROME = 76, 8  # cells of a dialog; of its border, its padding and a scrollbar


def fit_dialog(screen: Screen[Any], most: int) -> None:
    """Give the list ``#targets`` of ``#dialog`` what the other parts leave of the rows, ``most`` at most.

    The border names the keys where the list is longer.
    """
    dialog = screen.query_one("#dialog")
    targets = screen.query_one("#targets", VerticalScroll)
    size = screen.app.size
    others = [child for child in dialog.children if child is not targets]
    dialog.set_class(False, "compact")
    if _rows_left(dialog, others, size.height) < min(most, _list_rows(targets, _inner_width(dialog))):
        dialog.set_class(size.height <= _COMPACT_ROWS, "compact")
    left = _rows_left(dialog, others, size.height)
    shown = max(_LEAST_LIST_ROWS, min(most, left))
    targets.styles.max_height = shown
    dialog.border_subtitle = _SCROLLS if _list_rows(targets, _inner_width(dialog)) > shown else ""


def narrowest_inner_width(columns: int) -> int:
    """Return the cells for a line of the list of a dialog that scrolls, on a screen of so many columns."""
    return max(1, min(_WIDEST, columns * 96 // 100) - _CHROME)


def _rows_left(dialog: Widget, others: list[Widget], rows: int) -> int:
    chrome = dialog.styles.gutter.height
    share = rows if dialog.has_class("compact") else rows * 9 // 10
    width = _inner_width(dialog)
    return share - chrome - sum(_rows_of(other, width) for other in others)


def _rows_of(widget: Widget, width: int) -> int:
    size = widget.app.size
    inner = max(1, width - widget.styles.gutter.width)
    content = widget.get_content_height(size, size, inner)
    return content + widget.styles.gutter.height + widget.styles.margin.height


def _list_rows(targets: VerticalScroll, width: int) -> int:
    return sum(_rows_of(child, width) for child in targets.children)


def _inner_width(dialog: Widget) -> int:
    columns = dialog.app.size.width
    widest = dialog.styles.width
    wanted = int(widest.value) if widest is not None and widest.cells is not None else columns
    return max(1, min(wanted, columns * 96 // 100) - dialog.styles.gutter.width)
