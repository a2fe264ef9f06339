"""Gives the focus at once."""

from __future__ import annotations

from textual.widget import Widget


def focus_now(widget: Widget) -> None:
    """Focus a widget before the next key is handled, which may have been typed already.

    ``Widget.focus`` does it later: a prompt that was opened meanwhile would lose the focus, and what is
    typed would run commands.
    """
    widget.screen.set_focus(widget)
