"""The text of a log line as a terminal shows it, and its colours."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from matui.base.log_lines.control import MOST_CHARACTERS, parse_line, render_coloured_text, render_plain_text
from matui.base.log_lines.sgr import TextStyle


def test_colours_become_spans() -> None:
    line = parse_line("\x1b[31mred \x1b[1;42mbold\x1b[0m plain")
    assert line.text == "red bold plain"
    assert line.spans == ((0, 4, TextStyle(fore=1)), (4, 8, TextStyle(fore=1, back=2, bold=True)))


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert render_plain_text('\ufeff{"level":"error"}') == '{"level":"error"}'
    assert render_plain_text("a\ufeffb") == "a<feff>b"


def test_rich_colours_are_kept() -> None:
    line = parse_line("\x1b[38;5;208ma\x1b[48;2;1;2;3mb\x1b[38:2:9:8:7mc")
    assert [span[2] for span in line.spans] == [
        TextStyle(fore=208),
        TextStyle(fore=208, back=(1, 2, 3)),
        TextStyle(fore=(9, 8, 7), back=(1, 2, 3)),
    ]


LAST_STATES = [
    ("\x1bPtmux;\x1b\x1b]52;c;AAAA\x07\x1b\\x", "x"),
    ("\x1bktitle\x1b\\x", "x"),
    ("\x1b]P0000000\x1b]Rx", "x"),
    ("\x1b\x1b[31mx", "x"),
    ("abc\x1b[1G\x1b[Jx", "x"),
    ("abc\x1b[2Jx", "abcx"),
    # Spinners and bars that go back with \b.
    ("Solving environment: - \b\b\\ \b\b| \b\b/ \b\bdone", "Solving environment: done"),
    ("working... " + "\b" * 12 + "done        ", "done"),
    ("16/20 [=====>.] - acc: 0.9" + "\b" * 26, "16/20 [=====>.] - acc: 0.9"),
    ("\b\bx", "x"),
    ("中文\b\b\b\bab", "ab文"),
    ("中文\b\b\bX", " X文"),
    # Carriage returns.
    (" 10%|#\r 50%|###\r100%|####", "100%|####"),
    (" 10%|#\r 50%|###\r", " 50%|###"),
    ("text\r\n".rstrip("\n"), "text"),
    # Characters inserted, deleted and erased in the text before a carriage return.
    ("abc\r\x1b[1@d", "dabc"),
    ("abc\r\x1b[1Pd", "dc"),
    ("abc\r\x1b[2Xd", "d c"),
    ("abc\r\x1b[2C\x1b[@d", "abdc"),
    ("10%\rabc\r\x1b[@d\r", "dabc"),
    ("abc\r\x1b[K\x1b[@d", "d"),
    # A carriage return before colours alone, as of a coloured line of a file with CRLF; moves over the text.
    ("\x1b[31mERROR: boom\r\x1b[0m", "ERROR: boom"),
    ("ERROR: boom\r\x1b[0m\x1b]8;;\x07\r", "ERROR: boom"),
    ("ERROR: boom\r\x1b[K", ""),
    ("Mounting data\r\x1b[20C[ OK ]", "Mounting data       [ OK ]"),
    ("Mounting data\r\x1b[21G[ OK ]", "Mounting data       [ OK ]"),
    ("10%\r100%\r\x1b[8Cdone", "100%    done"),
    # Erasures behind colours, as compilers and grep write them.
    ("ops.cu:3:5: \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kexpected ';'", "ops.cu:3:5: error: expected ';'"),
    ("\x1b[2K\x1b[1A\x1b[2Kprogress 10%", "progress 10%"),
    ("progress 10%\x1b[2K\x1b[1Gprogress 20%", "progress 20%"),
    ("50% left\x1b[5D\x1b[K", "50%"),
    ("abc\x1b[1Kd", "   d"),
    ("abcdef\x1b[3G\x1b[2P", "abef"),
    ("abef\x1b[3D\x1b[@X", "aXbef"),
    ("abcdef\x1b[4D\x1b[2X", "ab  ef"),
    ("a\x1b[3Cb", "a   b"),
    # What concerns other lines of a screen takes nothing away.
    ("\x1b[5;1Hhello \x1b[1;1H\x1b[Aworld", "hello world"),
    ("old \x1b[2Jnew", "old new"),
    # Saved and restored cursors.
    ("step \x1b[s1\x1b[u2", "step 2"),
    ("step \x1b7one\x1b8two", "step two"),
    # Titles, hyperlinks, other strings.
    ("\x1b]8;;https://x.invalid/run\x07run 7\x1b]8;;\x07 started", "run 7 started"),
    ("\x1b]0;a title\x07text", "text"),
    ("\x1b]2;a title\x1b\\text", "text"),
    ("\x9d0;a title\x9ctext", "text"),
    ("\x1bP1$r0m\x1b\\text", "text"),
    ("\x1b_payload\x1b\\text", "text"),
    # Character sets, keypad, modes.
    ("\x1b(B\x1b[mtext", "text"),
    ("\x1b)0\x0etext\x0f", "text"),
    ("\x1b(0lqk\x1b(B box", "┌─┐ box"),
    ("\x1b=\x1b[?1h\x1b[?25ltext\x1b[?25h\x1b>", "text"),
    ("\x1b%G\x1b#8text\x1bc", "text"),
    ("\x9b1;31mred\x9b0m", "red"),
]


@pytest.mark.parametrize(("raw", "text"), LAST_STATES)
def test_a_line_is_shown_in_its_last_state(raw: str, text: str) -> None:
    assert render_plain_text(raw) == text
    assert parse_line(raw).text == text


def test_a_colour_stays_where_an_erasure_follows_it() -> None:
    raw = "ops.cu:3:5: \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kexpected ';'"
    assert parse_line(raw).spans == ((12, 19, TextStyle(fore=1, bold=True)),)
    assert render_coloured_text(raw) == "ops.cu:3:5: \x1b[1;31merror: \x1b[0mexpected ';'"


def test_text_written_over_has_the_newer_colour() -> None:
    assert parse_line("\x1b[31mabc\x1b[2D\x1b[32mB").spans == (
        (0, 1, TextStyle(fore=1)),
        (1, 2, TextStyle(fore=2)),
        (2, 3, TextStyle(fore=1)),
    )


@pytest.mark.parametrize(
    "style", ["\x1b[1;2;3;4;7m", "\x1b[93;104m", "\x1b[38;5;208;48;2;1;2;3m", "\x1b[36m", "\x1b[48;5;9m"]
)
def test_written_colours_read_back_the_same(style: str) -> None:
    line = parse_line(f"a {style}b\x1b[0m c")
    assert parse_line(render_coloured_text(f"a {style}b\x1b[0m c")) == line
    assert len(line.spans) == 1


@pytest.mark.parametrize(
    "raw",
    [
        "\x1b[2Jx",
        "\x1b]0;title x",
        "\x1b]8;;http://a\x1b\\x",
        "\x9b5mx",
        "\x1bPq x",
        "\x1b[999999999999mx",
        "\x1b[38;5mx",
        "\x1b[38;2;1mx",
        "\x1b[",
        "\x1b",
        "a\x00b\x07c\x7f\u202ex",
        "\x1b[99999999999999Cx",
    ],
)
def test_no_control_character_gets_through(raw: str) -> None:
    assert parse_line(raw).text.isprintable()
    assert len(parse_line(raw).text) < 3000


def test_an_unfinished_sequence_hides_nothing() -> None:
    assert render_plain_text("\x1b]0;loss 0.1") == "␛]0;loss 0.1"
    assert render_plain_text("\x1bPloss 0.1") == "␛Ploss 0.1"


@given(st.text(st.sampled_from("ab中\x1b\x08\r\t[]78;?(0BKGCDPXHsu\x07\\m13")))
def test_any_sequence_gives_printable_text_and_spans_within_it(raw: str) -> None:
    line = parse_line(raw)
    assert line.text.isprintable()
    ends = [0, *(place for start, end, _ in line.spans for place in (start, end)), len(line.text)]
    assert ends == sorted(ends)
    assert render_plain_text(render_coloured_text(raw), whole=True) == render_plain_text(raw, whole=True)


def test_tabs_are_counted_in_cells() -> None:
    assert render_plain_text("ab\tc") == "ab      c"
    assert render_plain_text("ab\tc", whole=True) == "ab\tc"
    assert cell_len(render_plain_text("中\tc")) == 9


def test_a_huge_line_is_cut_and_says_so() -> None:
    line = parse_line("x" * 1_000_000)
    assert len(line.text) < MOST_CHARACTERS + 40
    assert line.text.endswith("980,000 more characters")


@pytest.mark.parametrize("unit", ["x\b", "\x1b[C", "\x9d", "\x1b]0;", "\x1bP", "\x1b[2K", "中\b", "中\t"])
def test_a_hostile_line_takes_no_long_time(unit: str) -> None:
    began = time.process_time()
    parse_line(unit * 200_000)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_that_was_read_as_bytes_is_text(coding: str) -> None:
    lines = "hello world\r\nsecond line ERROR: boom".encode(coding).decode("latin-1").split("\n")
    assert [render_plain_text(line) for line in lines] == ["hello world", "second line ERROR: boom"]
    assert render_plain_text("a\0b\0\0c") == "a␀b␀␀c"
    assert render_plain_text("\0\0\0") == "␀␀␀"
