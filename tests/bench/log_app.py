"""A log view on a growing file, to measure: ``log_app.py FILE``.

Keys: ``f`` follow, ``W`` wrap, ``E`` next error, ``n``/``N`` next and previous match of ``request 7``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from textual.app import ComposeResult
from textual.binding import Binding

from matui.console.logs.view import LogView
from matui.console.terminal.app import DiffApp
from matui.console.terminal.screen import DiffScreen
from matui.console.themes import DEFAULT_THEME, load_themes
from matui.live.logs.line_store import LogStore
from matui.live.logs.page_store import DiskSpill, PageRef

CHUNK = 4 * 1024 * 1024  # bytes of the file taken in at once
PAGE = 500


class FileLines:
    """The lines of a file in the store of the log pane, beyond memory on the disk."""

    def __init__(self, file: BinaryIO, folder: Path) -> None:
        self.file = file
        self.store = LogStore(spill=DiskSpill(folder))
        self.rest = b""

    def read(self) -> bool:
        """Take what was appended; whether there was anything."""
        data = self.file.read(CHUNK)
        if not data:
            return False
        *whole, self.rest = (self.rest + data).split(b"\n")
        for begin in range(0, len(whole), PAGE):
            lines = [line.decode("utf-8", "replace") for line in whole[begin : begin + PAGE]]
            self.store.append(lines, PageRef(str(begin)))
        return bool(whole)


class LogApp(DiffApp[None]):
    """The log alone on the screen."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012 - Textual reads it from the class
        Binding("f", "follow"),
        Binding("W", "wrap"),
        Binding("E", "error"),
        Binding("slash", "search"),
        Binding("n", "match(1)"),
        Binding("N", "match(-1)"),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = FileLines(path.open("rb"), Path(tempfile.gettempdir()))
        self.view = LogView(self.source.store)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return load_themes()[0][0].variables

    def get_default_screen(self) -> DiffScreen[None]:
        return DiffScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        for theme in load_themes()[0]:
            self.register_theme(theme)
        self.theme = os.environ.get("MATUI_THEME", DEFAULT_THEME)
        self.view.focus()
        self.read()
        self.set_interval(0.02, self.read)

    def read(self) -> None:
        if self.source.read():
            self.view.note_new_lines()

    def action_follow(self) -> None:
        self.view.action_follow()

    def action_wrap(self) -> None:
        self.view.wrap = not self.view.wrap

    def action_error(self) -> None:
        self.view.errors.go_to_next()

    def action_search(self) -> None:
        self.view.matches.look_for("request 7")

    def action_match(self, by: int) -> None:
        if by > 0:
            self.view.matches.go_to_next()
        else:
            self.view.matches.go_to_previous()


if __name__ == "__main__":
    LogApp(Path(sys.argv[1])).run()
