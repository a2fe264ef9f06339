"""Which rows of a log are in view, and searches in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from rich.cells import cell_len

from matui.console.lines.paint import find_row_starts, slice_cells
from matui.console.lines.search import LineSearch, build_finder, compile_pattern
from matui.console.lines.window import LineWindow


@pytest.mark.parametrize("text", ["", "abcdef" * 9, "中文日志" * 9, "a中b文c🚀" * 9])
@pytest.mark.parametrize("width", [1, 2, 7, 20, 300])
def test_wrapped_rows_fit_and_lose_nothing(text: str, width: int) -> None:
    starts = [*find_row_starts(text, width), len(text)]
    rows = [text[low:high] for low, high in pairwise(starts)]
    assert "".join(rows) == text
    assert all(cell_len(row) <= max(width, 2) for row in rows)


@pytest.mark.parametrize("left", range(12))
def test_a_slice_starts_at_its_cell(left: int) -> None:
    text = "a中b文c🚀defgh"
    start, end, pad = slice_cells(text, left, 6)
    assert cell_len(text[:start]) == left + pad
    assert pad + cell_len(text[start:end]) <= 6


@dataclass
class Lines:
    first: int = 0
    end: int = 100
    tall: dict[int, int] = field(default_factory=dict)
    wrap: bool = True
    asked: list[int] = field(default_factory=list)

    def count_rows(self, number: int) -> int:
        self.asked.append(number)
        return self.tall.get(number, 1)


def test_a_window_ends_with_the_last_row_however_tall_lines_are() -> None:
    lines = Lines(tall={97: 4, 99: 3})
    window = LineWindow(lines)
    window.page = 10
    window.top = window.find_bottom()
    assert len(window.list_places()) == 10
    assert window.list_places()[-1] == (99, 2)


def test_the_rows_of_each_line_in_view_are_asked_for_once() -> None:
    lines = Lines(tall={11: 4})
    window = LineWindow(lines)
    window.page = 5
    window.top = (10, 0)
    assert window.list_places() == [(10, 0), (11, 0), (11, 1), (11, 2), (11, 3)]
    assert lines.asked == [10, 11]


def test_lines_that_are_not_wrapped_are_not_asked_for_their_rows() -> None:
    lines = Lines(end=13, wrap=False)
    window = LineWindow(lines)
    window.page, window.top = 5, (10, 0)
    assert window.list_places() == [(10, 0), (11, 0), (12, 0)]
    assert lines.asked == []


def test_scrolling_down_and_up_again_ends_where_it_began() -> None:
    window = LineWindow(Lines(tall={5: 30, 9: 2}))
    window.page = 10
    window.top = (3, 0)
    for _ in range(25):
        window.scroll(1)
    window.scroll(-25)
    assert window.top == (3, 0)


def test_a_window_keeps_its_lines_when_older_ones_come_above() -> None:
    lines = Lines()
    window = LineWindow(lines)
    window.page = 10
    window.top = (0, 0)
    lines.first = -500
    window.settle()
    assert window.list_places()[0] == (0, 0)
    assert not window.at_top


def test_a_search_in_steps_finds_what_a_search_at_once_does() -> None:
    texts = {number: ("error" if number % 7 == 0 else "fine") for number in range(-300, 900)}
    pattern = compile_pattern("ERR|error")
    assert not isinstance(pattern, str)
    search = LineSearch(build_finder(pattern, lambda low, high: [texts[n] for n in range(low, high)]), 400)
    turns = 0
    while search.step(-300, 900, iter([False, True]).__next__):
        turns += 1
    assert turns > 1
    assert list(search.matches) == [number for number in range(-300, 900) if number % 7 == 0]
    assert search.find_after(896) == -294
    assert search.find_before(-294) == 896


def test_a_search_forgets_lines_that_are_gone_and_takes_in_new_ones() -> None:
    pattern = compile_pattern("x")
    assert not isinstance(pattern, str)
    search = LineSearch(build_finder(pattern, lambda low, high: ["x"] * (high - low)), 5)
    search.step(0, 10, lambda: False)
    search.step(4, 12, lambda: False)
    assert list(search.matches) == list(range(4, 12))
    search.step(50, 60, lambda: False)
    assert list(search.matches) == list(range(50, 60))


def test_case_counts_only_once_an_upper_case_letter_is_typed() -> None:
    lower, upper = compile_pattern("cuda"), compile_pattern("CUDA")
    assert not isinstance(lower, str)
    assert not isinstance(upper, str)
    assert lower.search("CUDA error")
    assert not upper.search("cuda error")


def test_half_a_pattern_is_reported_not_raised() -> None:
    assert isinstance(compile_pattern("(abc"), str)


def test_a_pattern_that_could_search_for_ever_is_refused() -> None:
    assert isinstance(compile_pattern("(a+)+$"), str)
    assert not isinstance(compile_pattern("(ab)+ c*"), str)
