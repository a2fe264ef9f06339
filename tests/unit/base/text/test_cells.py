"""Text measured in terminal cells."""

from __future__ import annotations

import textwrap

import pytest

from matui.base.text.cells import cut, fit, measure_width, wrap_cells


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("训练", 4), ("", 0), ("a😀", 3)])
def test_wide_characters_take_two_cells(text: str, cells: int) -> None:
    assert measure_width(text) == cells


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abcdef", 4, "abc…"), ("abc", 3, "abc"), ("训练", 3, "训…"), ("abc", 1, "…"), ("abc", 0, "")],
)
def test_a_cut_text_ends_in_an_ellipsis(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


def test_a_fitted_text_has_exactly_the_width() -> None:
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, right=True) == "  ab"
    assert measure_width(fit("训练训练", 5)) == 5


@pytest.mark.parametrize("width", [5, 7, 10, 20])
@pytest.mark.parametrize(
    "text", ["pulling image, 镜像拉取失败 (ErrImagePull)", "镜像拉取失败镜像拉取失败", "🚀 go"]
)
def test_wide_text_is_wrapped_by_cells_and_whole(text: str, width: int) -> None:
    lines = wrap_cells(text, width)
    assert max(map(measure_width, lines)) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrap_cells("镜像 拉取", 5) == ["镜像", "拉取"]


@pytest.mark.parametrize("text", ["", " ", "one two-three four", "a" * 30])
def test_narrow_text_is_wrapped_as_ever(text: str) -> None:
    assert wrap_cells(text, 9) == textwrap.wrap(text, 9)


@pytest.mark.parametrize("text", ["a few words", "几个 词"])
@pytest.mark.parametrize("width", [-3, 0, 1, 2])
def test_a_text_is_wrapped_where_there_is_no_room_too(text: str, width: int) -> None:
    assert "".join(wrap_cells(text, width)).replace(" ", "") == text.replace(" ", "")
