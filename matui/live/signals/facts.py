"""The facts of a job that its log gives: step, loss, expected end, whether it is stalled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from matui.base.text.formatting import format_iso_utc
from matui.live.signals.file_signals import FileSignals
from matui.live.signals.store import SignalStore
from matui.resources.kinds.jobs import RUNNING_FACTS, SIGNAL_FACTS
from matui.resources.model import Fact, Phase, Resource, ResourceKey
from matui.signals.findings import Finding, find_lag_ms
from matui.signals.series import SignalLog
from matui.signals.summary import TREND_POINTS, find_main_loss, find_trend

# The most urgent first; one is shown in the row.
_URGENCY = ("nan", "zero_loss", "stalled", "silent", "spike", "straggler", "slow", "scale_floor", "skipped")


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
