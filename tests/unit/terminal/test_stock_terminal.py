"""On stock Textual's compositor and driver a real terminal shows the same screen."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pyte
import pytest

from matui.console.terminal.support import find_missing_parts
from tests.unit.terminal.terminal_rig import Terminal

_TABLE = Path(__file__).parents[2] / "bench" / "table_app.py"
_DOWN, _PAGE_DOWN = "\x1b[B", "\x1b[6~"
_QUIET_S = 1.0


def _show_screen(keys: list[str], **environ: str) -> tuple[list[list[object]], int]:
    """Return every cell with its looks once the keys have been handled, and the bytes written."""
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    base |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "truecolor"}
    base["PYTHONPATH"] = os.pathsep.join((str(_TABLE.parents[2]), *sys.path))
    terminal = Terminal(base | environ, program=(sys.executable, str(_TABLE), "200"))
    terminal.read_until("-train-1")
    for key in keys:
        terminal.type(key)
        _read_until_quiet(terminal)
    screen = pyte.Screen(100, 30)
    pyte.ByteStream(screen).feed(terminal.seen)
    terminal.type("\x11")
    assert terminal.wait_for_exit_code() == 0
    assert terminal.is_restored()
    looks = [
        [
            (cell.data, cell.fg if cell.data.strip() else "", cell.bg, cell.reverse)
            for cell in (screen.buffer[y][x] for x in range(100))
        ]
        for y in range(30)
    ]
    return looks, len(terminal.seen)


def _read_until_quiet(terminal: Terminal) -> None:
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < _QUIET_S:
        terminal.read(0.1)
        if len(terminal.seen) != seen:
            seen, since = len(terminal.seen), time.monotonic()


@pytest.mark.slow
def test_stock_output_shows_the_same_screen_with_more_bytes():
    keys = [_DOWN * 3, _PAGE_DOWN, "o", "R", _DOWN * 40, "n"]
    own, bytes_own = _show_screen(keys)
    stock, bytes_stock = _show_screen(keys, MATUI_STOCK_TERMINAL="1")
    assert stock == own
    assert bytes_stock > bytes_own or find_missing_parts() is not None
