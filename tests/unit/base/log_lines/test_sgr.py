"""SGR sequences are read into styles and written back."""

from __future__ import annotations

import pytest

from matui.base.log_lines.sgr import PLAIN, TextStyle, apply_sgr, format_sgr


@pytest.mark.parametrize(
    ("parameters", "style"),
    [
        ("1", TextStyle(bold=True)),
        ("31", TextStyle(fore=1)),
        ("97", TextStyle(fore=15)),
        ("42;4", TextStyle(back=2, underline=True)),
        ("38;5;208", TextStyle(fore=208)),
        ("48;2;1;2;300", TextStyle(back=(1, 2, 255))),
        ("38:5:9", TextStyle(fore=9)),
        ("999", PLAIN),
        ("38", PLAIN),
    ],
)
def test_parameters_set_a_style(parameters: str, style: TextStyle) -> None:
    assert apply_sgr(parameters, PLAIN) == style


@pytest.mark.parametrize("parameters", ["", "0", "1;0", ";"])
def test_zero_or_nothing_resets(parameters: str) -> None:
    assert apply_sgr(parameters, TextStyle(fore=1, bold=True)) == PLAIN


def test_a_flag_is_taken_back_alone() -> None:
    style = TextStyle(fore=3, bold=True, underline=True)
    assert apply_sgr("24", style) == TextStyle(fore=3, bold=True)
    assert apply_sgr("22", style) == TextStyle(fore=3, underline=True)
    assert apply_sgr("39", style) == TextStyle(bold=True, underline=True)


def test_too_many_parameters_change_nothing() -> None:
    assert apply_sgr(";".join(["31"] * 200), PLAIN) == PLAIN


@pytest.mark.parametrize(
    "style",
    [
        TextStyle(fore=1, back=12, bold=True),
        TextStyle(fore=208, italic=True),
        TextStyle(back=(10, 20, 30), reverse=True, dim=True),
    ],
)
def test_a_written_style_is_read_back(style: TextStyle) -> None:
    assert apply_sgr(format_sgr(style)[2:-1], PLAIN) == style


def test_a_plain_style_needs_no_sequence() -> None:
    assert format_sgr(PLAIN) == ""
