"""Ends notifications of Textual before their time."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets._toast import Toast


def end_toast(toast: Widget) -> None:
    """Remove a notification, from all that the application would show on another screen too."""
    if isinstance(toast, Toast):
        toast._expire()  # noqa: SLF001 - as its timer and a click do
