"""Findings: what is wrong with a run, found in its signals alone."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
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
_SLOW_FACTOR, _SLOW_STEP_FACTOR = 1.8, 1.5  # of the usual time: the median of slow steps, and each
_STRAGGLER_SHARE = 0.75
_SCALE_FLOOR = 1.0
_COMMON_SHARE = 0.8  # of the losses before, all of which a spike exceeds
_LEAST_LEVEL = 0.05  # of the first losses, below which a loss is no spike
_RESTART_FACTOR = 2.0  # of the learning rate from one line to the next
_FIRST_POINTS = 10  # of a run, in which a warm-up begins and a loss scale is searched for
_SEARCH_POINTS, _SEARCH_BEGINS, _AMPLE_SCALE = 40, 3, 1024.0
_SKIPS = ((10, 3), (20, 4))  # lines, and how many rises among them
_SLOW_POINTS, _LEAST_BEFORE, _AMPLE_BEFORE, _RARE_SHARE = 5, 20, 40, 0.1
_LONGER_PAUSE, _MOST_PAUSE_MS = 1.5, 1_800_000.0  # than any among the last lines with a step
_CLOCK_BEHIND_MS = 600_000  # a new line this old was written by another clock, or in another zone
INITIALIZING_MINUTES = 30.0
"""Minutes without any line that the initialization of NCCL or HCCL may take."""
ANNOUNCED_MINUTES = 15.0
"""Minutes without a step that an evaluation, a loading or a restart may take if the log announces it."""
SAVING_MINUTES = 6.0
"""Minutes without a step that a checkpoint may take after the line that announces it, until it is saved."""
LINES_SINCE_STEP = 60
"""How many of the lines that follow a step may announce a pause."""
REMEMBERED_LINES = 3
"""How many of the last lines say whether a log initializes."""
_INITIALIZING = ("NCCL", "HCCL")
_ANNOUNCED = re.compile(
    r"(?i)\b(?:evaluat(?:e|ing|ion)|validat(?:e|ing|ion)|eval|sanity check|restart|resuming"
    r"|loading (?:checkpoint|model|weights))|评估|评测|验证|恢复|加载"
)
_SAVING = re.compile(r"(?i)\bsaving\b|保存")
_SAVED = re.compile(
    r"(?i)successfully saved|\bcheckpoint (?:(?:is|was|has been) )?saved|\bsaved checkpoint"
    r"|保存(?:完成|成功|完毕)"
)


class Finding(NamedTuple):
    """A fault: its kind, since when (ms since the epoch, None: unknown), its line, and one sentence."""

    kind: FindingKind
    since_ms: float | None
    line: int | None
    words: str


class FindingLimits(NamedTuple):
    """Thresholds: minutes without any line, hours without a checkpoint, least minutes without a step."""

    silent_minutes: float = 10.0
    checkpoint_hours: float = 6.0
    stalled_minutes: float = 1.0


DEFAULT_LIMITS = FindingLimits()


def is_initializing(last_lines: Iterable[str]) -> bool:
    """Return whether the last lines are of the initialization of NCCL or HCCL."""
    return any(sign in line for line in last_lines for sign in _INITIALIZING)


def adapt_limits(
    last_lines: Iterable[str], limits: FindingLimits, since_step: Iterable[str] = ()
) -> FindingLimits:
    """Return the limits that hold after the last lines, and after those since the last step.

    An initialization may be silent for longer, and an evaluation or a checkpoint take longer than a step.
    """
    if is_initializing(last_lines):
        limits = limits._replace(silent_minutes=max(limits.silent_minutes, INITIALIZING_MINUTES))
    announced = 0.0
    for line in since_step:
        if _SAVED.search(line):
            announced = 0.0
        elif _SAVING.search(line):
            announced = SAVING_MINUTES
        elif _ANNOUNCED.search(line):
            announced = ANNOUNCED_MINUTES
    return limits._replace(stalled_minutes=max(limits.stalled_minutes, announced))


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
        found += _find_slow(log)
        found += _find_missing_checkpoint(log, now_ms, limits) if running else ()
    if running:
        found += find_pause(log, now_ms=now_ms, limits=limits, grew_at_ms=grew_at_ms)
    return tuple(found)


def _find_in_loss(series: Mapping[str, Series]) -> Iterator[Finding]:
    for name in ("loss", "eval_loss", "grad_norm"):
        is_gradient = name == "grad_norm"
        point = _find_bad_gradient(series) if is_gradient else _find_not_finite(series.get(name))
        if point is not None:
            word = "NaN" if math.isnan(point.value) else "infinite"
            yield Finding(
                "nan", point.time_ms, point.line, f"{name} is {word} since {_describe_step(point)}."
            )
            break
    losses = _get_points(series, "loss")
    zero = _find_zero_loss(series)
    if zero is not None:
        yield Finding(
            "zero_loss",
            zero.time_ms,
            zero.line,
            f"loss is exactly 0 and the gradient norm is NaN since {_describe_step(zero)}.",
        )
    spike = _find_spike(losses, _restart_lines(series.get("learning_rate")))
    if spike is not None:
        yield spike


def _find_not_finite(series: Series | None) -> Point | None:
    if series is None or all(map(math.isfinite, series.points.values)):
        return None
    return next(point for point in series.points if not math.isfinite(point.value))


def _find_bad_gradient(series: Mapping[str, Series]) -> Point | None:
    """Return the first gradient norm that is not finite, but for overflows that mixed precision handles.

    Those lower the loss scale, or belong to the first steps of a run that goes on with finite ones.
    """
    found = series.get("grad_norm")
    if found is None or all(map(math.isfinite, found.points.values)):
        return None
    points, scales = found.points, series.get("loss_scale")
    recovered = len(points) > _FIRST_POINTS and all(map(math.isfinite, points.values[-3:]))
    for number, point in enumerate(points):
        if math.isfinite(point.value) or (recovered and number < _FIRST_POINTS):
            continue
        if scales is None or not _lowers_scale(scales, point.line, is_last=number == len(points) - 1):
            return point
    return None


def _lowers_scale(scales: Series, line: int, *, is_last: bool) -> bool:
    """Return whether the loss scale is lower in or after a line, or may still be in the line that follows."""
    at = bisect_left(scales.points.lines, line)
    near = scales.points.values[max(0, at - 1) : at + 2]
    if not near or near[0] <= _SCALE_FLOOR:
        return False
    return any(b < a for a, b in pairwise(near)) or (is_last and len(scales.points) < at + 2)


def _restart_lines(rates: Series | None) -> list[int]:
    """Return the recent lines in which the learning rate begins anew, as in warm restarts."""
    recent = rates.points[-4 * _WINDOW :] if rates is not None and len(rates.points) > _FIRST_POINTS else []
    pairs = list(pairwise(recent))[0 if len(recent) == 4 * _WINDOW else _FIRST_POINTS :]
    return [b.line for a, b in pairs if a.value >= 0 and b.value >= _RESTART_FACTOR * max(a.value, 1e-12)]


def _find_zero_loss(series: Mapping[str, Series]) -> Point | None:
    """Return the first loss of exactly 0 with a NaN gradient norm."""
    loss = series.get("loss")
    if loss is None or 0.0 not in loss.points.values:
        return None
    bad = [p for p in _get_points(series, "grad_norm") if math.isnan(p.value)]
    lines, steps = {p.line for p in bad}, {p.step for p in bad if p.step is not None}
    return next((p for p in loss.points if p.value == 0.0 and (p.line in lines or p.step in steps)), None)


def _find_spike(points: Sequence[Point], restarts: Sequence[int]) -> Finding | None:
    """Return the newest value far above the ones before it, measured in median absolute deviations.

    A loss that may be zero or negative has no usual level, one near zero varies by more than its size, and
    one after a restart of the learning rate rises to at most where it began. Two models in one log have two.
    """
    finite = [p for p in points[-4 * _WINDOW :] if math.isfinite(p.value)]
    values = [p.value for p in finite]
    begun = [p.value for p in points[:_FIRST_POINTS] if math.isfinite(p.value)]
    for index in range(len(finite) - 1, max(9, len(finite) - 3 * _WINDOW), -1):
        point = finite[index]
        before = values[max(0, index - _WINDOW) : index]
        if point.value <= _SPIKE_FACTOR * min(before):
            continue
        usual = median(before)
        if usual <= 0 or min(before) < 0 or point.value < _LEAST_LEVEL * median(begun or [0.0]):
            continue
        is_restarted = any(finite[max(0, index - _WINDOW)].line <= line <= point.line for line in restarts)
        if is_restarted and point.value <= max(begun, default=0.0):
            continue
        if point.value <= _SPIKE_FACTOR * sorted(before)[int(_COMMON_SHARE * len(before))]:
            continue
        deviation = median(abs(value - usual) for value in before)
        if point.value > usual + _SPIKE_MADS * deviation:
            words = f"loss rose from about {usual:.4g} to {point.value:.4g} at {_describe_step(point)}."
            return Finding("spike", point.time_ms, point.line, words)
    return None


def _find_in_scale(series: Mapping[str, Series]) -> Iterator[Finding]:
    scales = _get_points(series, "loss_scale")
    if len(scales) > 1 and scales[-1].value <= _SCALE_FLOOR < scales[0].value:
        first = next(p for p in scales if p.value <= _SCALE_FLOOR)
        words = f"The loss scale is at its floor of {scales[-1].value:g} since {_describe_step(first)}."
        yield Finding("scale_floor", first.time_ms, first.line, words)
    skipped = _get_points(series, "skipped_steps")
    rises = next(filter(None, (_find_rises(skipped, lines, least) for lines, least in _SKIPS)), None)
    if rises and not _is_searched(skipped, scales):
        words = f"Skipped steps grow: {skipped[-1].value:g} at {_describe_step(skipped[-1])}."
        yield Finding("skipped", rises[0].time_ms, rises[-1].line, words)


def _find_rises(points: Sequence[Point], lines: int, least: int) -> list[Point]:
    """Return the points above the one before among the last ``lines``, none where there are too few."""
    rises = [b for a, b in pairwise(points[-lines - 1 :]) if b.value > a.value]
    return rises if len(rises) >= least else []


def _is_searched(skipped: Sequence[Point], scales: Sequence[Point]) -> bool:
    """Return whether a run begins with a loss scale that is lowered until it fits: its steps are skipped."""
    return (
        len(skipped) <= _SEARCH_POINTS
        and any(point.value for point in skipped[:_SEARCH_BEGINS])
        and len(scales) > 0
        and _AMPLE_SCALE <= scales[-1].value < scales[0].value
    )


def _find_slow(log: SignalLog) -> Iterator[Finding]:
    """Yield the finding ``slow``: by the step time of the log, else by its throughput or its times."""
    series = log.segments[-1].series
    words, times = "A step takes {now:.3g} s, usually {usual:.3g} s.", _select_recent(series.get("step_time"))
    if not times and log.step is not None and (rates := _select_recent(series.get("throughput"))):
        words = f"The throughput is {{rate:.4g}} {series['throughput'].unit}, usually {{usual_rate:.4g}}."
        times = [(1 / value, time_ms, line) for value, time_ms, line in rates if value > 0]
    if not times:
        words = words if log.step is not None else words.replace("A step", "An epoch")
        times = [(seconds, one.ms, one.line) for seconds, one in log.pace.iterate_durations()]
    begin = _find_slow_begin([one[0] for one in times])
    if begin is not None:
        usual = median(one[0] for one in times[max(0, begin - _WINDOW) : begin])
        now = median(one[0] for one in times[begin:][-_SLOW_POINTS:])
        text = words.format(now=now, usual=usual, rate=1 / now, usual_rate=1 / usual)
        yield Finding("slow", times[begin][1], times[begin][2], text)


def _select_recent(series: Series | None) -> list[tuple[float, float | None, int]]:
    """Return the last finite values of a series with their times (ms since the epoch) and lines."""
    recent = series.points[-4 * _WINDOW :] if series is not None else ()
    return [(p.value, p.time_ms, p.line) for p in recent if math.isfinite(p.value)]


def _find_slow_begin(times: Sequence[float]) -> int | None:
    """Return where the step time rose to twice the usual and stayed, None where it did not.

    Where some steps always take long, such as those of long sequences, a few in a row mean nothing.
    """
    for begin in range(_LEAST_BEFORE, len(times) - _SLOW_POINTS + 1):
        if times[begin] < _SLOW_STEP_FACTOR * times[begin - 1]:
            continue
        before, after = times[:begin], times[begin:]
        usual = median(before[-_WINDOW:])
        least = _SLOW_STEP_FACTOR * usual
        allowed = _RARE_SHARE * len(before) if len(before) >= _AMPLE_BEFORE else 0
        if (
            usual > 0
            and median(after) >= _SLOW_FACTOR * usual
            and min(after[-_SLOW_POINTS:]) >= least
            and sum(value < least for value in after) <= _RARE_SHARE * len(after)
            and sum(value >= least for value in before) <= allowed
        ):
            return begin
    return None


def _find_missing_checkpoint(log: SignalLog, now_ms: float, limits: FindingLimits) -> Iterator[Finding]:
    segment = log.segments[-1]
    saved = _get_points(segment.series, "checkpoint")
    since = saved[-1].time_ms if saved else segment.started_at
    if since is not None and now_ms - since > limits.checkpoint_hours * 3_600_000:
        words = f"No checkpoint has been saved for more than {limits.checkpoint_hours:g} h."
        line = saved[-1].line if saved else min(s.points[0].line for s in segment.series.values())
        yield Finding("no_checkpoint", since, line, words)


def is_finished(log: SignalLog) -> bool:
    """Return whether a run has reached its last step or epoch, or has reported the mean of all its losses.

    A log without steps that counts whole epochs of an unknown number may be at its end.
    """
    step, epoch, total = log.step, log.epoch, log.total_epochs
    mean = log.segments[-1].series.get("train_loss") if log.segments else None
    if mean is not None and mean.points[-1].line >= (log.last_step_line or 0):
        return True
    if step is not None:
        return step == log.total_steps
    return epoch is None or (epoch.is_integer() if total is None else epoch >= total)


def find_pause(
    log: SignalLog, *, now_ms: float, limits: FindingLimits = DEFAULT_LIMITS, grew_at_ms: float | None = None
) -> Iterator[Finding]:
    """Yield the finding ``silent`` or ``stalled`` of a running job, where either holds.

    ``grew_at_ms`` is when lines were last seen to come, by the clock of ``now_ms``; the log's may be slow.
    """
    written = log.written_ms
    last = max((time for time in (written, grew_at_ms) if time is not None), default=None)
    if last is not None and now_ms - last > limits.silent_minutes * 60_000:
        yield Finding("silent", last, log.last_line, f"No line for more than {limits.silent_minutes:g} min.")
        return
    pace = log.pace
    interval, step_ms = pace.compute_report_interval_ms(), pace.last_ms
    if interval is None or step_ms is None or is_finished(log):
        return
    waited = now_ms - step_ms - find_lag_ms(log, grew_at_ms)
    longest = min(_LONGER_PAUSE * pace.find_longest_pause_ms(), _MOST_PAUSE_MS)
    if waited > max(_STALLED_INTERVALS * interval, longest, limits.stalled_minutes * 60_000):
        what, at = ("epoch", log.epoch) if log.step is None else ("step", log.step)
        words = f"No {what} after {what} {at}; usually one comes every {interval / 1000:.3g} s."
        yield Finding("stalled", now_ms - waited, log.last_step_line, words)


def find_lag_ms(log: SignalLog, grew_at_ms: float | None) -> float:
    """Return how many ms the clock of a log is behind that of ``grew_at_ms``; 0 below ten minutes.

    Steps that were timed when they were seen to come have no other clock.
    """
    if log.last_line_ms is None or grew_at_ms is None or log.pace.is_seen or log.pace.last_ms is None:
        return 0.0
    behind_ms = grew_at_ms - log.last_line_ms
    return behind_ms if behind_ms > _CLOCK_BEHIND_MS else 0.0


def find_stragglers(throughputs: Mapping[str, float], unit: str = "") -> tuple[Finding, ...]:
    """Return the workers whose throughput is below 75 % of the median of all. Keys are file names.

    ``unit`` follows each number.
    """
    if len(throughputs) < 3:
        return ()
    usual = median(throughputs.values())
    return tuple(
        Finding(
            "straggler",
            None,
            None,
            f"{name}: {value:.4g}{unit}, the median of all workers is {usual:.4g}{unit}.",
        )
        for name, value in throughputs.items()
        if value < _STRAGGLER_SHARE * usual
    )


def _get_points(series: Mapping[str, Series], name: str) -> Sequence[Point]:
    return series[name].points if name in series else ()


def _describe_step(point: Point) -> str:
    return f"line {point.line + 1}" if point.step is None else f"step {point.step}"
