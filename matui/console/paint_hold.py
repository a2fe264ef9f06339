"""Delays the paint of an empty table by at most 50 ms, so that it is painted with its first rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

MAX_HOLD_S = 0.05


class PaintHold:
    """A batch of updates that stays open until the first rows, for at most 50 ms."""

    def __init__(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        self._call_later = call_later
        self._batch = ExitStack()

    def hold(self, batch: ExitStack) -> None:
        """Keep ``batch`` open; closes the one before."""
        self._batch.close()
        self._batch = batch
        self._call_later(MAX_HOLD_S, batch.close)

    def release(self) -> None:
        """Close the batch, which paints everything."""
        self._batch.close()
