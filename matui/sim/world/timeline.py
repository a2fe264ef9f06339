"""The states that a resource passes through, with times fixed in advance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

S = TypeVar("S")


class Timeline(Generic[S]):
    """Steps ``(ms since the epoch, state)`` in ascending order of time.

    The current state is that of the last step reached, so no task has to run. Actions replace future steps.
    """

    __slots__ = ("steps",)

    def __init__(self, steps: Iterable[tuple[int, S]]) -> None:
        self.steps = list(steps)

    def find_state_at(self, now: int) -> S:
        """Return the state at ``now`` (ms), the first state for a time before the first step."""
        return self._find_step_at(now)[1]

    def find_entry_time(self, now: int) -> int:
        """Return the time (ms) at which the state at ``now`` was entered."""
        return self._find_step_at(now)[0]

    def find_last_entry(self, *states: S) -> int | None:
        """Return the time (ms) of the last step, past or future, into one of ``states``, or None."""
        return next((at for at, state in reversed(self.steps) if state in states), None)

    def replan(self, now: int, *steps: tuple[float, S]) -> None:
        """Replace the steps after ``now`` by ``steps``, pairs of seconds after ``now`` and state."""
        self.steps = [step for step in self.steps if step[0] <= now]
        self.steps += [(now + round(seconds * 1000), state) for seconds, state in steps]

    def _find_step_at(self, now: int) -> tuple[int, S]:
        steps = self.steps
        if now >= steps[-1][0]:
            return steps[-1]
        return next((step for step in reversed(steps) if step[0] <= now), steps[0])
