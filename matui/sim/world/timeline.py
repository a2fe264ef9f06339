"""The states a resource passes through, as moments fixed in advance: reading the time is all it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

S = TypeVar("S")


class Life(Generic[S]):
    """Steps ``(ms since the epoch, state)`` in order; the state at a moment is the last step reached.

    Nothing runs between two readings. An action rewrites the steps that lie ahead.
    """

    __slots__ = ("steps",)

    def __init__(self, steps: Iterable[tuple[int, S]]) -> None:
        self.steps = list(steps)

    def at(self, now: int) -> S:
        """Return the state at ``now`` (ms); before the first step, the first state."""
        return self._step(now)[1]

    def since(self, now: int) -> int:
        """Return when the state at ``now`` began, in ms."""
        return self._step(now)[0]

    def began(self, *states: S) -> int | None:
        """Return the moment of the last step, past or ahead, into one of ``states``, or None."""
        return next((at for at, state in reversed(self.steps) if state in states), None)

    def turn(self, now: int, *ahead: tuple[float, S]) -> None:
        """Drop what lay ahead of ``now`` and plan ``ahead``: pairs of seconds from now and state."""
        self.steps = [step for step in self.steps if step[0] <= now]
        self.steps += [(now + round(seconds * 1000), state) for seconds, state in ahead]

    def _step(self, now: int) -> tuple[int, S]:
        steps = self.steps
        if now >= steps[-1][0]:
            return steps[-1]
        return next((step for step in reversed(steps) if step[0] <= now), steps[0])
