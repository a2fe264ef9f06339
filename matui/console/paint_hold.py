"""Holds back the paint of an empty table for a moment, so that it is painted with its first rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

LONGEST_S = 0.05


class PaintHold:
    """A batch of updates kept open until the first rows, for at most 50 ms."""

    def __init__(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        self._call_later = call_later
        self._batch = ExitStack()

    def hold(self, batch: ExitStack) -> None:
        """Keep ``batch`` open instead of the one before."""
        self._batch.close()
        self._batch = batch
        self._call_later(LONGEST_S, batch.close)

    def release(self) -> None:
        """Let everything be painted."""
        self._batch.close()
