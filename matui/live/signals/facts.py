"""Adds what the logs of jobs say to their rows; reads the ends of log files once for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from matui.base.calls.gather import gather_limited
from matui.base.clock import Clock
from matui.base.errors import CloudError, MatuiError, NotFoundError
from matui.base.text.formatting import format_iso_utc
from matui.clouds.protocols import TailsLogs
from matui.live.logs.reader import LogReader
from matui.live.signals.file_signals import FileSignals
from matui.live.signals.store import SignalStore
from matui.resources.kinds.jobs import RUNNING_FACTS, SIGNAL_FACTS
from matui.resources.model import Fact, Phase, Resource, ResourceKey
from matui.signals.findings import Finding, find_lag_ms
from matui.signals.series import SignalLog
from matui.signals.summary import TREND_POINTS, find_main_loss, find_trend

# The most urgent first; one is shown in the row.
_URGENCY = ("nan", "zero_loss", "stalled", "silent", "spike", "straggler", "slow", "scale_floor", "skipped")
MOST_JOBS = 50
_AT_ONCE = 4
MOST_FILES = 8


def build_facts_of_findings(findings: Iterable[Finding]) -> dict[str, Fact]:
    """Return the most urgent finding: its kind, its words, since when (ms) and its line (from 1)."""
    ranks = {kind: rank for rank, kind in enumerate(_URGENCY)}
    first = min(findings, key=lambda one: ranks.get(one.kind, len(ranks)), default=None)
    if first is None:
        return {}
    facts: dict[str, Fact] = {
        "finding": first.kind,
        "finding_words": first.words,
        "finding_since": first.since_ms,
        "finding_line": None if first.line is None else first.line + 1,
    }
    return {name: value for name, value in facts.items() if value is not None}


def build_facts_of_log(
    log: SignalLog, *, running: bool, complete_at_ms: float | None, grew_at_ms: float | None = None
) -> dict[str, Fact]:
    """Return what a log says of its job: step and total, loss with its name and trend, expected end.

    ``complete_at_ms`` is when the end of the log was last reached, ``grew_at_ms`` when lines were last seen
    to come, in ms since the epoch.

    ``eta_at`` (ISO 8601) and ``eta_ms`` (since the epoch) are absent where the job has ended, its pace is
    irregular or the expected end has passed; then ``irregular`` is true.
    """
    if not log.segments:
        return {}
    facts: dict[str, Fact] = {"step": log.step, "total_steps": log.total_steps}
    if log.step is None and log.epoch is not None:
        facts |= {"epoch": log.epoch, "total_epochs": log.total_epochs}
    found = log.segments[-1].series
    name = find_main_loss(found)
    series = None if name is None else found[name]
    if series is not None and len(series.points):
        facts["loss_name"] = name
        last = series.points[-1].value
        facts["loss"] = last if math.isfinite(last) else ("NaN" if math.isnan(last) else "Infinity")
        facts["loss_trend"] = find_trend([point.value for point in series.points[-TREND_POINTS:]])
    if running:
        behind_ms = find_lag_ms(log, grew_at_ms)
        eta = (
            log.compute_eta_ms(complete_at_ms or 0.0, behind_ms)
            if log.last_step_ms or complete_at_ms
            else None
        )
        if eta is not None:
            end_ms = float(round(eta / 1000) * 1000)
            facts |= {"eta_ms": end_ms, "eta_at": format_iso_utc(end_ms)}
        elif None not in (log.step, log.total_steps) or None not in (facts.get("epoch"), log.total_epochs):
            facts["irregular"] = True
    return {name: value for name, value in facts.items() if value is not None}


def _build_end_facts(signals: FileSignals) -> dict[str, Fact]:
    """Return when the last line came, and when the end of the log was last read, in ms since the epoch."""
    last = signals.last_line_at
    if last is None:
        return {}
    end: dict[str, Fact] = {"last_line_at": last, "log_read_at": signals.complete_at_ms}
    return end | {"initializing": True} if signals.is_initializing else end


class SignalFacts:
    """Adds the facts of their logs to the rows of jobs."""

    def __init__(self, store: SignalStore) -> None:
        self._store = store
        self._kept: dict[ResourceKey, Mapping[str, Fact]] = {}

    @property
    def keys(self) -> AbstractSet[ResourceKey]:
        """The jobs of which facts are kept."""
        return self._kept.keys()

    def clear(self) -> None:
        """Forget every job."""
        self._kept.clear()

    def forget(self, keys: Iterable[ResourceKey]) -> None:
        """Forget some jobs."""
        for key in keys:
            self._kept.pop(key, None)

    def update(self, key: ResourceKey, *, running: bool) -> bool:
        """Read the facts of a job again; return whether they have changed."""
        signals = self._store.find(key)
        facts: dict[str, Fact] = {}
        if signals is not None:
            at_ms = self._store.get_judged_ms(key)
            facts = build_facts_of_log(
                signals.log, running=running, complete_at_ms=at_ms, grew_at_ms=signals.grew_at_ms
            )
            if running and at_ms is not None and signals.log.segments:
                facts["stalled"] = signals.is_stalled(at_ms)
            if running and signals.complete_at_ms is not None:
                facts |= _build_end_facts(signals)
            if running:
                facts |= build_facts_of_findings(self._store.find_findings(key, running=True))
        if facts == self._kept.get(key, {}):
            return False
        self._kept[key] = facts
        return True

    def enrich(self, row: Resource) -> Resource:
        """Return a row with what its log says; an ended job keeps its last step and loss only."""
        facts = self._kept.get(row.key)
        if facts is None:
            return row
        if row.phase is not Phase.RUNNING:
            facts = {name: value for name, value in facts.items() if name not in RUNNING_FACTS}
        others = {name: value for name, value in row.facts.items() if name not in SIGNAL_FACTS}
        return replace(row, facts={**others, **facts})


async def read_tails(
    source: TailsLogs,
    rows: Sequence[Resource],
    store: SignalStore,
    clock: Clock,
    progress: Callable[[], None] = lambda: None,
) -> tuple[list[Resource], int]:
    """Return the rows with what the ends of the logs of the running ones say, and how many were not read.

    At most 50 logs are read: the newest page of the first file of each, and of the last one where the first
    has no signals. ``progress`` is called after each job.
    """
    facts = SignalFacts(store)
    running = [row for row in rows if row.phase is Phase.RUNNING]
    chosen = running[:MOST_JOBS]

    async def read(job: Resource) -> bool:
        try:
            await _read_tail(source, job, store, clock)
        except NotFoundError:
            return True  # it has no log yet
        except CloudError:
            return False
        finally:
            progress()
        facts.update(job.key, running=True)
        return True

    read_well = await gather_limited(read, chosen, _AT_ONCE)
    unread = len(running) - len(chosen) + read_well.count(False)
    return [facts.enrich(row) for row in rows], unread


async def _read_tail(source: TailsLogs, job: Resource, store: SignalStore, clock: Clock) -> None:
    files = await source.list_log_files(job)
    for file in dict.fromkeys((files[0], files[-1])) if files else ():
        batch = await LogReader(source, job, file).read_newer()
        store.build_feed(job, file).add(batch.lines, clock.now() * 1000)
        signals = store.find(job.key)
        if signals is not None and signals.log.segments:
            return


async def read_ends(
    source: TailsLogs,
    job: Resource,
    files: Sequence[str],
    store: SignalStore,
    clock: Clock,
    *,
    at_once: int = 4,
) -> int:
    """Read the newest page of up to 8 files, the last one included; return how many failed.

    ``at_once`` files are read at a time.
    """
    chosen = list(files) if len(files) <= MOST_FILES else [*files[: MOST_FILES - 1], files[-1]]
    for file in chosen:
        store.open(job, file)  # in the order of the files, not of the answers

    async def read(file: str) -> bool:
        try:
            batch = await LogReader(source, job, file).read_newer()
        except MatuiError:
            return False
        store.build_feed(job, file).add(batch.lines, clock.now() * 1000)
        return True

    return (await gather_limited(read, chosen, at_once)).count(False)
