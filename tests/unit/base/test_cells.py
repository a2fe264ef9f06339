"""Text measured in terminal cells."""

from __future__ import annotations

import pytest

from matui.base.cells import cell_width, cut, fit


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("训练", 4), ("", 0), ("a😀", 3)])
def test_wide_characters_take_two_cells(text: str, cells: int) -> None:
    assert cell_width(text) == cells


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abcdef", 4, "abc…"), ("abc", 3, "abc"), ("训练", 3, "训…"), ("abc", 1, "…"), ("abc", 0, "")],
)
def test_a_cut_text_ends_in_an_ellipsis(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


def test_a_fitted_text_has_exactly_the_width() -> None:
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, right=True) == "  ab"
    assert cell_width(fit("训练训练", 5)) == 5
