"""Filters for terminals with few colours or characters."""

from __future__ import annotations

import curses

import pytest
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from matui.cli.output.streams import _ASCII_SYMBOLS
from matui.console.terminal.filters import (
    Charset,
    CharsetFilter,
    find_charset,
    has_colors,
    reduce_to_eight_colors,
    spell_out,
)
from matui.resources.columns import PHASE_SYMBOLS


def filter_text(text: str, charset: Charset) -> str:
    return CharsetFilter(charset).apply([Segment(text)], Color(0, 0, 0))[0].text


def get_number(color: RichColor | None) -> int | None:
    return color.number if color is not None else None


@pytest.mark.parametrize("text", ["● ✗ ✓ ○ ◐ ▲", "a … b · c – d", "╭─╮│▐", "客服质检", "é ü ⣿⠀", "🔎"])
def test_ascii_keeps_the_width(text: str) -> None:
    assert filter_text(text, Charset.ASCII).isascii()
    assert len(filter_text(text, Charset.ASCII)) == cell_len(text)


def test_every_sign_that_commands_write_in_ascii_has_a_sign_in_the_console() -> None:
    signs = "".join(map(chr, _ASCII_SYMBOLS)) + "␀␛␡"
    assert "?" not in filter_text(signs, Charset.ASCII)
    assert "?" not in filter_text(signs, Charset.LINUX)
    assert filter_text("∅", Charset.ASCII) != filter_text("⊘", Charset.ASCII)


def test_phases_differ_in_ascii() -> None:
    signs = {filter_text(sign, Charset.ASCII) for sign in PHASE_SYMBOLS.values()}
    assert len(signs) == len(PHASE_SYMBOLS)


def test_the_linux_console_keeps_lines_and_latin_1() -> None:
    assert filter_text("╭─é·│▐", Charset.LINUX) == "┌─é·│▐"
    assert filter_text("● ✗ 客", Charset.LINUX) == "* x ??"
    assert filter_text("▁▂▃▄▅▆▇█", Charset.LINUX) == "_.-▄+*%█"
    assert filter_text("▁▂▃▄▅▆▇█", Charset.ASCII) == "_.-=+*%#"


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
    result, expected = reduce_to_eight_colors(Style.parse(before)), Style.parse(after)
    assert get_number(result.color) == get_number(expected.color)
    assert get_number(result.bgcolor) == get_number(expected.bgcolor)
    for attribute in ("bold", "dim", "reverse"):
        assert bool(getattr(result, attribute)) == bool(getattr(expected, attribute)), attribute


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color", "LANG": "de_DE.UTF-8"}, Charset.UNICODE),
        ({"TERM": "xterm-256color"}, Charset.UNICODE),
        ({"TERM": "xterm", "LANG": "C.utf8"}, Charset.UNICODE),
        ({"TERM": "xterm", "LC_CTYPE": "C.UTF-8"}, Charset.UNICODE),
        ({"TERM": "xterm", "LC_ALL": "C"}, Charset.ASCII),
        ({"TERM": "xterm", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, Charset.ASCII),
        ({"TERM": "xterm", "LANG": "zh_CN.GB18030"}, Charset.ASCII),
        ({"TERM": "xterm", "LC_ALL": "en_US.UTF-8", "LANG": "C"}, Charset.UNICODE),
        ({"TERM": "xterm", "LANG": "de_DE@euro"}, Charset.UNICODE),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, Charset.LINUX),
        ({"TERM": "vt100", "LANG": "C.UTF-8"}, Charset.ASCII),
    ],
)
def test_the_characters_follow_from_locale_and_term(environ: dict[str, str], expected: Charset) -> None:
    assert find_charset(environ) is expected


@pytest.mark.parametrize(
    ("environ", "number", "expected"),
    [
        ({"TERM": "xterm-256color"}, -1, True),  # not asked
        ({"TERM": "vt100"}, -1, False),
        ({"TERM": "vt100", "COLORTERM": "truecolor"}, -1, True),
        ({"TERM": "linux"}, 8, True),
    ],
)
def test_colours_follow_from_terminfo(monkeypatch, environ: dict[str, str], number: int, expected: bool):
    # curses reads one terminal a process
    monkeypatch.setattr(curses, "setupterm", lambda *_: None)
    monkeypatch.setattr(curses, "tigetnum", lambda _name: number)
    assert has_colors(environ) is expected


def test_a_terminal_unknown_to_terminfo_has_colours(monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise curses.error("setupterm: could not find terminal")

    monkeypatch.setattr(curses, "setupterm", refuse)
    assert has_colors({"TERM": "no-such-terminal"})


def test_names_that_the_terminal_cannot_show_stay_different() -> None:
    assert spell_out("训练-1", Charset.ASCII) == "\\u8bad\\u7ec3-1"
    assert spell_out("é?", Charset.ASCII) == "é?"  # shown as e
    assert spell_out("训练-1", Charset.UNICODE) == "训练-1"
