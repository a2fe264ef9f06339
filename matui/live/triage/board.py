"""The rows of triage, kept up to date by what the pollers publish, the journal and the reasons fetched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from matui.live.journal.change import build_run_id
from matui.live.poll.rows import Diff, compute_diff
from matui.live.triage.fetch_usage import collect_sold_out_flavors, iterate_quotas
from matui.live.triage.health import evaluate_lists, evaluate_quotas
from matui.live.triage.item import (
    Acknowledgement,
    Evidence,
    ListHealth,
    StayKey,
    Thresholds,
    TriageItem,
    TriageNote,
    TriageNotes,
    Usage,
    Why,
)
from matui.live.triage.ranking import AcknowledgedStates, add_reason, mark_pending, to_row, wants_reason
from matui.live.triage.reasons import FoundReason, KnownReasons
from matui.live.triage.rules import evaluate, is_timed, may_lack_flavor
from matui.live.triage.state_times import StateChange, StateTimes, measure_stays
from matui.resources.kinds.triage import LISTS, WHY_SOUGHT
from matui.resources.model import Resource, ResourceKey

_MOST_EARLY = 100

Annotate = Callable[[Resource], Resource]
"""Returns a row with what only its viewer knows, such as the key of the command that helps."""


class TriageBoard:
    """The rows of triage by key. Each method returns what it changed among them."""

    def __init__(self) -> None:
        self.rows: dict[ResourceKey, Resource] = {}
        self.times = StateTimes()
        self.evidence = Evidence(0.0, clock_corrections=self.times.clock_corrections)
        self.annotate: Annotate = lambda row: row
        self.sources: dict[ResourceKey, Resource] = {}
        """The rows in trouble, and those that time alone may bring there, as their pollers published them.

        Each has the time by ``times`` at which it entered its state.
        """
        self._reasons = KnownReasons()
        self._early: dict[ResourceKey, None] = {}
        self._acknowledged = AcknowledgedStates()

    @property
    def limits(self) -> Thresholds:
        """The thresholds of the rules."""
        return self.evidence.limits

    @limits.setter
    def limits(self, limits: Thresholds) -> None:
        self.evidence = replace(self.evidence, limits=limits)

    def load_journal(
        self, steps: Iterable[StateChange], now_ms: float, stays: Mapping[StayKey, list[float]] | None = None
    ) -> Diff:
        """Apply the changes of the journal, oldest first; ``stays`` are measured from them if not given."""
        known = list(steps)
        self.times.load(known)
        self.evidence = replace(self.evidence, stays=measure_stays(known) if stays is None else stays)
        keys = list(self.sources)
        self._date_again(keys)
        return self._reevaluate(keys, now_ms)

    def load_acknowledgements(
        self, known: Mapping[ResourceKey, tuple[Acknowledgement, str]], now_ms: float
    ) -> Diff:
        """Apply acknowledgements, each with the status in which it was made."""
        keys = self._acknowledged.load(known)
        return self._reevaluate([key for key in keys if key in self.sources], now_ms)

    def acknowledge(self, rows: Iterable[Resource], seen: Acknowledgement | None, now_ms: float) -> Diff:
        """Apply an acknowledgement to rows in their current state; None removes it."""
        keys = self._acknowledged.set(rows, seen)
        return self._reevaluate([key for key in keys if key in self.sources], now_ms)

    def list_acknowledged(self) -> list[Resource]:
        """Return the rows that are acknowledged in the state that they have."""
        rows = (self.rows.get(key) for key in self._acknowledged.keys)
        return [row for row in rows if row is not None and row.get_text("ack_by")]

    def correct_clock(self, profile: str, correction_ms: float) -> None:
        """Take how far the clock of a profile's cloud is from this machine's."""
        self.times.clock_corrections[profile] = correction_ms

    def apply(self, diff: Diff, now_ms: float) -> Diff:
        """Apply what a poll changed, once ``times`` has observed it."""
        keys = [row.key for row in diff.removed]
        for key in keys:
            self.sources.pop(key, None)
        self._acknowledged.forget(keys)
        self._reasons.forget(keys)
        self._forget_outdated(row.key for row in (*diff.added, *diff.changed))
        gone = self.evidence.usages.keys() & keys
        if gone:
            self._keep_usages(lambda key: key not in gone)
        evidence = replace(self.evidence, now_ms=now_ms)
        for row in (*diff.added, *diff.changed):
            if is_timed(row) or evaluate(row, evidence) is not None:
                self._put_source(row)
            else:
                self.sources.pop(row.key, None)
            keys.append(row.key)
        return self._reevaluate(keys, now_ms)

    def _put_source(self, row: Resource) -> None:
        self.sources[row.key] = self.times.add_to(row, at_least=True)

    def _date_again(self, keys: Iterable[ResourceKey]) -> None:
        """Date rows again, those of them that there are, after ``times`` has changed."""
        for key in keys:
            if (row := self.sources.get(key)) is not None:
                self._put_source(row)

    def _find_in_status(self, key: ResourceKey, status: str) -> Resource | None:
        row = self.sources.get(key)
        return row if row is not None and row.status == status else None

    def _forget_outdated(self, keys: Iterable[ResourceKey]) -> None:
        """Drop reasons found before the state began: a job that was run again fails for another one.

        The first row of a resource whose reason came early does not drop it.
        """
        reasons, times = self._reasons, self.times
        outdated = [key for key in keys if times.has_entered_after(key, reasons.get_time(key))]
        reasons.forget(key for key in outdated if key not in self._early)
        for key in outdated:
            self._early.pop(key, None)

    def restart(self) -> None:
        """Forget what is known besides the rows, which stay until ``replace_list`` brings each list anew."""
        corrections = self.times.clock_corrections
        self.evidence = Evidence(self.evidence.now_ms, self.limits, clock_corrections=corrections)
        self.times.clear()
        self.sources.clear()
        self._reasons = KnownReasons()

    def replace_list(self, profile: str, kind: str, rows: Collection[Resource], now_ms: float) -> Diff:
        """Apply a whole list, once ``times`` has observed it; rows that are not in it are gone."""
        listed = {row.key for row in rows}
        gone = (row for key, row in self.rows.items() if key[:2] == (profile, kind) and key not in listed)
        return self.apply(Diff(added=tuple(rows), removed=tuple(gone)), now_ms)

    def refresh(self, now_ms: float, healths: Iterable[ListHealth]) -> Diff:
        """Reevaluate what time alone may change, the lists and the quotas."""
        timed = [key for key, row in self.sources.items() if is_timed(row)]
        changed = self._reevaluate(timed, now_ms)
        found = (
            *evaluate_lists(healths, self.evidence),
            *evaluate_quotas(iterate_quotas(self.evidence.usages), self.evidence),
        )
        lists = {item.resource.key: self._finish(item) for item in found}
        old = {key: row for key, row in self.rows.items() if key[1] == LISTS.id}
        before = {key: old.get(key) for key in {*old, *lists}}
        self.rows = {key: row for key, row in self.rows.items() if key not in old} | lists
        return _join(changed, compute_diff(before, self.rows))

    def set_why(self, resource: Resource, why: Why | None, now_ms: float) -> Diff:
        """Apply the reason that was fetched for a resource in its state."""
        self._reasons.note(resource, why, now_ms)
        if resource.key not in self.sources:
            self._keep_early(resource.key)
        return self._reevaluate([resource.key], now_ms)

    def _keep_early(self, key: ResourceKey) -> None:
        """Keep the reason of a resource without a row: it fails with the next poll, or it is gone."""
        self._early[key] = None
        if len(self._early) > _MOST_EARLY:
            oldest = next(iter(self._early))
            del self._early[oldest]
            if oldest not in self.sources:
                self._reasons.forget([oldest])

    def load_reasons(self, found: Iterable[FoundReason], now_ms: float) -> Diff:
        """Apply the reasons that other processes found for resources in the state that they have."""
        keys = []
        for one in found:
            source = self._find_in_status(one.key, one.status)
            if source is None or self.times.has_entered_after(one.key, one.at):
                continue
            if self._reasons.load(source, one):
                keys.append(one.key)
        return self._reevaluate(keys, now_ms)

    def list_notes(self, profile: str) -> dict[tuple[str, str], TriageNote]:
        """Return the reasons and acknowledgements of the resources of a profile."""
        notes = {key: TriageNote(reason) for key, reason in self._reasons.get_known(profile).items()}
        for key, made in self._acknowledged.iterate_profile(profile):
            if key[1] != LISTS.id:
                notes[key[1:]] = notes.get(key[1:], TriageNote())._replace(acknowledged=made)
        return notes

    def load_notes(self, profile: str, notes: TriageNotes, now_ms: float) -> Diff:
        """Apply the reasons of a recording for resources in the state that they have."""
        keys = []
        for (kind, ident), (known, _acknowledged) in notes.items():
            if known is None:
                continue
            source = self._find_in_status((profile, kind, ident), known.status)
            if source is None:
                continue
            if not self._reasons.was_sought(source) or self._reasons.find(source) != known.why:
                self._reasons.note(source, known.why, now_ms)
                keys.append(source.key)
        return self._reevaluate(keys, now_ms)

    def set_since(self, resource: Resource, since: float, now_ms: float) -> Diff:
        """Apply the time that was fetched, at which a resource entered its state; not of one that is gone."""
        if not self.times.has_state(resource.key):
            return Diff()
        self.times.load([StateChange(resource.key, since, None, resource.status, run=build_run_id(resource))])
        self._forget_outdated([resource.key])
        self._date_again([resource.key])
        return self._reevaluate([resource.key], now_ms)

    def set_bound(self, resource: Resource, after: float, now_ms: float) -> Diff:
        """Apply the time that was fetched, after which a resource entered its state; not of one gone."""
        if not self.times.has_state(resource.key):
            return Diff()
        self.times.note_bound(resource, after)
        self._date_again([resource.key])
        return self._reevaluate([resource.key], now_ms)

    def lacks_why(self, resource: Resource) -> bool:
        """Return whether a reason for the row has still to be fetched."""
        source = self.sources.get(resource.key)
        if source is None or not self._reasons.is_due(source, self.evidence.now_ms):
            return False
        words, where = resource.get_text("why"), resource.get_text("why_source")
        return wants_reason(Why(words, where) if where else None)

    def has_sought_why(self, resource: Resource) -> bool:
        """Return whether a reason for the row in its state was fetched at least once, found or not."""
        source = self.sources.get(resource.key)
        return source is not None and self._reasons.was_sought(source)

    def set_usage(self, resource: Resource, usage: Usage, now_ms: float) -> Diff:
        """Apply what was read of a pool, quotas or flavors; quotas are evaluated at the next refresh.

        What was read of a resource that is gone by then is dropped.
        """
        if resource.kind != LISTS.id and not self.times.has_state(resource.key):
            return Diff()
        usages = {**self.evidence.usages, resource.key: usage}
        before, sold_out = self.evidence.sold_out, collect_sold_out_flavors(usages)
        self.evidence = replace(self.evidence, usages=usages, sold_out=sold_out)
        keys = [resource.key] if resource.key in self.sources else []
        if before != sold_out:
            keys += [key for key, row in self.sources.items() if may_lack_flavor(row)]
        return self._reevaluate(keys, now_ms)

    def drop(self, profile: str) -> None:
        """Forget the rows of a profile."""
        self.rows = {key: row for key, row in self.rows.items() if key[0] != profile}
        self.sources = {key: row for key, row in self.sources.items() if key[0] != profile}
        self._reasons.drop(profile)
        self._keep_usages(lambda key: key[0] != profile)
        self.times.drop(profile)

    def _keep_usages(self, wanted: Callable[[ResourceKey], bool]) -> None:
        kept = {key: usage for key, usage in self.evidence.usages.items() if wanted(key)}
        self.evidence = replace(self.evidence, usages=kept, sold_out=collect_sold_out_flavors(kept))

    def _reevaluate(self, keys: Iterable[ResourceKey], now_ms: float) -> Diff:
        self.evidence = replace(self.evidence, now_ms=now_ms)
        before: dict[ResourceKey, Resource | None] = {}
        for key in keys:
            before.setdefault(key, self.rows.get(key))
            row = self._evaluate(key)
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row
        return compute_diff(before, self.rows)

    def _evaluate(self, key: ResourceKey) -> Resource | None:
        source = self.sources.get(key)
        trouble = evaluate(source, self.evidence) if source is not None else None
        if source is None or trouble is None:
            return None
        item = add_reason(TriageItem(source, trouble), self._reasons.find(source))
        if not self._reasons.was_sought(source):
            item = mark_pending(item)
        row = self._finish(item)
        if item.trouble.why is None and self._reasons.was_sought(source):
            return replace(row, facts={**row.facts, WHY_SOUGHT: True})
        return row

    def _finish(self, item: TriageItem) -> Resource:
        return self.annotate(to_row(self._acknowledged.apply(item, self.times)))


def _join(first: Diff, second: Diff) -> Diff:
    return Diff(first.added + second.added, first.removed + second.removed, first.changed + second.changed)
