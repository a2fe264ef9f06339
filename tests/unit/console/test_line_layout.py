"""Lines cut into rows: how far they can be moved sideways."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from matui.base.log_lines.control import LineText
from matui.base.text.cells import measure_width
from matui.console.lines.layout import LineLayout
from matui.console.lines.paint import Label
from matui.console.terminal.filters import Charset

WIDTH = 41


class Lines:
    def __init__(self, *texts: str, label: str = "") -> None:
        self.texts = texts
        self.label = label

    def get_line_text(self, number: int) -> LineText:
        return LineText(self.texts[number])

    def get_line_label(self, _number: int, /) -> Label:
        return ((self.label, ""),) if self.label else ()


def find_furthest(lines: Lines) -> int:
    layout = LineLayout(lines, lambda: WIDTH, wrap=False)
    for _ in range(50):
        layout.scroll_sideways(1, range(len(lines.texts)))
    return layout.left


def test_lines_that_fit_do_not_move() -> None:
    assert find_furthest(Lines("x" * (WIDTH - 1), "y")) == 0


@pytest.mark.parametrize("text", ["x" * 100, "中文日志" * 25, "a中b文" * 30])
@pytest.mark.parametrize("label", ["", "    123 "])
def test_the_end_of_the_longest_line_can_be_brought_into_view(text: str, label: str) -> None:
    room = WIDTH - 1 - len(label)
    assert find_furthest(Lines(text, "short", label=label)) == measure_width(text) - room


def test_moving_back_ends_at_the_start() -> None:
    layout = LineLayout(Lines("x" * 100), lambda: WIDTH, wrap=False)
    layout.scroll_sideways(3, [0])
    layout.scroll_sideways(-1, [0])
    assert layout.left == 32
    layout.scroll_sideways(-9, [0])
    assert layout.left == 0


@pytest.mark.parametrize(
    ("text", "left", "shown"),
    [
        ("x" * 40, 0, "x" * 40),
        ("x" * 41, 0, "x" * 39 + "…"),
        ("x" * 40 + "  ", 0, "x" * 40),
        ("x" * 60, 1, "x" * 39 + "…"),
        ("x" * 56, 1, "x" * 40),
        ("中" * 21, 0, "中" * 19 + "…"),
        ("中" * 20, 0, "中" * 20),
    ],
)
def test_a_line_that_goes_on_beyond_the_right_edge_ends_with_an_ellipsis(
    text: str, left: int, shown: str
) -> None:
    def face(*, marks_cut: bool, wrap: bool = False) -> str:
        layout = LineLayout(Lines(text), lambda: WIDTH, wrap=wrap, marks_cut=marks_cut)
        layout.scroll_sideways(left, [0])
        return layout.build_face((0, 0), lambda _number, _text: (), None, thumb=False).text

    assert face(marks_cut=True) == shown
    assert "…" not in face(marks_cut=False) + face(marks_cut=True, wrap=True)


def test_letters_the_terminal_cannot_show_are_spelled_out_with_hits_and_selection_in_place() -> None:
    layout = LineLayout(Lines("训练 step 1", label="节 "), lambda: WIDTH, wrap=False)
    layout.charset = Charset.ASCII
    face = layout.build_face(
        (0, 0),
        lambda _, text: ((text.index("练"), text.index(" step"), "hit"), (3, 7, "word")),
        Selection(Offset(6, 0), Offset(12, 0)),
        thumb=False,
    )
    assert face.label == ((r"\u8282 ", ""),)
    assert face.text == r"\u8bad\u7ec3 step 1"
    assert [face.text[low:high] for low, high, _ in face.hits] == [r"\u7ec3", "step"]
    selected = layout.read_selection(Selection(Offset(6, 0), Offset(17, 0)))
    assert (selected.start, selected.end) == (Offset(1, 0), Offset(7, 0))


def test_a_selection_of_whole_lines_stays_one_where_letters_are_spelled_out() -> None:
    layout = LineLayout(Lines("训练"), lambda: WIDTH, wrap=False)
    layout.charset = Charset.ASCII
    end = layout.read_selection(Selection(Offset(0, 0), Offset(10_000_000, 0))).end
    assert end is not None
    assert end.x > 2


@pytest.mark.parametrize("wrap", [True, False])
def test_spelled_out_lines_are_cut_and_wrapped_by_what_is_shown(wrap: bool) -> None:
    layout = LineLayout(Lines("训练" * 10), lambda: WIDTH, wrap=wrap)
    layout.charset = Charset.ASCII
    layout.scroll_sideways(50, [0])
    assert layout.left == 20 * len(r"\u8bad") - (WIDTH - 1) or wrap
    assert layout.count_rows(0) == (3 if wrap else 1)
