"""Findings: what is wrong with a run, found in its signals alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple, TypeAlias

from matui.signals.series import Point, Series, SignalLog

FindingKind: TypeAlias = Literal[
    "nan",
    "zero_loss",
    "spike",
    "stalled",
    "silent",
    "slow",
    "straggler",
    "scale_floor",
    "skipped",
    "no_checkpoint",
]

_SPIKE_MADS = 12.0
_SPIKE_FACTOR = 1.5
_WINDOW = 50
_STALLED_INTERVALS = 5.0
_SLOW_FACTOR = 2.0
_STRAGGLER_SHARE = 0.7
_SCALE_FLOOR = 1.0


class Finding(NamedTuple):
    """A fault: its kind, since when (ms since the epoch, None: unknown), its line, and one sentence."""

    kind: FindingKind
    since_ms: float | None
    line: int | None
    words: str


class FindingLimits(NamedTuple):
    """Thresholds: minutes without any line, and hours without a checkpoint."""

    silent_minutes: float = 10.0
    checkpoint_hours: float = 6.0


DEFAULT_LIMITS = FindingLimits()
_CLOCK_BEHIND_MS = 600_000  # a new line this old was written by another clock, or in another zone
INITIALIZING_MINUTES = 30.0
"""Minutes without any line that the initialization of NCCL or HCCL may take."""
REMEMBERED_LINES = 3
"""How many of the last lines say whether a log initializes."""
_INITIALIZING = ("NCCL", "HCCL")


def is_initializing(last_lines: Iterable[str]) -> bool:
    """Return whether the last lines are of the initialization of NCCL or HCCL."""
    return any(sign in line for line in last_lines for sign in _INITIALIZING)


def limits_after(last_lines: Iterable[str], limits: FindingLimits) -> FindingLimits:
    """Return the limits that hold after the last lines: an initialization may be silent for longer."""
    if not is_initializing(last_lines):
        return limits
    return limits._replace(silent_minutes=max(limits.silent_minutes, INITIALIZING_MINUTES))


def find_faults(
    log: SignalLog,
    *,
    now_ms: float,
    running: bool,
    limits: FindingLimits = DEFAULT_LIMITS,
    grew_at_ms: float | None = None,
) -> tuple[Finding, ...]:
    """Return the findings of a log, in the order of their kinds. What waits for lines needs ``running``.

    ``grew_at_ms`` is when lines were last seen to come, see :func:`find_pause`.
    """
    found: list[Finding] = []
    if log.segments:
        series = log.segments[-1].series
        found += _find_in_loss(series)
        found += _find_in_scale(series)
        found += _find_in_step_time(series.get("step_time"))
        found += _find_missing_checkpoint(log, now_ms, limits) if running else ()
    if running:
        found += find_pause(log, now_ms=now_ms, limits=limits, grew_at_ms=grew_at_ms)
    return tuple(found)


def _find_in_loss(series: Mapping[str, Series]) -> Iterator[Finding]:
    for name in ("loss", "eval_loss", "grad_norm"):
        point = _first_not_finite(series.get(name))
        if point is not None:
            word = "NaN" if math.isnan(point.value) else "infinite"
            yield Finding(
                "nan", point.time_ms, point.line, f"{name} is {word} since {_describe_step(point)}."
            )
            break
    losses = _points(series, "loss")
    zero = _first_zero(series)
    if zero is not None:
        yield Finding(
            "zero_loss",
            zero.time_ms,
            zero.line,
            f"loss is exactly 0 and the gradient norm is NaN since {_describe_step(zero)}.",
        )
    spike = _find_spike(losses)
    if spike is not None:
        yield spike


def _first_not_finite(series: Series | None) -> Point | None:
    if series is None or all(map(math.isfinite, series.points.values)):
        return None
    return next(point for point in series.points if not math.isfinite(point.value))


def _first_zero(series: Mapping[str, Series]) -> Point | None:
    """Return the first loss of exactly 0 with a NaN gradient norm."""
    loss = series.get("loss")
    if loss is None or 0.0 not in loss.points.values:
        return None
    bad = [p for p in _points(series, "grad_norm") if math.isnan(p.value)]
    lines, steps = {p.line for p in bad}, {p.step for p in bad if p.step is not None}
    return next((p for p in loss.points if p.value == 0.0 and (p.line in lines or p.step in steps)), None)


def _find_spike(points: Sequence[Point]) -> Finding | None:
    """Return the newest value far above the ones before it, measured in median absolute deviations."""
    finite = [p for p in points[-4 * _WINDOW :] if math.isfinite(p.value)]
    for index in range(len(finite) - 1, max(9, len(finite) - _WINDOW), -1):
        before = [p.value for p in finite[max(0, index - _WINDOW) : index]]
        usual = median(before)
        deviation = median(abs(value - usual) for value in before)
        point = finite[index]
        if point.value > usual + _SPIKE_MADS * deviation and point.value > _SPIKE_FACTOR * abs(usual):
            words = f"loss rose from about {usual:.4g} to {point.value:.4g} at {_describe_step(point)}."
            return Finding("spike", point.time_ms, point.line, words)
    return None


def _find_in_scale(series: Mapping[str, Series]) -> Iterator[Finding]:
    scales = _points(series, "loss_scale")
    if len(scales) > 1 and scales[-1].value <= _SCALE_FLOOR < scales[0].value:
        first = next(p for p in scales if p.value <= _SCALE_FLOOR)
        words = f"The loss scale is at its floor of {scales[-1].value:g} since {_describe_step(first)}."
        yield Finding("scale_floor", first.time_ms, first.line, words)
    skipped = _points(series, "skipped_steps")
    rises = [b for a, b in pairwise(skipped) if b.value > a.value]
    if len(rises) >= 3:
        words = f"Skipped steps grow: {skipped[-1].value:g} at {_describe_step(skipped[-1])}."
        yield Finding("skipped", rises[0].time_ms, rises[-1].line, words)


def _find_in_step_time(series: Series | None) -> Iterator[Finding]:
    recent_times = series.points[-4 * _WINDOW :] if series is not None else ()
    times = [p for p in recent_times if math.isfinite(p.value)]
    if len(times) < 20:
        return
    recent = times[-5:]
    usual = median(p.value for p in times[-_WINDOW - 5 : -5])
    if usual > 0 and all(p.value >= _SLOW_FACTOR * usual for p in recent):
        words = f"A step takes {median(p.value for p in recent):.3g} s, usually {usual:.3g} s."
        yield Finding("slow", recent[0].time_ms, recent[0].line, words)


def _find_missing_checkpoint(log: SignalLog, now_ms: float, limits: FindingLimits) -> Iterator[Finding]:
    segment = log.segments[-1]
    saved = _points(segment.series, "checkpoint")
    since = saved[-1].time_ms if saved else segment.started_at
    if since is not None and now_ms - since > limits.checkpoint_hours * 3_600_000:
        hours = (now_ms - since) / 3_600_000
        words = f"No checkpoint has been saved for {hours:.1f} h."
        line = saved[-1].line if saved else min(s.points[0].line for s in segment.series.values())
        yield Finding("no_checkpoint", since, line, words)


def find_pause(
    log: SignalLog, *, now_ms: float, limits: FindingLimits = DEFAULT_LIMITS, grew_at_ms: float | None = None
) -> Iterator[Finding]:
    """Yield the finding ``silent`` or ``stalled`` of a running job, where either holds.

    ``grew_at_ms`` is when lines were last seen to come, by the clock of ``now_ms``; the log's may be slow.
    """
    written = log.last_line_ms
    last = max((time for time in (written, grew_at_ms) if time is not None), default=None)
    if last is not None and now_ms - last > limits.silent_minutes * 60_000:
        yield Finding("silent", last, log.last_line, f"No line for {(now_ms - last) / 60_000:.0f} min.")
        return
    interval, step_ms = log.report_interval_ms(), log.last_step_ms
    if interval is None or step_ms is None or log.step is None or log.step == log.total_steps:
        return
    behind_ms = last - written if last is not None and written is not None else 0.0
    waited = now_ms - step_ms - (behind_ms if behind_ms > _CLOCK_BEHIND_MS else 0.0)
    if waited > max(_STALLED_INTERVALS * interval, 60_000):
        words = (
            f"No step for {waited / 60_000:.1f} min after step {log.step}; usually one comes every"
            f" {interval / 1000:.3g} s."
        )
        yield Finding("stalled", now_ms - waited, log.last_step_line, words)


def find_stragglers(throughputs: Mapping[str, float]) -> tuple[Finding, ...]:
    """Return the workers whose throughput is below 70 % of the median of all. Keys are file names."""
    if len(throughputs) < 3:
        return ()
    usual = median(throughputs.values())
    return tuple(
        Finding("straggler", None, None, f"{name}: {value:.4g}, the median of all workers is {usual:.4g}.")
        for name, value in throughputs.items()
        if value < _STRAGGLER_SHARE * usual
    )


def _points(series: Mapping[str, Series], name: str) -> Sequence[Point]:
    return series[name].points if name in series else ()


def _describe_step(point: Point) -> str:
    return f"line {point.line + 1}" if point.step is None else f"step {point.step}"
