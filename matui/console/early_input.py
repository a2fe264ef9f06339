"""Keeps input that comes before a profile is open; drops keys typed for a dialog that did not open."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.screen import Screen

_PROMPT_KEYS = ("colon", "slash")
_AT_ONCE = ("ctrl+c", "ctrl+q", "escape")  # these also take back what is held until a profile is open
_BURST_S = 0.5  # keys that follow each other faster are one burst
_UNSEEN_S = 1.0  # in which nobody has read why no dialog opens
_NO_PART_OF_A_NAME = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab"})


class EarlyInput:
    """Keys and pastes in their order, from the first that waits for a profile on.

    A command typed early must not be taken apart: its letters are keys of other commands.
    """

    def __init__(self) -> None:
        self._held: list[events.Event] = []

    def keep(self, event: events.Event, screen: Screen[None], *, is_open: bool) -> bool:
        """Return whether input waits for a profile, and keep it then; ``screen`` is that of the tables."""
        if isinstance(event, events.Key) and event.key in _AT_ONCE:
            self._held.clear()
        is_early = self._is_too_early(event, screen, is_open=is_open)
        if is_early:
            self._held.append(event)
        return is_early

    def take(self) -> list[events.Event]:
        """Return what has been kept, and keep nothing more of it."""
        held, self._held = self._held, []
        return held

    def _is_too_early(self, event: events.Event, screen: Screen[None], *, is_open: bool) -> bool:
        if (is_open and not self._held) or screen.app.screen is not screen:
            return False
        if not isinstance(event, events.Key):
            return bool(self._held) and isinstance(event, events.Paste)
        if event.key in _AT_ONCE:
            return False
        opens_prompt = event.key in _PROMPT_KEYS
        is_other = event.is_printable and event.key not in screen.active_bindings
        return bool(self._held) or opens_prompt or is_other


class TypedAhead:
    """Drops keys between ``hold`` and ``release``, and those that follow a dropped one without a pause.

    Once the answer is there, a key that is no part of a name is taken, and ``esc`` ends the dropping.
    Times of keys are monotonic seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._released_at = -inf
        self._dropped_at = -inf

    def hold(self) -> None:
        """Drop keys until ``release``."""
        self._released_at, self._dropped_at = inf, -inf

    def release(self) -> None:
        """Take keys typed from now on, once the burst that goes on has ended."""
        if self._released_at == inf:
            self._released_at = self._now()

    def refuse(self) -> None:
        """As ``release``, but a second later: a name that is typed at once is meant for the dialog."""
        if self._released_at == inf:
            self._released_at = self._now() + _UNSEEN_S

    def drops(self, key: str, typed_at: float) -> bool:
        """Return whether a key goes nowhere."""
        if key in _AT_ONCE and self._released_at < inf:
            self._released_at, self._dropped_at = -inf, -inf
        if key in _AT_ONCE or self._released_at == -inf:
            return False
        if key in _NO_PART_OF_A_NAME and self._released_at < inf:
            return False
        if typed_at < self._released_at or typed_at - self._dropped_at < _BURST_S:
            self._dropped_at = max(self._dropped_at, typed_at)
            return True
        return False
