"""Where a copied text goes, in tmux, in GNU screen and without them."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from matui.base.redaction.known import remember_secret
from matui.console.terminal.app import DiffApp
from matui.console.terminal.clipboard import (
    TmuxCopy,
    build_clipboard_sequences,
    build_notification,
    describe_clipboard,
    has_clipboard,
    load_tmux_buffer,
)


def write_tmux(folder: Path, script: str) -> dict[str, str]:
    """Return an environment whose ``tmux`` is a shell script."""
    program = folder / "tmux"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"TMUX": "/tmp/tmux-0/default,1,0", "PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.fixture
def own_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a folder in front of the search path."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


async def test_tmux_is_given_the_text_for_its_buffer_and_the_clipboard(own_path: Path) -> None:
    environ = write_tmux(own_path, f'echo "$*" >> {own_path}/args; cat >> {own_path}/text')
    assert await load_tmux_buffer("job-1\njöb-2", environ) == TmuxCopy()
    assert (own_path / "args").read_text().startswith("load-buffer -w -\n")
    assert (own_path / "text").read_text() == "job-1\njöb-2"


async def test_tmux_has_the_environment_without_credentials(own_path: Path) -> None:
    remember_secret("planted-sk-0123456789")
    environ = write_tmux(own_path, f"env >> {own_path}/env") | {"OWN_SK": "planted-sk-0123456789"}
    await load_tmux_buffer("job-1", environ)
    text = (own_path / "env").read_text()
    assert "TMUX=" in text
    assert "planted" not in text


async def test_a_tmux_that_does_not_know_the_option_is_given_the_buffer_alone(own_path: Path) -> None:
    environ = write_tmux(own_path, f'[ "$2" = -w ] && exit 1; cat > {own_path}/text')
    tmux = await load_tmux_buffer("job-1", environ)
    assert tmux == TmuxCopy(passes_on=False)
    assert "tmux knows no clipboard" in describe_clipboard(environ, tmux)
    assert (own_path / "text").read_text() == "job-1"


async def test_the_reason_of_tmux_is_reported(own_path: Path) -> None:
    environ = write_tmux(own_path, 'echo "no server running" >&2; exit 1')
    tmux = await load_tmux_buffer("job-1", environ)
    assert tmux.failure == "no server running"
    assert describe_clipboard(environ, tmux).endswith("not to tmux: no server running")


@pytest.mark.parametrize(
    ("own", "passes_on"), [("(string) \\\\033]52;%p1%s;%p2%s\\\\a", True), ("[missing]", False)]
)
async def test_a_terminal_whose_clipboard_tmux_does_not_know_is_not_said_to_have_it(
    own_path: Path, own: str, passes_on: bool
) -> None:
    other = "[missing]" if passes_on else "(string) x"
    capabilities = (
        f"Terminal 0: xterm for /dev/pts/1, flags=0x20:\\n 192: Ms: {other}\\n\\n"
        f"Terminal 1: linux for /dev/pts/2, flags=0x20:\\n 192: Ms: {own}\\n"
    )
    environ = write_tmux(
        own_path, f"""[ "$1" = display-message ] && printf '/dev/pts/2\\n{capabilities}'; exit 0"""
    )
    tmux = await load_tmux_buffer("job-1", environ)
    assert tmux == TmuxCopy(passes_on=passes_on)
    assert ("terminal's clipboard" in describe_clipboard(environ, tmux)) is passes_on


@pytest.mark.parametrize(("own", "outer"), [("tmux-256color", "tmux"), ("screen", "screen"), ("xterm", "")])
async def test_an_outer_multiplexer_that_may_drop_the_text_is_named(
    own_path: Path, own: str, outer: str
) -> None:
    listed = (
        "Terminal 0: tmux for /dev/pts/1, flags=0x20:\\n 192: Ms: (string) x\\n\\n"
        f"Terminal 1: {own} for /dev/pts/2, flags=0x20:\\n 192: Ms: (string) x\\n"
    )
    environ = write_tmux(
        own_path, f"""[ "$1" = display-message ] && printf '/dev/pts/2\\n{listed}'; exit 0"""
    )
    tmux = await load_tmux_buffer("job-1", environ)
    assert tmux == TmuxCopy(outer=outer)
    assert ("may keep it" in describe_clipboard(environ, tmux)) is bool(outer)


@pytest.mark.parametrize(
    ("environ", "has"),
    [({"TERM": "linux"}, False), ({"TERM": "linux", "TMUX": "x"}, True), ({"TERM": "xterm-256color"}, True)],
)
def test_a_terminal_without_a_clipboard_is_known(environ: dict[str, str], has: bool) -> None:
    assert has_clipboard(environ) is has


async def test_outside_tmux_nothing_is_run(own_path: Path) -> None:
    write_tmux(own_path, f"touch {own_path}/ran")
    assert await load_tmux_buffer("job-1", {}) == TmuxCopy()
    assert not (own_path / "ran").exists()


def test_it_says_where_the_text_went() -> None:
    assert describe_clipboard({}) == "the terminal's clipboard (OSC 52)"
    assert describe_clipboard({"TMUX": "x"}) == "the tmux buffer and the terminal's clipboard"


def test_the_sequence_passes_through_tmux_and_screen() -> None:
    data = base64.b64encode(b"id").decode()
    assert build_clipboard_sequences("id", {}) == [f"\x1b]52;c;{data}\a"]
    assert build_clipboard_sequences("id", {"TMUX": "x"})[1].startswith("\x1bPtmux;\x1b\x1b]52;")
    assert build_clipboard_sequences("id", {"STY": "x"}) == [f"\x1bP\x1b]52;c;{data}\a\x1b\\"]


@pytest.mark.parametrize("term", ["xterm-256color", "foot"])
def test_a_notification_passes_through_tmux_and_screen(term: str) -> None:
    plain = build_notification("matui", "job t: FAILED", {"TERM": term})
    in_tmux = build_notification("matui", "job t: FAILED", {"TERM": term, "TMUX": "x"})
    in_screen = build_notification("matui", "job t: FAILED" * 40, {"TERM": term, "STY": "x"})
    assert in_tmux == "\x1bPtmux;\x1b" + plain + "\x1b\\"
    parts = in_screen.split("\x1b\\")[:-1]
    assert all(part.startswith("\x1bP") and len(part) < 256 for part in parts)
    long = build_notification("matui", "job t: FAILED" * 40, {"TERM": term})
    assert "".join(part.removeprefix("\x1bP") for part in parts) == long


def test_screen_gets_ascii_alone_as_it_passes_each_character_as_one_byte() -> None:
    words = "job \u011b\u0107模: RUNNING → FAILED…"  # U+011B and U+0107 became ESC and BEL
    assert (
        build_notification("matui", words, {"STY": "x"})
        == "\x1bP\x1b]9;matui: job ???: RUNNING -> FAILED...\a\x1b\\"
    )
    assert "模: RUNNING → FAILED" in build_notification("matui", words, {"TMUX": "x", "STY": "x"})


def test_nothing_is_written_to_a_terminal_that_has_no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old kernel prints what follows the beginning of a sequence that it does not know."""
    monkeypatch.delenv("TMUX", raising=False)
    app, written = DiffApp[int](), list[str]()
    monkeypatch.setattr(app, "write_raw", written.append)
    for term, count in (("linux", 0), ("xterm-256color", 1)):
        monkeypatch.setenv("TERM", term)
        app.copy_to_clipboard("job-1")
        assert (app.clipboard, len(written)) == ("job-1", count)
