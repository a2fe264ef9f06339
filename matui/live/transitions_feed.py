"""Feeds the changes of a profile to those who act on them: capsules and notifications.

With a journal they are the journal's changes, whoever has seen them, and a claim in the journal gives each to
one process alone. Without one, or while it cannot be written, they are what the polls of this process see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import NamedTuple, TypeAlias

from matui.base.bounded import drop_oldest
from matui.base.clock import Clock
from matui.base.redaction.masking import hide_in_text
from matui.live.journal.change import Account, Change
from matui.live.journal.journal import Journal
from matui.live.poll.rows import Diff
from matui.resources.model import Phase, Resource
from matui.resources.times import get_state_since

_UNFOCUSED_WAIT_S = 2.0
_LONGEST_PENDING_MS = 60_000
_MOST_FED = 10_000
_MOST_STATES = 256
_LISTED_LATE_MS = 60_000  # a list may have a resource only some time after it was created

Listener: TypeAlias = Callable[[Change], None]
Claim: TypeAlias = tuple[str, int]
"""A purpose and the number of a change."""


class _Seen(NamedTuple):
    status: str
    phase: Phase


class TransitionFeed:
    """The changes of one profile. ``is_focused`` says whether the terminal of this process is looked at.

    ``cloud_clock`` is that of the times that its rows state, ``clock`` where it is None.
    """

    def __init__(
        self,
        journal: Journal,
        profile: str,
        clock: Clock,
        *,
        is_focused: Callable[[], bool] = lambda: True,
        cloud_clock: Clock | None = None,
    ) -> None:
        self._journal = journal
        self.profile = profile
        self._clock = clock
        self._cloud_clock = cloud_clock or clock
        self._is_focused = is_focused
        self._listeners: list[Listener] = []
        self._seen: dict[str, dict[str, _Seen]] = {}  # by kind and id
        self._states: dict[_Seen, _Seen] = {}  # one object for all resources in the same state
        # When each list was last read as a whole, in ms by the cloud's clock.
        self._whole_at: dict[str, float] = {}
        self._pending: dict[tuple[str, str], Change] = {}  # that the journal has not confirmed
        self._fed: dict[tuple[str, str], str | None] = {}  # the states fed while the journal failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._number = 0
        self._is_open = False

    def add_listener(self, listener: Listener) -> None:
        """Call ``listener`` with each change from now on, on the event loop."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin; call it on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._is_open = True
        if self._journal.is_on:
            self._journal.add_listener(self._take_from_journal)

    def stop(self) -> None:
        """End: nothing is fed any more."""
        self._is_open = False
        self._listeners.clear()
        if self._journal.is_on:
            self._journal.remove_listener(self._take_from_journal)

    async def wait_for_focused(self) -> None:
        """Wait so that a process whose terminal is focused can claim changes first."""
        if self._journal.is_on and not self._is_focused():
            await self._clock.sleep(_UNFOCUSED_WAIT_S)

    async def claim(self, claims: Collection[Claim]) -> set[Claim]:
        """Claim changes for a purpose each, all at once; return those that no other process has claimed.

        They are claimed at once so that a storm goes to one process.
        """
        if not self._journal.is_on:
            return set(claims)
        own = {claim for claim in claims if claim[1] < 0}
        names = {f"{purpose}:{number}": (purpose, number) for purpose, number in claims if number >= 0}
        won = await asyncio.to_thread(self._journal.claim_names, names) if names else ()
        return own | {names[name] for name in won}

    async def list_changes_since(self, kind: str, ident: str, since: int) -> tuple[Change, ...]:
        """Return the changes of a resource seen from a time on, oldest first; none without a journal."""
        if not self._journal.is_on:
            return ()
        accounts = (self._journal.accounts.get_account(self.profile),)
        found = await asyncio.to_thread(
            self._journal.reader.read_changes, kind, ident, since, accounts=accounts
        )
        return tuple(change for change in reversed(found) if change.source != "event")

    def _take_from_journal(self, changes: tuple[Change, ...]) -> None:
        """Take changes in the journal's thread."""
        account = self._journal.accounts.get_account(self.profile)
        own = [
            change for change in reversed(changes) if change.account == account and change.source != "event"
        ]  # what an event states has happened some time ago
        if own and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._confirm, own)

    def _confirm(self, changes: list[Change]) -> None:
        """Feed changes of the journal, without those that were fed while it could not be written."""
        new = []
        for change in changes:
            key = (change.kind, change.id)
            self._pending.pop(key, None)
            if key not in self._fed or self._fed.pop(key) != change.after:
                new.append(change)
        self._announce(new)

    def note(self, kind: str, diff: Diff, *, is_whole: bool = False, read_at: float | None = None) -> None:
        """Handle the changes of a poll of this process, where the journal does not report them.

        Rows that are removed while ``is_whole`` is false belong to another list, and are not deleted. What is
        noted before the start is what later polls are compared with. ``read_at`` is when the list was last
        read, in seconds since the epoch by this machine's clock, None for now: a poll may have failed.
        """
        found = [self._compare(kind, row) for row in (*diff.added, *diff.changed)]
        if is_whole:
            age_s = 0.0 if read_at is None else self._clock.now() - read_at
            self._whole_at[kind] = (self._cloud_clock.now() - age_s) * 1000
        else:
            self._whole_at.pop(kind, None)
        for row in diff.removed:
            was = self._seen.get(kind, {}).pop(row.id, None)
            if was is not None and is_whole:
                found.append(self._build(kind, row, was, None))
        changes = [change for change in found if change is not None]
        if self._journal.is_on and self._is_open:
            self._pending |= {(change.kind, change.id): change for change in changes}
            changes = self._take_unconfirmed()
        self._announce(changes)

    def _take_unconfirmed(self) -> list[Change]:
        """Return what the journal will not feed because it cannot be written; older changes are dropped."""
        since = int(self._clock.now() * 1000) - _LONGEST_PENDING_MS
        self._pending = {key: change for key, change in self._pending.items() if change.seen_at >= since}
        if not self._journal.is_failing:
            return []
        taken, self._pending = self._pending, {}
        self._fed |= {key: change.after for key, change in taken.items()}
        drop_oldest(self._fed, _MOST_FED)
        return list(taken.values())

    def _compare(self, kind: str, row: Resource) -> Change | None:
        if row.facts.get("expected"):
            return None
        seen, now = self._seen.setdefault(kind, {}), _Seen(row.status, row.phase)
        was = seen.get(row.id)
        seen[row.id] = now = self._states.setdefault(now, now)
        drop_oldest(self._states, _MOST_STATES)
        if was is None and not self._is_new(kind, row):
            return None
        if was is not None and (was.status, was.phase) == (row.status, row.phase):
            return None
        return self._build(kind, row, was, now)

    def _is_new(self, kind: str, row: Resource) -> bool:
        """Return whether a row that its list did not have was created, or has ended, after that was read."""
        known_at, times = self._whole_at.get(kind), (row.created_at, get_state_since(row))
        latest = max((time for time in times if time is not None), default=None)
        return known_at is not None and latest is not None and latest > known_at - _LISTED_LATE_MS

    def _build(self, kind: str, row: Resource, was: _Seen | None, now: _Seen | None) -> Change:
        self._number -= 1  # those of the journal are positive
        return Change(
            self._number, Account(row.cloud), int(self._clock.now() * 1000), None, row.profile, kind, row.id,
            hide_in_text(row.name), hide_in_text(row.owner), row.workspace,
            was.status if was else None, now.status if now else None,
            was.phase if was else None, now.phase if now else None,
        )  # fmt: skip

    def _announce(self, changes: list[Change]) -> None:
        for change in changes if self._is_open else ():
            for listener in tuple(self._listeners):
                listener(change)
