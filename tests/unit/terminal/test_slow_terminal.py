"""A real terminal that answers late, or never: nothing of its answers reaches the shell or a key."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

import pytest

_APP = """
import sys
from textual.widgets import Static
from textual.app import App
from matui.console.terminal.driver import PacedDriver
from matui.console.terminal.screen import DiffScreen

class Small(App):
    def get_driver_class(self): return PacedDriver
    def get_default_screen(self): return DiffScreen(id="_default")
    def compose(self): yield Static("ready" + " words" * 300)
    def post_display_hook(self): self._driver.probe()
    def on_key(self, event): self.exit(event.key)

print("left with", Small().run(), flush=True)
sys.stdin.readline()
"""


def _run(answers_after: float | None) -> tuple[str, str]:
    """Run the application on a terminal, press a key; returns what it printed and what came too late."""
    master, slave = pty.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "SSH_CONNECTION": "here"}
    process = subprocess.Popen(
        [sys.executable, "-c", _APP], stdin=slave, stdout=slave, stderr=slave, env=environ
    )
    os.close(slave)
    shown, due, pressed, deadline = b"", list[float](), False, time.monotonic() + 20
    while b"left with k" not in shown and time.monotonic() < deadline:
        if select.select([master], [], [], 0.02)[0]:
            data = os.read(master, 65536)
            shown += data
            due += [time.monotonic() + (answers_after or 0)] * data.count(b"\x1b[6n")
        if not pressed and b"ready" in shown and b"\x1b[6n" in shown:
            os.write(master, b"k")
            pressed = True
        while answers_after is not None and due and due[0] <= time.monotonic():
            os.write(master, b"\x1b[3;7R")
            due.pop(0)
    left = "".join("\x1b[3;7R" for _ in due) if answers_after is not None else ""
    process.kill()
    process.wait()
    os.close(master)
    return shown.decode("utf-8", "replace"), left


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.0, 0.5, None])
def test_an_answer_is_no_key_and_none_is_left_for_the_shell(after: float | None) -> None:
    shown, left = _run(after)
    assert "left with k" in shown
    assert left == ""
