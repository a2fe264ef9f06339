"""A prompt that filters or searches what its own screen shows."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.widget import Widget

from matui.console.bars.prompt import InputBar
from matui.console.messages import LineCancelled, LineChanged, LineSubmitted


class LocalPrompt(InputBar):
    """Calls ``change`` with the text typed, ``""`` when cancelled, and gives the focus back to ``body``."""

    def __init__(self, body: Widget, change: Callable[[str], None]) -> None:
        super().__init__()
        self._body = body
        self._change = change

    def clear(self) -> None:
        """Drop what was typed, and close."""
        self._change("")
        self._finish()

    def _finish(self) -> None:
        self.close()
        self._body.focus()
        self.release()

    @on(LineChanged)
    def _changed(self, event: LineChanged) -> None:
        event.stop()
        self._change(event.text)

    @on(LineSubmitted)
    def _submitted(self, event: LineSubmitted) -> None:
        event.stop()
        self._finish()

    @on(LineCancelled)
    def _cancelled(self, event: LineCancelled) -> None:
        event.stop()
        self.clear()
