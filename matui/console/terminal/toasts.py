"""Places the notifications of Textual where they cover nothing, and ends them before their time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.widget import Widget
from textual.widgets._toast import Toast, ToastRack

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

_SHARE = 0.4  # of the height of the screen, in lines that are free
_OWN_SHARE = 0.1  # of the height, in lines that are taken from the body


class ToastRoom(NamedTuple):
    """The place of notifications: the last lines of ``body``, of which ``free`` lines hold nothing."""

    body: Widget
    free: int


def end_toast(toast: Widget) -> None:
    """Remove a notification, from all that the application would show on another screen too."""
    if isinstance(toast, Toast):
        toast._expire()  # noqa: SLF001 - as its timer and a click do


def end_notification(app: App[Any], message: str) -> None:
    """Remove the notifications of a message, a moment later: one of this moment is still to be shown."""

    def end() -> None:
        for notification in [one for one in app._notifications if one.message == message]:  # noqa: SLF001
            app._unnotify(notification)  # noqa: SLF001

    app.call_later(end)


def drop_repeated(app: App[Any], message: str) -> None:
    """Remove the notifications of a message that is about to be shown again."""
    for notification in [one for one in app._notifications if one.message == message]:  # noqa: SLF001
        app._unnotify(notification, refresh=False)  # noqa: SLF001 - refreshed with the new one


def place_toasts(screen: Screen[Any], room: ToastRoom | None) -> bool:
    """Show the newest notifications in what is free of the room; without, the newest get lines of the body.

    Older ones that do not fit are ended: each takes three tasks. Without a room, over a dialog, those that do
    not fit below it are hidden; they are shown after it. Return whether there are any.
    """
    rack = next(iter(screen.query(ToastRack)), None)
    if rack is None:
        return False
    shown = (
        [toast for toast in reversed(rack.query(Toast)) if toast.outer_size.height] if rack.display else []
    )
    if room is None:
        _hide_over_dialog(screen, rack, shown)
        return bool(shown)
    heights = [toast.outer_size.height for toast in shown]
    own_lines = room.body.styles.margin.bottom
    free = room.free + own_lines if room.free else 0
    height = screen.size.height
    left = max(min(free, int(height * _SHARE)), int(height * _OWN_SHARE), *heights[:1])
    taken = 0
    for toast, lines in zip(shown, heights, strict=True):
        if taken + lines > left:
            left = 0  # nor do those that are older
            _end(toast)
        else:
            taken += lines
    _set_margin(room.body, 0 if taken <= free else taken)
    _set_margin(rack, height - room.body.region.bottom - own_lines)
    return bool(shown)


def _end(toast: Toast) -> None:
    holder = toast.parent
    if isinstance(holder, Widget) and holder.display:
        holder.display = False
        end_toast(toast)


def _hide_over_dialog(screen: Screen[Any], rack: ToastRack, toasts: list[Toast]) -> None:
    lowest = max((one.region.bottom for one in screen.children if one is not rack), default=0)
    left = screen.size.height - rack.styles.margin.bottom - lowest
    for toast in toasts:
        left -= toast.outer_size.height
        toast.visible = left >= 0


def _set_margin(widget: Widget, bottom: int) -> None:
    margin = widget.styles.margin
    if margin.bottom != bottom:
        widget.styles.margin = (margin.top, margin.right, bottom, margin.left)
