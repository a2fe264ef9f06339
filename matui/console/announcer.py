"""Announces changes by the terminal: bell, desktop notification, and a notice in the console."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from matui.base.sanitize import clean
from matui.console.terminal.app import DiffApp
from matui.console.terminal.clipboard import notification

if TYPE_CHECKING:
    from textual.app import App

_LONGEST = 200  # characters
_FLASH_S = 60.0


class TerminalAnnouncer:
    """Announces on the terminal of an application."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app

    def ring(self) -> None:
        """Ring the bell."""
        self._app.bell()

    def notify_terminal(self, title: str, words: str) -> None:
        """Ask the terminal for a desktop notification, through tmux and screen too."""
        if isinstance(self._app, DiffApp):
            self._app.write_raw(notification(title, clean(words)[:_LONGEST], os.environ))

    def flash(self, words: str) -> None:
        """Show a notice for a minute, whatever screen is open."""
        self._app.notify(clean(words)[:_LONGEST], severity="warning", timeout=_FLASH_S, markup=False)

    def warn(self, words: str) -> None:
        """Show a warning."""
        self._app.notify(clean(words), severity="warning", timeout=15, markup=False)
