"""The text of a log line without its control sequences, and its colours."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from matui.base.log_lines.control import MOST_CHARACTERS, TextStyle, parse_line


def test_colours_become_spans() -> None:
    line = parse_line("\x1b[31mred \x1b[1;42mbold\x1b[0m plain")
    assert line.text == "red bold plain"
    assert line.spans == ((0, 4, TextStyle(fore=1)), (4, 8, TextStyle(fore=1, back=2, bold=True)))


def test_rich_colours_are_kept() -> None:
    line = parse_line("\x1b[38;5;208ma\x1b[48;2;1;2;3mb\x1b[38:2:9:8:7mc")
    assert [span[2] for span in line.spans] == [
        TextStyle(fore=208),
        TextStyle(fore=208, back=(1, 2, 3)),
        TextStyle(fore=(9, 8, 7), back=(1, 2, 3)),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        "\x1b[2Jx",
        "\x1b]0;title\x07x",
        "\x1b]8;;http://a\x1b\\x",
        "\x9b5mx",
        "\x1bPq\x1b\\x",
        "\x1b[999999999999mx",
        "\x1b[38;5mx",
        "\x1b[38;2;1mx",
        "\x1b[",
        "\x1b",
        "a\x00b\x07c\x7f\u202ex",
    ],
)
def test_no_control_character_gets_through(raw: str) -> None:
    text = parse_line(raw).text
    assert text.isprintable()


def test_a_progress_bar_shows_its_last_state() -> None:
    assert parse_line(" 10%|#\r 50%|###\r100%|####").text == "100%|####"
    assert parse_line(" 10%|#\r 50%|###\r").text == " 50%|###"


def test_tabs_are_counted_in_cells() -> None:
    assert parse_line("ab\tc").text == "ab      c"
    assert cell_len(parse_line("中\tc").text) == 9


def test_a_huge_line_is_cut_and_says_so() -> None:
    line = parse_line("x" * 1_000_000)
    assert len(line.text) < MOST_CHARACTERS + 40
    assert line.text.endswith("980,000 more characters")
