"""Lines cut into rows: how far they can be moved sideways."""

from __future__ import annotations

import pytest

from matui.base.cells import cell_width
from matui.base.log_lines.control import LineText
from matui.console.lines.layout import LineLayout
from matui.console.lines.paint import Label

WIDTH = 41


class Lines:
    def __init__(self, *texts: str, label: str = "") -> None:
        self.texts = texts
        self.label = label

    def line_text(self, number: int) -> LineText:
        return LineText(self.texts[number])

    def line_label(self, _number: int, /) -> Label:
        return ((self.label, ""),) if self.label else ()


def furthest(lines: Lines) -> int:
    layout = LineLayout(lines, lambda: WIDTH, wrap=False)
    for _ in range(50):
        layout.scroll_sideways(1, range(len(lines.texts)))
    return layout.left


def test_lines_that_fit_do_not_move() -> None:
    assert furthest(Lines("x" * (WIDTH - 1), "y")) == 0


@pytest.mark.parametrize("text", ["x" * 100, "中文日志" * 25, "a中b文" * 30])
@pytest.mark.parametrize("label", ["", "    123 "])
def test_the_end_of_the_longest_line_can_be_brought_into_view(text: str, label: str) -> None:
    room = WIDTH - 1 - len(label)
    assert furthest(Lines(text, "short", label=label)) == cell_width(text) - room


def test_moving_back_ends_at_the_start() -> None:
    layout = LineLayout(Lines("x" * 100), lambda: WIDTH, wrap=False)
    layout.scroll_sideways(3, [0])
    layout.scroll_sideways(-1, [0])
    assert layout.left == 32
    layout.scroll_sideways(-9, [0])
    assert layout.left == 0
