"""Starting the console: the terminal and Textual's options."""

from __future__ import annotations

import io
import sys

import pytest

from matui.base.errors import UsageError
from matui.console.start import draw_on_terminal, require_capable_terminal, set_textual_defaults


@pytest.mark.parametrize("environ", [{}, {"TERM": "dumb"}, {"TERM": "unknown"}])
def test_a_terminal_that_cannot_move_its_cursor_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="cannot show a full screen"):
        require_capable_terminal(environ)
    require_capable_terminal({"TERM": "xterm"})


def test_frames_are_limited_over_ssh_and_set_options_stay() -> None:
    local: dict[str, str] = {"TEXTUAL_ANIMATIONS": "full"}
    set_textual_defaults(local)
    assert local == {"TEXTUAL_ANIMATIONS": "full", "TEXTUAL_SMOOTH_SCROLL": "0"}
    remote = {"SSH_TTY": "/dev/pts/1"}
    set_textual_defaults(remote)
    assert remote["TEXTUAL_FPS"] == "30"


@pytest.mark.parametrize("stderr", [None, io.StringIO()])
def test_the_screen_is_drawn_on_stdout_where_stderr_is_no_terminal(monkeypatch, stderr) -> None:
    monkeypatch.setattr(sys, "__stderr__", stderr)
    draw_on_terminal()
    assert sys.__stderr__ is sys.__stdout__


def test_the_screen_is_drawn_on_a_stderr_that_is_a_terminal(monkeypatch) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "__stderr__", terminal)
    draw_on_terminal()
    assert sys.__stderr__ is terminal
