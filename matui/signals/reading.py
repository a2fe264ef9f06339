"""The values of one line of a training log."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from matui.signals.names import Value


class LineReading(NamedTuple):
    """The values of one line.

    ``step`` counts steps from the start of the run, ``total`` is the last of them, and ``epochs`` the number
    of epochs of the run.
    """

    values: tuple[Value, ...]
    step: int | None = None
    total: int | None = None
    epochs: int | None = None

    @property
    def epoch(self) -> float | None:
        """The epoch that the line names, None where it names none."""
        for value in self.values:
            if value[0] == "epoch":
                return value[1]
        return None


class Shape(NamedTuple):
    """A format: a line of this shape holds at least one of ``words`` and one of ``hints``."""

    name: str
    words: tuple[str, ...]
    hints: tuple[str, ...]
    read: Callable[[str], LineReading | None]
