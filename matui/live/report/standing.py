"""What needs a person without having failed, by the rules of triage on what the journal knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from matui.base.text.formatting import format_age
from matui.live.journal.change import Account, Change, LastState, StoredUsage
from matui.live.journal.journal import Journal
from matui.live.triage.fetch_usage import collect_sold_out_flavors, unpack_usage
from matui.live.triage.from_records import build_step
from matui.live.triage.health import evaluate_quotas
from matui.live.triage.item import Evidence, Thresholds, TriageItem, TroubleKind, Usage
from matui.live.triage.ranking import to_row
from matui.live.triage.rules import evaluate
from matui.live.triage.state_times import StateTimes, measure_stays
from matui.resources.model import Phase, Resource, ResourceKey
from matui.resources.times import shift_times

_PROFILE = ""  # of every row while it is evaluated: an account may have several
_MOST_CHANGES = 20_000
_OLD_MS = 900_000  # from here on the age of what was read is stated
_OF_NOW = (TroubleKind.ENDING, TroubleKind.SILENT)  # their reasons have their own times


def find_standing(
    journal: Journal, since: int, until: int, limits: Thresholds, but_for: Collection[Account] = ()
) -> list[LastState]:
    """Return what triage would show at ``until`` besides what has failed, as its rows.

    Lists that were polled and usages that were read since ``since`` count; what was read long ago is judged
    as of then. Times are by this machine's clock. Accounts ``but_for`` are left out.

    It reads the disk: call it in a thread.
    """
    reader = journal.reader
    states = reader.read_last_in_phases((Phase.RUNNING, Phase.PENDING), since)
    usages, polled_at = reader.read_usages(since), reader.read_poll_times()
    accounts = dict.fromkeys((*(one.account for one in states), *(one.account for one in usages)))
    if not accounts:
        return []
    changes, clocks = reader.read_changes(limit=_MOST_CHANGES), reader.read_clocks()
    stays = measure_stays(build_step(repr(one.account), one) for one in reversed(changes))
    found: list[LastState] = []
    for account in accounts:
        if account in but_for:
            continue
        judge = _Judge(
            until,
            Evidence(float(until), limits, stays),
            {kind: at for (of, kind), at in polled_at.items() if of == account},
            [one for one in usages if one.account == account],
            clocks.get(account, 0),
        )
        judge.load_changes(one for one in reversed(changes) if one.account == account)
        rows = judge.judge(one.resource for one in states if one.account == account)
        found += [LastState(account, row) for row in rows]
    return found


class _Judge:
    """Judges the rows of one account; ``ahead_ms`` is how far the clock of its cloud is ahead."""

    def __init__(
        self,
        until: int,
        evidence: Evidence,
        polled_at: Mapping[str, int],
        stored: Iterable[StoredUsage],
        ahead_ms: int,
    ) -> None:
        self._until = until
        self._polled_at = polled_at
        self._ahead_ms = ahead_ms
        self._times = StateTimes()
        self._times.clock_corrections[_PROFILE] = float(ahead_ms)
        usages: dict[ResourceKey, Usage] = {}
        self._read_at: dict[ResourceKey, int] = {}
        for one in stored:
            key = (_PROFILE, one.kind, one.id)
            usages[key], self._read_at[key] = unpack_usage(one), one.read_at
        self._evidence = replace(
            evidence,
            sold_out=collect_sold_out_flavors(usages),
            usages=usages,
            clock_corrections=self._times.clock_corrections,
        )

    def load_changes(self, changes: Iterable[Change]) -> None:
        """Take since when rows are in their states, from the changes of the account, oldest first."""
        self._times.load(build_step(_PROFILE, change) for change in changes)

    def judge(self, rows: Iterable[Resource]) -> Iterator[Resource]:
        """Yield the rows of triage for the rows that need a person, and for the quotas."""
        for row in rows:
            timed = self._times.add_to(replace(row, profile=_PROFILE), at_least=True)
            item = self._judge_row(timed)
            if item is not None:
                yield self._finish(item, row.profile)
        for item in self._judge_quotas():
            yield self._finish(item, item.resource.profile)

    def _judge_row(self, row: Resource) -> TriageItem | None:
        """Return the verdict as of the last poll of the list; what is about to end ends meanwhile."""
        at = min(self._until, self._polled_at.get(row.kind, self._until))
        trouble = evaluate(row, replace(self._evidence, now_ms=float(at)))
        if trouble is not None and trouble.what in _OF_NOW:
            trouble = evaluate(row, self._evidence)
        if trouble is None:
            return None
        read_at = self._find_read_time(row, trouble.what)
        return self._add_age(TriageItem(row, trouble), at if read_at is None else min(at, read_at))

    def _find_read_time(self, row: Resource, what: TroubleKind) -> int | None:
        if what is TroubleKind.FULL:
            return self._read_at.get(row.key)
        usages = self._evidence.usages
        times = (at for key, at in self._read_at.items() if usages[key].sold_out)
        return max(times, default=None) if what is TroubleKind.SOLD_OUT else None

    def _judge_quotas(self) -> Iterator[TriageItem]:
        for key, usage in self._evidence.usages.items():
            for item in evaluate_quotas(usage.quotas, self._evidence):
                yield self._add_age(item, self._read_at[key])

    def _add_age(self, item: TriageItem, read_at: int) -> TriageItem:
        """Return the item with the age of what it was read from in its reason, where that is old."""
        why, age_ms = item.trouble.why, self._until - read_at
        if why is None or age_ms < _OLD_MS or item.trouble.what in _OF_NOW:
            return item
        words = f"{why.text}, read {format_age(age_ms / 1000)} ago"
        return item._replace(trouble=item.trouble._replace(why=why._replace(text=words)))

    def _finish(self, item: TriageItem, profile: str) -> Resource:
        return replace(shift_times(to_row(item), -self._ahead_ms), profile=profile)
