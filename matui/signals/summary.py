"""The summary of a training: its main loss, the trend of a series, its pace, values as JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import NamedTuple

# The losses of GANs and of BasicSR have names without the word: D_A, G_GAN, l_pix.
_LOSS = re.compile(
    r"(?!(?:eval|evaluation|val|valid|validation|test|best)(?:[\W_]|\Z)|loss_?scal)"
    r"(?:.*loss\d?|(?:.*[/._])?loss[/_].+|l_\w+|[DG]_(?:A|B|GAN|L1|real|fake))",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"total|overall|(?:^|_)all(?:_|$)", re.IGNORECASE)
TREND_POINTS = 50
_FLAT = 0.01  # of the greater of the two means
_RECENT = 50
_REMEMBERED = 200
_MAX_SPREAD = 0.5  # of the median interval; above it the pace is irregular
LEAST_SPANS = 3
_LEAST_REPEATS = 2
_BYTES_OF_STEP = 130
_TIMED_SHARE = 4  # a log has times where at least each fourth of its steps has a later one


def find_main_loss(names: Iterable[str]) -> str | None:
    """Return ``loss``, else the first total among the losses of a training, else its first loss.

    Returns None where no name is that of a loss; the losses of validations are left out.
    """
    losses = [name for name in names if _LOSS.fullmatch(name)]
    if "loss" in losses:
        return "loss"
    return next(filter(_TOTAL.search, losses), losses[0] if losses else None)


def find_trend(values: Sequence[float]) -> str:
    """Return ``↓``, ``↑`` or ``→``: the newer half of the last 50 values against the older half."""
    finite = [value for value in values[-TREND_POINTS:] if isfinite(value)]
    if len(finite) < 4:
        return ""
    half = len(finite) // 2
    before, after = sum(finite[:half]) / half, sum(finite[half:]) / (len(finite) - half)
    scale = max(abs(before), abs(after))
    if scale == 0 or abs(after - before) <= _FLAT * scale:
        return "→"
    return "↑" if after > before else "↓"


def serialize_number(value: float) -> float | str:
    """Return a number that JSON can hold; NaN and the infinities are texts."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


class TimedStep(NamedTuple):
    """A step or epoch, when it came in ms since the epoch, and the number of its line."""

    at: float
    ms: float
    line: int


class Pace:
    """Remembers when the last 200 steps came.

    They have the times of their lines. Steps of lines without a time, in a log that has too few others, have
    the time at which they were seen to come; ``is_seen`` says so.
    """

    def __init__(self) -> None:
        self.is_seen = False
        self._last_ms: float | None = None
        self._timed: list[TimedStep] = []
        self._log_ms: float | None = None
        self._noted = 0
        self._distinct = 0
        self._repeats = 0

    @property
    def last_ms(self) -> float | None:
        """When the newest step came in ms since the epoch; None where all have one time."""
        return self._last_ms if self.is_seen or self._noted == 1 or self._distinct > 1 else None

    @property
    def outruns_times(self) -> bool:
        """Whether steps have come since the last line with a time."""
        return self._repeats >= _LEAST_REPEATS

    @property
    def size(self) -> int:
        """The bytes that the steps take, roughly."""
        return _BYTES_OF_STEP * len(self._timed)

    def clear(self) -> None:
        """Forget all steps: the run begins again."""
        self._timed.clear()

    def note(self, at: float, line: int, time_ms: float | None, seen_ms: float | None) -> None:
        """Note a step. ``seen_ms`` is given for a followed line without a time of its own."""
        is_new = time_ms is not None and time_ms != self._log_ms
        self._noted += 1
        self._distinct += is_new
        self._repeats = 0 if is_new else self._repeats + 1
        self._log_ms = time_ms
        is_timed = not self.is_seen and self._distinct * _TIMED_SHARE >= self._noted
        if seen_ms is not None and not is_timed:
            self._remember(TimedStep(at, seen_ms, line), is_seen=True)
        elif time_ms is not None and (is_new or not self.is_seen):
            self._remember(TimedStep(at, time_ms, line), is_seen=False)

    def _remember(self, timed: TimedStep, *, is_seen: bool) -> None:
        if is_seen is not self.is_seen:
            self.is_seen = is_seen
            self._timed.clear()
        self._last_ms = timed.ms
        # A line without a time of its own has that of a line before: its step may be later.
        if not self._timed or self._timed[-1].ms != timed.ms:
            self._timed.append(timed)
            del self._timed[: -_REMEMBERED - 1]

    @property
    def _recent(self) -> list[TimedStep]:
        return self._timed[-_RECENT - 1 :]

    def iterate_durations(self) -> Iterator[tuple[float, TimedStep]]:
        """Yield how long each step took in s, with the step at its end."""
        for before, after in pairwise(self._timed):
            if after.at > before.at and after.ms >= before.ms:
                yield (after.ms - before.ms) / (after.at - before.at) / 1000, after

    def compute_usual_ms(self) -> tuple[float | None, int]:
        """Return the usual time of a step in ms by the last 50, None where irregular, and of how many."""
        spans = [
            (after.ms - before.ms) / (after.at - before.at)
            for before, after in pairwise(self._recent)
            if after.at > before.at and after.ms >= before.ms
        ]
        if len(spans) < LEAST_SPANS:
            return None, len(spans)
        usual = median(spans)
        spread = median(abs(span - usual) for span in spans)
        return usual if usual > 0 and spread <= _MAX_SPREAD * usual else None, len(spans)

    def compute_report_interval_ms(self) -> float | None:
        """Return the usual time between two lines with a new step in ms, from the last 50; None if unknown.

        A log may report each hundredth step only.
        """
        spans = [b.ms - a.ms for a, b in pairwise(self._recent) if b.ms >= a.ms]
        return median(spans) if len(spans) >= LEAST_SPANS else None

    def find_longest_pause_ms(self) -> float:
        """Return the longest time between two of the last 50 lines with a new step in ms, 0 where unknown."""
        return max((b.ms - a.ms for a, b in pairwise(self._recent)), default=0.0)
