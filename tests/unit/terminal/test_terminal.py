"""The console on a real pseudo-terminal: what it leaves behind, whatever ends it and wherever it runs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator

import pytest

from tests.unit.terminal.terminal_rig import Terminal

CTRL_Q, CTRL_Z = "\x11", "\x1a"
SHOWN = "resnet"


@pytest.fixture
def environ(tmp_path) -> Iterator[dict[str, str]]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    places = {f"XDG_{name}_HOME": str(tmp_path) for name in ("STATE", "CACHE", "CONFIG")}
    return kept | places | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_ends_it_with_the_terminal_as_it_was(environ, number, code):
    terminal = Terminal(environ, "--demo")
    terminal.read_until(SHOWN)
    terminal.send(signal.Signals[number])
    assert terminal.wait_for_exit_code() == code
    assert terminal.is_restored()
    assert b"Traceback" not in terminal.seen


@pytest.mark.slow
def test_a_bug_ends_it_with_the_terminal_as_it_was_and_one_sentence(environ):
    broken = (
        "import sys\nfrom matui.cli.main import run\n"
        "from matui.console.screens.browse import BrowseScreen as S\n"
        "S.show_bars = lambda self: 1 / 0\nsys.exit(run(['--demo']))"
    )
    terminal = Terminal(environ, program=(sys.executable, "-c", broken))
    assert terminal.wait_for_exit_code() == 1
    assert terminal.is_restored()
    assert b"this is a bug in matui" in terminal.seen
    assert b"Traceback" not in terminal.seen


@pytest.mark.slow
def test_the_end_of_the_ssh_session_ends_it(environ):
    terminal = Terminal(environ, "--demo")
    terminal.read_until(SHOWN)
    terminal.hang_up()
    assert terminal.wait_for_end(10) in (129, -signal.SIGHUP)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with job control")
def test_it_can_be_suspended_and_brought_back(environ):
    shell = Terminal(environ | {"PS1": "ready> "}, program=("bash", "--norc", "--noprofile", "-i"))
    shell.read_until("ready> ")
    shell.type(f"{sys.executable} -m matui --demo\n")
    shell.read_until(SHOWN)
    shell.mark()
    shell.type(CTRL_Z)
    shell.read_until("Stopped")
    shell.read_until("ready> ")
    modes = shell.list_modes()
    assert modes.pop("2004") in "hl", "the shell's own, for its prompt"
    assert modes.pop("25") == "h"
    assert set(modes.values()) == {"l"}
    shell.mark()
    shell.type("fg\n")
    shell.read_until(SHOWN)
    shell.mark()
    shell.type(CTRL_Q)
    shell.read_until("ready> ")
    shell.type("exit\n")
    assert shell.wait_for_exit_code() == 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with job control")
def test_it_ends_when_it_is_killed_while_suspended(environ):
    shell = Terminal(environ | {"PS1": "ready> "}, program=("bash", "--norc", "--noprofile", "-i"))
    shell.read_until("ready> ")
    shell.type(f"{sys.executable} -m matui --demo\n")
    shell.read_until(SHOWN)
    shell.mark()
    shell.type(CTRL_Z)
    shell.read_until("ready> ")
    shell.type("kill %1; while kill -0 %1; do sleep 0.1; done; echo go''ne\n")
    shell.read_until("gone", 10)
    shell.type("exit\n")
    assert shell.wait_for_exit_code() in (0, 1)


@pytest.mark.slow
def test_a_stop_that_cannot_be_seen_coming_leaves_the_terminal_to_be_restored(environ):
    terminal = Terminal(environ, "--demo")
    terminal.read_until(SHOWN)
    terminal.send(signal.SIGSTOP)
    os.waitpid(terminal.pid, os.WUNTRACED)
    terminal.mark()
    terminal.send(signal.SIGCONT)
    terminal.read_until(SHOWN)
    terminal.type(CTRL_Q)
    assert terminal.wait_for_exit_code() == 0
    assert terminal.is_restored()


@pytest.mark.slow
@pytest.mark.parametrize("term", ["xterm-256color", "linux", "screen", "tmux-256color"])
def test_it_works_on_every_kind_of_terminal(environ, term):
    terminal = Terminal(environ | {"TERM": term}, "--demo")
    terminal.read_until(SHOWN)
    terminal.type(CTRL_Q)
    assert terminal.wait_for_exit_code() == 0
    assert terminal.is_restored()


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_without_a_cursor_is_refused_in_one_line(environ, term):
    terminal = Terminal(environ | {"TERM": term}, "--demo")
    assert terminal.wait_for_exit_code() == 2
    assert terminal.seen.count(b"\n") == 1
    assert b"cannot show a full screen" in terminal.seen
    assert b"\x1b" not in terminal.seen


@pytest.mark.slow
@pytest.mark.parametrize("locale", [{"LANG": "C", "LC_ALL": "POSIX"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_locale_without_utf8_stops_nothing(environ, locale):
    terminal = Terminal(environ | locale, "--demo")
    terminal.read_until(SHOWN)
    terminal.type(CTRL_Q)
    assert terminal.wait_for_exit_code() == 0


@pytest.mark.slow
def test_twenty_by_five_and_a_storm_of_sizes_break_nothing(environ):
    terminal = Terminal(environ, "--demo", size=(20, 5))
    terminal.read_until("NAME")
    for turn in range(120):
        terminal.resize(1 + turn * 37 % 200, 1 + turn * 13 % 60)
    terminal.resize(100, 30)
    terminal.read_until(SHOWN)
    terminal.type(CTRL_Q)
    assert terminal.wait_for_exit_code() == 0
    assert terminal.is_restored()


@pytest.mark.slow
def test_only_escape_sequences_of_its_own_are_written(environ):
    terminal = Terminal(environ, "--demo")
    terminal.read_until(SHOWN)
    terminal.type("2l")
    terminal.read_until("log")
    terminal.type(CTRL_Q)
    assert terminal.wait_for_exit_code() == 0
    text = terminal.seen.decode()
    rest = re.sub(
        r"\x1b(\[[0-9;:?<>=!]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[PX^_].*?\x1b\\|[78=>M])", "", text
    )
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest), rest[:200]
