"""Filters for terminals with few colours or characters."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from matui.console.terminal.capabilities import Charset
from matui.console.terminal.filters import CharsetFilter, in_eight_colors
from matui.resources.columns import PHASE_SYMBOLS


def shown(text: str, charset: Charset) -> str:
    return CharsetFilter(charset).apply([Segment(text)], Color(0, 0, 0))[0].text


def number(color: RichColor | None) -> int | None:
    return color.number if color is not None else None


@pytest.mark.parametrize("text", ["● ✗ ✓ ○ ◐ ▲", "a … b · c – d", "╭─╮│▐", "客服质检", "é ü ⣿⠀", "🔎"])
def test_ascii_keeps_the_width(text: str) -> None:
    assert shown(text, Charset.ASCII).isascii()
    assert len(shown(text, Charset.ASCII)) == cell_len(text)


def test_phases_differ_in_ascii() -> None:
    signs = {shown(sign, Charset.ASCII) for sign in PHASE_SYMBOLS.values()}
    assert len(signs) == len(PHASE_SYMBOLS)


def test_the_linux_console_keeps_lines_and_latin_1() -> None:
    assert shown("╭─é·│▐", Charset.LINUX) == "┌─é·│▐"
    assert shown("● ✗ 客", Charset.LINUX) == "* x ??"
    assert shown("▁▂▃▄▅▆▇█", Charset.LINUX) == "_.-▄+*%█"
    assert shown("▁▂▃▄▅▆▇█", Charset.ASCII) == "_.-=+*%#"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("bright_black", "default dim"),
        ("default on bright_black", "reverse"),
        ("bright_red", "bold red"),
        ("red on blue", "white on blue"),
        ("green on cyan", "black on cyan"),
        ("default on bright_green", "black on green"),
        ("yellow", "yellow"),
        ("#ff0000", "#ff0000"),
    ],
)
def test_text_is_readable_in_eight_colours(before: str, after: str) -> None:
    result, expected = in_eight_colors(Style.parse(before)), Style.parse(after)
    assert number(result.color) == number(expected.color)
    assert number(result.bgcolor) == number(expected.bgcolor)
    for attribute in ("bold", "dim", "reverse"):
        assert bool(getattr(result, attribute)) == bool(getattr(expected, attribute)), attribute
