"""How many bytes a second go to the terminal, as a mean over some seconds and in steps. Pure."""

from __future__ import annotations

from collections import deque

_MEAN_S = 10.0
_STEPS = (1, 2, 5)


class LineRate:
    """Give it, every now and then, the bytes written so far and the time in monotonic seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def take(self, now: float, written: int) -> None:
        """Note how many bytes have been written."""
        self._samples.append((now, written))
        while len(self._samples) > 2 and self._samples[1][0] <= now - _MEAN_S:
            self._samples.popleft()

    @property
    def words(self) -> str:
        """The rate as words that seldom change, for they are bytes on the line themselves."""
        if len(self._samples) < 2:
            return "… B/s"
        (began, before), (now, written) = self._samples[0], self._samples[-1]
        rate = (written - before) / max(now - began, 0.1)
        step = next(
            (ten * n for ten in (10, 100, 1000, 10_000, 100_000) for n in _STEPS if rate <= ten * n), 0
        )
        if not step:
            return "> 500 kB/s"
        return f"≤ {step} B/s" if step < 1000 else f"≤ {step // 1000} kB/s"
