"""Textual's driver of a terminal, with a count of what goes out and a question after how far it has got."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from textual import events
from textual.drivers.linux_driver import LinuxDriver

from matui.console.output_pace import QUESTION, OutputPace

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

_LAST_ANSWER_S = 1.5
_LOOK_S = 0.01


class PacedDriver(LinuxDriver):
    """Writes as LinuxDriver does; ``pace`` says how much more the line can take."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        remote = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
        self.pace = OutputPace(time.monotonic, remote=remote)
        self._questions = self._answers = 0

    def write(self, data: str) -> None:
        """Write and count."""
        self.pace.wrote(len(data) if data.isascii() else len(data.encode("utf-8", "replace")))
        super().write(data)

    def ask(self) -> None:
        """Ask the terminal how far it has read, where that is worth its bytes."""
        if self.pace.asks and self.input_tty:
            self.write(QUESTION)
            self.pace.asked()
            self._questions += 1

    def process_message(self, message: Message) -> None:
        """Count the answers as they come, in the thread that reads keys."""
        if isinstance(message, events.CursorPosition):
            self._answers += 1
        super().process_message(message)

    def stop_application_mode(self) -> None:
        """Give the terminal back, once what it was asked is answered: the shell must not get to read that."""
        until = time.monotonic() + _LAST_ANSWER_S
        while self._answers < self._questions and not self.pace.mute and time.monotonic() < until:
            time.sleep(_LOOK_S)
        self._questions = self._answers = 0
        super().stop_application_mode()
