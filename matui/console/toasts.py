"""Keep notifications out of the lower part of the screen: followed lines and the status bar are there."""

from __future__ import annotations

from textual.screen import Screen
from textual.widget import Widget

_SHARE = 0.4  # of the height of the screen


def show_newest(screen: Screen[object]) -> None:
    """Show the newest notifications as far as they fit into the upper part of the screen, at least one.

    An older one that does not fit is hidden until it expires. Call it after a layout.
    """
    left = int(screen.size.height * _SHARE)
    is_full = False
    for number, toast in enumerate(reversed(screen.query("Toast"))):
        left -= toast.outer_size.height
        is_full = is_full or (number > 0 and left < 0)
        holder = toast.parent
        if isinstance(holder, Widget) and is_full and holder.display:
            holder.display = False
            screen.refresh()


def remove_empty(screen: Screen[object]) -> None:
    """Remove the containers of notifications that are gone: Textual keeps them."""
    for holder in screen.query("ToastHolder:empty"):
        if holder.is_mounted:  # else its notification is still to come
            holder.remove()
