"""When resources entered their states: from polls, clouds and journal; the details that were read of late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from matui.base.bounded import drop_oldest
from matui.base.clock import Clock
from matui.base.redaction.masking import hide_in_text
from matui.clouds.protocols import Cloud, Describes, Reads, ReportsEvents
from matui.live.journal.change import StoredEnd, build_run_id
from matui.live.poll.rows import Diff
from matui.live.triage.item import StayKey
from matui.resources.model import Fact, Phase, Resource, ResourceKey
from matui.resources.times import (
    CLOSE_MS,
    ENTERED_AFTER,
    REFUSED_SINCE,
    SEEN_SINCE,
    STATE_SINCE,
    UPDATED_BY_HAND,
    UPDATED_KINDS,
    get_state_since,
)

if TYPE_CHECKING:
    from matui.resources.detail import Detail, Event

_KEPT_S = 60.0
_MOST_KEPT = 50
MOST_STAYS = 200  # of a kind and status; the newest count
_MOST_DROPPED = 10_000
CLOCK_AHEAD_MS = 60_000  # a state cannot have been entered after it was read


class ReadDetails:
    """Reads the details of rows, each once a minute while its state is the same.

    ``on_read`` is called with what was read of a row: whatever it was read for, it may state something else.
    """

    def __init__(self, clock: Clock) -> None:
        self.on_read: Callable[[Resource, Detail], None] = lambda _resource, _detail: None
        self._clock = clock
        self._kept: dict[ResourceKey, tuple[str, float, Detail]] = {}

    async def describe(self, cloud: Describes, resource: Resource) -> Detail:
        """Return the details of a row, at most a minute old. Raises the errors of the cloud."""
        detail = self.find(resource)
        if detail is None:
            detail = await cloud.describe(resource)
            self._kept[resource.key] = (resource.status, self._clock.monotonic(), detail)
            drop_oldest(self._kept, _MOST_KEPT)
            self.on_read(resource, detail)
        return detail

    def find(self, resource: Resource) -> Detail | None:
        """Return the details that were read of a row in its state within the last minute."""
        self.drop_old()
        kept = self._kept.get(resource.key)
        return kept[2] if kept is not None and kept[0] == resource.status else None

    def drop_old(self) -> None:
        """Drop what was read more than a minute ago: details may take much memory."""
        since = self._clock.monotonic() - _KEPT_S
        self._kept = {key: kept for key, kept in self._kept.items() if kept[1] > since}


class StateChange(NamedTuple):
    """A change of one resource at ``at`` (ms since the epoch).

    ``before`` is None for something new, ``after`` for something gone. ``exact`` is false where the state may
    have been entered before it was seen. ``is_seen``: ``at`` is by this machine's clock, not by the cloud's.
    ``run``: that of ``build_run_id`` where the details of the resource state the time, else ``""``.
    """

    key: ResourceKey
    at: float
    before: str | None
    after: str | None
    exact: bool = True
    is_seen: bool = False
    run: str = ""


def measure_stays(steps: Iterable[StateChange]) -> dict[StayKey, list[float]]:
    """Return the durations in ms of completed stays, by kind and status; ``steps`` are the oldest first.

    A stay whose beginning was not seen, or that ends before it begins (clocks that differ), is not counted.
    """
    stays: dict[StayKey, list[float]] = {}
    for key, began, ended in find_stays(steps):
        known = stays.setdefault(key, [])
        known.append(ended - began)
        del known[:-MOST_STAYS]
    return stays


def find_stays(steps: Iterable[StateChange]) -> Iterator[tuple[StayKey, float, float]]:
    """Yield the completed stays with their begin and end in ms, in the order in which they ended."""
    entered: dict[ResourceKey, StateChange] = {}
    for step in steps:
        began = entered.pop(step.key, None)
        if began is not None and began.after is not None and _is_stay(began, step):
            yield (step.key[1], began.after), began.at, step.at
        if step.after is not None:
            entered[step.key] = step


def _is_stay(began: StateChange, ended: StateChange) -> bool:
    return began.exact and began.after == ended.before and ended.after is not None and ended.at >= began.at


class _Entry(NamedTuple):
    status: str
    at: float
    exact: bool
    is_seen: bool
    run: str = ""


class StateTimes:
    """The status of each resource and when it was entered, in ms since the epoch by the cloud's clock.

    ``clock_corrections`` has what to add to times of this machine, by profile.
    """

    def __init__(self) -> None:
        self._entries: dict[ResourceKey, _Entry] = {}
        self.clock_corrections: dict[str, float] = {}
        self._after: dict[ResourceKey, tuple[str, float]] = {}  # status and time
        self._refused: dict[ResourceKey, int] = {}  # the times that were in the future when they were read
        self._dropped: dict[ResourceKey, _Entry] = {}  # ends that were read, of profiles that were closed

    def has_state(self, key: ResourceKey) -> bool:
        """Return whether a poll or the journal knows the state of a resource."""
        return key in self._entries

    def load(self, steps: Iterable[StateChange]) -> None:
        """Load the states of the journal, oldest first, unless polling has seen a newer one."""
        for step in steps:
            known = self._entries.get(step.key)
            if step.after is None:
                if known is not None and known.at <= step.at:
                    del self._entries[step.key]
            elif known is not None and known.run and known.status == step.after and not step.run:
                continue
            elif known is None or known.at <= step.at or known.status == step.after:
                self._entries[step.key] = _Entry(step.after, step.at, step.exact, step.is_seen, step.run)

    def observe(self, diff: Diff, now_ms: float) -> None:
        """Note the states that a poll has brought at ``now_ms``."""
        for row in diff.removed:
            self._entries.pop(row.key, None)
            self._refused.pop(row.key, None)
            self._after.pop(row.key, None)
            self._dropped.pop(row.key, None)
        seen: dict[str, _Entry] = {}  # shared by the rows of one poll: a list may be long
        for row in (*diff.added, *diff.changed):
            self.refuse_future((row,), now_ms)
            known = self._entries.get(row.key)
            if known is None and (ended := self._take_dropped(row)) is not None:
                self._entries[row.key] = ended
            elif known is None:
                entry = seen.get(row.status)
                if entry is None:
                    entry = seen[row.status] = _Entry(row.status, now_ms, exact=False, is_seen=True)
                self._entries[row.key] = entry
            elif known.status.casefold() != row.status.casefold() and not row.facts.get("expected"):
                self._entries[row.key] = _Entry(row.status, now_ms, exact=True, is_seen=True)
                self._after.pop(row.key, None)

    def _take_dropped(self, row: Resource) -> _Entry | None:
        """Return the end that was read of this run of a row before its profile was closed."""
        if self._after.get(row.key, (row.status,))[0] != row.status:
            del self._after[row.key]
        ended = self._dropped.pop(row.key, None)
        is_same = ended is not None and (ended.status, ended.run) == (row.status, build_run_id(row))
        return ended if is_same else None

    def refuse_future(self, rows: Iterable[Resource], now_ms: float) -> None:
        """Use no time that lies in the future where a row states it: the clock of its cloud is ahead."""
        for row in rows:
            stated = get_state_since(row)
            ahead = self.clock_corrections.get(row.profile, 0.0) + CLOCK_AHEAD_MS
            if stated is not None and stated > now_ms + ahead:
                self._refused[row.key] = stated

    def drop(self, profile: str) -> None:
        """Forget the resources of a profile, but for what was read of them: it holds when they come back."""
        self._dropped |= {key: one for key, one in self._entries.items() if key[0] == profile and one.run}
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] != profile}
        self._refused = {key: time for key, time in self._refused.items() if key[0] != profile}
        drop_oldest(self._dropped, _MOST_DROPPED)

    def clear(self) -> None:
        """Forget every resource."""
        self._entries.clear()
        self._refused.clear()
        self._after.clear()
        self._dropped.clear()

    def note_bound(self, row: Resource, after: float) -> None:
        """Note that the state of a row began after a time, by the clock of its cloud."""
        self._after[row.key] = (row.status, after)
        drop_oldest(self._after, _MOST_DROPPED)

    def has_entered_after(self, key: ResourceKey, at: float) -> bool:
        """Return whether the resource entered its state later than ``at``, a time of this machine."""
        entry = self._entries.get(key)
        if entry is None or not entry.exact:
            return False
        return entry.at > at + (0.0 if entry.is_seen else self.clock_corrections.get(key[0], 0.0))

    def add_to(self, row: Resource, *, at_least: bool = False) -> Resource:
        """Return the row with when it entered its state, where its list states no time or a future one.

        What the details state comes before what was computed from the list.

        With ``at_least`` also with the time since which the state lasts at least.
        """
        entry = self._entries.get(row.key)
        if entry is not None and entry.run:
            is_same = (entry.status, entry.run) == (row.status, build_run_id(row)) and row.phase.ended
            if is_same and row.get_number("ended_at") is None:
                return replace(row, facts={**row.facts, "ended_at": int(entry.at)})
            entry = None
        stated = get_state_since(row)
        if stated is not None and self._was_so_before(row, stated):
            return replace(row, facts={**row.facts, UPDATED_BY_HAND: True, SEEN_SINCE: stated})
        is_refused = stated is not None and stated == self._refused.get(row.key)
        if stated is not None and not is_refused:
            return row
        facts: dict[str, Fact] = {REFUSED_SINCE: stated} if is_refused else {}
        if (
            entry is not None
            and entry.status.casefold() == row.status.casefold()
            and (entry.exact or at_least)
        ):
            moved = self.clock_corrections.get(row.profile, 0.0) if entry.is_seen else 0.0
            facts[STATE_SINCE if entry.exact else SEEN_SINCE] = int(entry.at + moved)
        status, after = self._after.get(row.key, ("", 0.0))
        if status == row.status and STATE_SINCE not in facts:
            facts[ENTERED_AFTER] = int(after)
        return replace(row, facts={**row.facts, **facts}) if facts else row

    def _was_so_before(self, row: Resource, stated: int) -> bool:
        """Return whether a row was in its state before the update that its state is dated by: a rename."""
        entry = self._entries.get(row.key)
        if entry is None or row.kind not in UPDATED_KINDS or stated != row.updated_at:
            return False
        moved = self.clock_corrections.get(row.profile, 0.0) if entry.is_seen else 0.0
        return entry.status.casefold() == row.status.casefold() and entry.at + moved < stated - CLOSE_MS

    def add_to_diff(self, diff: Diff) -> Diff:
        """Return the diff with the times in its rows."""
        return Diff(tuple(map(self.add_to, diff.added)), diff.removed, tuple(map(self.add_to, diff.changed)))


def lacks_since(resource: Resource) -> bool:
    """Return whether reading the resource may state when it entered its state: a job that has ended.

    Its creation and duration do not: it may have waited in between.
    """
    if resource.kind != "jobs" or not resource.phase.ended:
        return False
    return resource.get_number("ended_at") is None and resource.get_number(ENTERED_AFTER) is None


def was_seen_to_enter(resource: Resource) -> bool:
    """Return whether polls saw a resource enter its state: its details are exact, but no news."""
    return resource.get_number(STATE_SINCE) is not None


def lacks_bound(resource: Resource) -> bool:
    """Return whether events may bound when a resource entered its state: a service in trouble."""
    if resource.kind != "services" or resource.phase not in (Phase.FAILED, Phase.DEGRADED):
        return False
    return get_state_since(resource) is None and resource.get_number(ENTERED_AFTER) is None


def find_known_end(ends: Mapping[ResourceKey, StoredEnd], resource: Resource) -> int | None:
    """Return when this run of a resource ended, where any process has read it (ms since the epoch)."""
    end = ends.get(resource.key)
    is_same = end is not None and (end.status, end.run) == (
        hide_in_text(resource.status),
        build_run_id(resource),
    )
    return end.ended_at if end is not None and is_same else None


class StatedTime(NamedTuple):
    """When a state began, in ms since the epoch; with ``is_bound`` the time before which it did not begin."""

    at: float
    is_bound: bool = False


async def fetch_time(
    cloud: Cloud, resource: Resource, details: ReadDetails | None = None
) -> StatedTime | None:
    """Return what the details of a job or the events of a service state of when it entered its state.

    With ``details`` all of the details are read, and kept there: something else needs them, too.
    """
    if lacks_bound(resource):
        return await _read_bound(cloud, resource)
    if not lacks_since(resource):
        return None
    if details is not None and isinstance(cloud, Describes):
        return find_stated_time(resource, (await details.describe(cloud, resource)).resource)
    if not isinstance(cloud, Reads):
        return None
    return find_stated_time(resource, await cloud.read(resource.kind, resource.id))


def find_stated_time(resource: Resource, now: Resource) -> StatedTime | None:
    """Return since when a job is in its state by what was read of it now, None where unknown or changed."""
    if now.status != resource.status:
        return None
    since, after = get_state_since(now), now.get_number(ENTERED_AFTER)
    if since is not None:
        return StatedTime(float(since))
    return StatedTime(after, is_bound=True) if after is not None else None


def find_bound(events: Iterable[Event], resource: Resource) -> float | None:
    """Return the time of the last event with another status than the resource has, None without one.

    Events state that a service is deployed, runs or stops, not that it fails: it failed after the last one.
    """
    times = (
        event.at
        for event in events
        if event.at is not None and event.status and event.status.casefold() != resource.status.casefold()
    )
    return max(times, default=None)


async def _read_bound(cloud: Cloud, resource: Resource) -> StatedTime | None:
    if not isinstance(cloud, ReportsEvents):
        return None
    after = find_bound(await cloud.fetch_events(resource), resource)
    return StatedTime(after, is_bound=True) if after is not None else None
