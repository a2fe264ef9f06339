"""What a terminal can show, by its environment."""

from __future__ import annotations

import curses

import pytest

from matui.console.terminal.capabilities import Charset, charset, has_colors


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
    assert charset(environ) is expected


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
