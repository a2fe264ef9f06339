"""Two presses of ctrl+c, one soon after the other, quit."""

from __future__ import annotations

from collections.abc import Callable

INTERRUPT_S = 2.0  # between the two presses


class InterruptKey:
    """Whether ctrl+c was pressed a moment ago, and no other key since."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pressed_at: float | None = None

    def press(self) -> bool:
        """Take note of a press; return whether it is the second within two seconds."""
        now, before = self._monotonic(), self._pressed_at
        if before is not None and now - before <= INTERRUPT_S:
            return True
        self._pressed_at = now
        return False

    def forget(self) -> None:
        """Take note that another key was pressed."""
        self._pressed_at = None
