"""Notices: limited where many come at once, kept off followed lines; a wrong clock once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import Widget

from matui.base.clock import format_skew_hint
from matui.base.errors import MatuiError
from matui.base.sanitize import clean
from matui.console.terminal.app import DiffApp
from matui.console.terminal.clipboard import notification
from matui.console.terminal.toasts import end_toast

if TYPE_CHECKING:
    from textual.app import App

    from matui.clouds.protocols import Cloud

_LONGEST = 200  # characters
_FLASH_S = 60.0
_SHOWN_AT_ONCE = 2
_SHOWN_S = 15.0
_MORE_EVERY_S = 120.0
MORE_FINDINGS = "More jobs have findings in their logs; triage lists them."
MORE_CAPSULES = "There is more to say of capsules; :capsules lists those that are saved."
_SHARE = 0.4  # of the height of the screen


class TerminalAnnouncer:
    """Announces on the terminal of an application."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app

    def ring(self) -> None:
        """Ring the bell."""
        self._app.bell()

    def notify_terminal(self, title: str, words: str) -> None:
        """Request a desktop notification from the terminal, through tmux and screen too."""
        if isinstance(self._app, DiffApp):
            self._app.write_raw(notification(title, clean(words)[:_LONGEST], os.environ))

    def flash(self, words: str) -> None:
        """Show a notice for a minute, whatever screen is open."""
        self._app.notify(clean(words)[:_LONGEST], severity="warning", timeout=_FLASH_S, markup=False)

    def warn(self, words: str) -> None:
        """Show a warning."""
        self._app.notify(clean(words), severity="warning", timeout=15, markup=False)


class LimitedNotices:
    """Passes notices to ``show``; beyond two in 15 s it shows ``more`` instead, every two minutes."""

    def __init__(self, show: Callable[[str], None], more: str) -> None:
        self._show = show
        self._more = more
        self._shown_at: deque[float] = deque(maxlen=_SHOWN_AT_ONCE)
        self._more_at = -inf

    def add(self, words: str, now_s: float) -> None:
        """Show a notice at a monotonic time in seconds."""
        while self._shown_at and now_s - self._shown_at[0] >= _SHOWN_S:
            self._shown_at.popleft()
        if len(self._shown_at) < _SHOWN_AT_ONCE:
            self._show(words)
            self._shown_at.append(now_s)
        elif now_s - self._more_at >= _MORE_EVERY_S:
            self._show(self._more)
            self._more_at = now_s


def show_newest(screen: Screen[object]) -> None:
    """Show the newest notifications that fit into the upper part of the screen, at least one.

    An older one that does not fit is ended: each takes three tasks. Call it after a layout.
    """
    left = int(screen.size.height * _SHARE)
    is_full = False
    for number, toast in enumerate(reversed(screen.query("Toast"))):
        left -= toast.outer_size.height
        is_full = is_full or (number > 0 and left < 0)
        holder = toast.parent
        if isinstance(holder, Widget) and is_full and holder.display:
            holder.display = False
            end_toast(toast)
            screen.refresh()


def remove_empty(screen: Screen[object]) -> None:
    """Remove the containers of notifications that are gone: Textual keeps them."""
    for holder in screen.query("ToastHolder:empty"):
        if holder.is_mounted:  # else its notification is still to come
            holder.remove()


class ClockNotice:
    """Remembers the profiles that have been reported; the status bar shows the skew as long as it lasts."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def check(self, cloud: Cloud, show_notice: Callable[[str], None]) -> MatuiError | None:
        """Return a wrong clock as an error the first time that the answers of a profile show it."""
        from matui.clouds.protocols import clock_offset_s

        hint = format_skew_hint(clock_offset_s(cloud))
        if not hint or cloud.profile in self._said:
            return None
        if not self._said:
            show_notice(hint)
        self._said.add(cloud.profile)
        return MatuiError(hint)
