"""Copies text, and reports where it went."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from matui.base.formatting import pluralize
from matui.console.terminal.clipboard import describe_clipboard, load_tmux_buffer

if TYPE_CHECKING:
    from textual.app import App


def copy(app: App[Any], text: str, what: str) -> None:
    """Copy ``text`` and show that ``what`` was copied, and to where."""
    app.copy_to_clipboard(text)

    async def report() -> None:
        failure = await load_tmux_buffer(text, os.environ)
        where = describe_clipboard(os.environ, failure)
        severity = "warning" if failure else "information"
        app.notify(f"Copied {what} to {where}.", severity=severity, markup=False)  # type: ignore[arg-type]

    app.run_worker(report(), group="copy")


def count_lines(text: str) -> str:
    """Return how many lines a text has: ``3 lines``."""
    count = text.count("\n") + 1
    return pluralize(count, "line")
