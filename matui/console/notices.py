"""Notices: several of one kind as one; a wrong clock once."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile
from math import inf
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from matui.base.clock import format_skew_hint
from matui.base.errors import MatuiError
from matui.base.text.sanitize import clean
from matui.console.terminal.app import DiffApp
from matui.console.terminal.clipboard import build_notification
from matui.console.terminal.toasts import end_notification

if TYPE_CHECKING:
    from textual.app import App

    from matui.clouds.protocols import Cloud

_LONGEST = 200  # characters
_LONGEST_JOINED = 240
_FLASH_S = 60.0
_NAMED = 3
_MORE_EVERY_S = 120.0
NOTICE_S = 15.0
MORE_FINDINGS = "Triage lists all findings."
MORE_CAPSULES = ":capsules lists what is saved."
MORE_CHANGES = ":changes lists all."


class TerminalAnnouncer:
    """Announces on the terminal of an application."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._changes = GroupedNotices(self._show_change, partial(end_notification, app), MORE_CHANGES)

    def ring(self) -> None:
        """Ring the bell."""
        self._app.bell()

    def notify_terminal(self, title: str, words: str) -> None:
        """Request a desktop notification from the terminal, through tmux and screen too."""
        if isinstance(self._app, DiffApp):
            self._app.write_raw(build_notification(title, shorten(words), os.environ))

    def flash(self, words: str) -> None:
        """Show a notice for a minute, whatever screen is open."""
        self._changes.add(shorten(words), time.monotonic(), _FLASH_S)

    def end(self, words: str) -> None:
        """Remove a warning."""
        end_notification(self._app, clean(words))

    def _show_change(self, words: str) -> None:
        self._app.notify(words, severity="warning", timeout=_FLASH_S, markup=False)

    def warn(self, words: str) -> None:
        """Show a warning."""
        self._app.notify(clean(words), severity="warning", timeout=NOTICE_S, markup=False)


class GroupedNotices:
    """Shows the notices of one kind as one: a newer one is added to what is shown.

    ``show`` shows a text, ``end`` removes one that is shown. At most three are named; beyond them the notice
    states that there are more with ``more``, and for two minutes nothing else is shown.
    """

    def __init__(self, show: Callable[[str], None], end: Callable[[str], None], more: str) -> None:
        self._show = show
        self._end = end
        self._more = more
        self._recent: list[tuple[float, str]] = []
        self._shown = ""
        self._quiet_until = -inf

    def add(self, words: str, now_s: float, lasting_s: float = NOTICE_S) -> None:
        """Show a notice at a monotonic time in seconds, with those of the last ``lasting_s``."""
        if now_s < self._quiet_until:
            return
        self._recent = [one for one in self._recent if now_s - one[0] < lasting_s and one[1] != words]
        if self._recent:
            self._end(self._shown)
        self._recent.append((now_s, words))
        if len(self._recent) > _NAMED:
            self._quiet_until = now_s + _MORE_EVERY_S
        self._shown = join_notices([one for _at, one in self._recent], self._more)
        self._show(self._shown)


def join_notices(notices: Sequence[str], more: str) -> str:
    """Return notices as one, with the words that all begin and end with only once.

    Three are named, or fewer where they are long; then ``more`` states where the others are.
    """
    if len(notices) == 1:
        return notices[0]
    joined = ""
    for count in range(min(_NAMED, len(notices)), 0, -1):
        rest = len(notices) - count
        others = "" if not rest else "more" if len(notices) > _NAMED else f"{rest} more"
        joined = _join(notices[:count], others, more)
        if len(joined) <= _LONGEST_JOINED:
            break
    return joined


def _join(notices: Sequence[str], others: str, more: str) -> str:
    named = [notice.split() for notice in notices]
    start = _count_common(named) if len(named) > 1 else 0
    end = _count_common([words[start:][::-1] for words in named]) if len(named) > 1 else 0
    middles = [" ".join(words[start : len(words) - end]).rstrip(".:") for words in named]
    ending = " ".join(named[0][len(named[0]) - end :])
    has_ending = bool(ending) and not (others and ending in more)
    if others:
        middles[-1] += f" and {others}" if has_ending else f"; and {others}"
    joined = " ".join([*named[0][:start], "; ".join(middles)])
    if has_ending:
        joined = f"{joined}: {ending}"
    if others:
        return f"{joined.rstrip('.')}. {more}"
    return joined if has_ending else f"{joined}."


def shorten(words: str) -> str:
    """Return words of at most 200 characters on one line, cut between two words."""
    line = clean(words)
    cut = textwrap.shorten(line, _LONGEST, placeholder=" …") if len(line) > _LONGEST else line
    return cut if len(cut) > _LONGEST // 2 or cut == line else f"{line[: _LONGEST - 1]}…"


def _count_common(texts: Sequence[Sequence[str]]) -> int:
    """Return with how many words all of the texts begin."""
    return sum(1 for _words in takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False)))


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
        from matui.clouds.protocols import get_clock_offset_s

        hint = format_skew_hint(get_clock_offset_s(cloud))
        if not hint or cloud.profile in self._said:
            return None
        if not self._said:
            show_notice(hint)
        self._said.add(cloud.profile)
        return MatuiError(hint)
