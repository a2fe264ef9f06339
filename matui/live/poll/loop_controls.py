"""Pause, visibility and focus of polling loops, passed from the console down to each loop."""

from __future__ import annotations

from typing import Protocol


class Controlled(Protocol):
    """A loop that obeys controls."""

    def trigger(self) -> None:
        """Fetch as soon as possible."""

    def apply_controls(self) -> None:
        """Apply a changed pace or pause."""


class LoopControls:
    """Pause, visibility and focus of every loop below.

    A loop is paused, hidden or out of focus when its own controls or any of their parents are.
    """

    def __init__(self, parent: LoopControls | None = None) -> None:
        self._parent = parent
        self._loops: dict[Controlled, None] = {}
        self._pauses = 0
        self._hidden = False
        self._blurred = False
        self._yielding = False
        self._profiles = 1

    @property
    def paused(self) -> bool:
        """Whether no request is made unless triggered."""
        return self._pauses > 0 or (self._parent is not None and self._parent.paused)

    def pause(self) -> None:
        """Make no request until resumed as many times as paused; ``trigger`` still fetches once."""
        self._pauses += 1
        if self._pauses == 1:
            self._notify()

    def resume(self) -> None:
        """Undo one pause. A loop that fell due in between fetches at once."""
        if self._pauses == 0:
            return
        self._pauses -= 1
        if self._pauses == 0:
            self._notify()

    @property
    def hidden(self) -> bool:
        """Whether the view is not shown: polled at a quarter of the pace."""
        return self._hidden or (self._parent is not None and self._parent.hidden)

    @hidden.setter
    def hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        self._notify()

    @property
    def blurred(self) -> bool:
        """Whether the terminal has lost the focus: polled at a quarter of the pace."""
        return self._blurred or (self._parent is not None and self._parent.blurred)

    @blurred.setter
    def blurred(self, blurred: bool) -> None:
        self._blurred = blurred
        self._notify()

    @property
    def yielding(self) -> bool:
        """Whether the request budget is small and left to what the screen lacks: polled at an eighth."""
        return self._yielding or (self._parent is not None and self._parent.yielding)

    @yielding.setter
    def yielding(self, yielding: bool) -> None:
        if yielding != self._yielding:
            self._yielding = yielding
            self._notify()

    @property
    def profiles(self) -> int:
        """The number of profiles that are polled side by side."""
        return max(self._profiles, self._parent.profiles if self._parent is not None else 1)

    @profiles.setter
    def profiles(self, count: int) -> None:
        self._profiles = count
        self._notify()

    def trigger(self) -> None:
        """Fetch in every running loop below as soon as possible, paused or not."""
        for loop in tuple(self._loops):
            loop.trigger()

    def attach(self, loop: Controlled) -> None:
        """Register a loop with these controls and their parents."""
        self._loops[loop] = None
        if self._parent is not None:
            self._parent.attach(loop)

    def detach(self, loop: Controlled) -> None:
        """Unregister a loop."""
        self._loops.pop(loop, None)
        if self._parent is not None:
            self._parent.detach(loop)

    def _notify(self) -> None:
        for loop in tuple(self._loops):
            loop.apply_controls()
