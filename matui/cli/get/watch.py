"""Says a failure that is tried again once, however often it comes.

``matui get --watch``: the list once, then a line for each change.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError, MatuiError, PermissionDeniedError
from matui.cli.context import Session
from matui.cli.get.output import Order, Sink
from matui.cli.output import note
from matui.cli.resolve import lister, strip_kind
from matui.live.poll.poller import Poller, Snapshot, Update
from matui.resources.filters import Filter
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

_QUIET_S = 300.0


class Complaints:
    """Writes to stderr; the same failure is told again only after five minutes without it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._met: dict[tuple[str, str], float] = {}

    def tell(self, before: str, error: MatuiError) -> None:
        """Tell a failure, with ``before`` it; what differs in nothing but its request id is the same one."""
        kind, now = (before, error.sentence), self._clock.monotonic()
        last, self._met[kind] = self._met.get(kind), now
        if last is None or now - last > _QUIET_S:
            note(f"{before} {error}")


Key = tuple[str, str, str]
_SLOW_S = 3.0
_TIMES = ("duration", "auto_stop_left_s", "due_time")


async def watch_changes(
    sessions: Sequence[Session], kind: Kind, ids: Sequence[str], chosen: Filter, order: Order, sink: Sink
) -> None:
    """Write the list and then its changes until cancelled; one slow or failing profile holds up no other.

    Raises what the first poll raises where that is so of every profile; for a single one, later only what
    another poll cannot mend.
    """
    updates: asyncio.Queue[Update] = asyncio.Queue()
    pollers = [_poller(session, kind, updates.put_nowait) for session in sessions]
    names = frozenset((*ids, *(strip_kind(kind, word) for word in ids)))
    screen = _Screen(sessions, names, chosen, order, sink)
    for poller in pollers:
        poller.start()
    try:
        while True:
            try:
                update = await asyncio.wait_for(updates.get(), _SLOW_S if screen.holds_back else None)
            except TimeoutError:
                screen.list_what_came()
            else:
                screen.take(update)
    finally:
        for poller in pollers:
            await poller.stop()


def _poller(session: Session, kind: Kind, publish: Callable[[Update], None]) -> Poller:
    return Poller(
        lister(session, kind),
        kind,
        clock=session.clock,
        rng=random.Random(),  # noqa: S311  jitter between polls, no secret
        cadence_s=session.profile.cadence(session.settings).get(kind.id, kind.cadence_s),
        publish=publish,
        workspace=session.workspace,
        profile=session.profile.name,
    )


class _Screen:
    """What has been written so far: the whole list once, then each change."""

    def __init__(
        self,
        sessions: Sequence[Session],
        names: frozenset[str],
        chosen: Filter,
        order: Order,
        sink: Sink,
    ) -> None:
        self._clock = sessions[0].clock
        self._names = names
        self._filter = chosen
        self._order = order
        self._sink = sink
        self._shown: dict[Key, tuple[str, ...]] = {}
        self._awaited = {session.profile.name for session in sessions}
        self._lists: dict[str, Snapshot] = {}
        self._errors: dict[str, MatuiError] = {}
        self._several = len(sessions) > 1
        self._is_listed = False
        self._complaints = Complaints(self._clock)

    @property
    def holds_back(self) -> bool:
        """Whether some lists have come and others are waited for, to write all of them together."""
        return bool(self._lists) and not self._is_listed

    def take(self, update: Update) -> None:
        """Write what an update brings."""
        snapshot = update.snapshot
        self._tell(snapshot.profile, snapshot.freshness.error)
        if self._is_listed and snapshot.profile in self._lists:
            self._changes(update)
        elif snapshot.complete:
            self._awaited.discard(snapshot.profile)
            self._lists[snapshot.profile] = snapshot
            if self._is_listed:
                self._late(snapshot)
        if self._lists and not self._awaited and not self._is_listed:
            self.list_what_came()

    def _changes(self, update: Update) -> None:
        now_ms = self._clock.now() * 1000
        for row in update.diff.removed:
            if self._shown.pop(row.key, None) is not None:
                self._sink.one(row, now_ms, gone=True)
        self._write([*update.diff.added, *update.diff.changed], now_ms)

    def _late(self, snapshot: Snapshot) -> None:
        self._write(self._order.apply(snapshot.rows.values()), self._clock.now() * 1000)

    def _write(self, rows: Iterable[Resource], now_ms: float) -> None:
        for row in rows:
            told = _told(row)
            if self._matches(row, now_ms) and self._shown.get(row.key) != told:
                self._shown[row.key] = told
                self._sink.one(row, now_ms, gone=False)

    def list_what_came(self) -> None:
        """Write the lists that have come, as one."""
        now_ms = self._clock.now() * 1000
        lists = self._lists.values()
        rows = [row for known in lists for row in known.rows.values() if self._matches(row, now_ms)]
        total = sum(known.total or len(known.rows) for known in lists)
        self._sink.all(self._order.apply(rows), now_ms, total)
        self._shown = {row.key: _told(row) for row in rows}
        self._is_listed = True

    def _matches(self, row: Resource, now_ms: float) -> bool:
        named = not self._names or row.id in self._names or row.name in self._names
        return named and self._filter.matches(row, now_ms)

    def _tell(self, profile: str, error: MatuiError | None) -> None:
        if error is not None and self._is_the_end(profile, error):
            raise max((error, *self._errors.values()), key=lambda one: one.exit_code)
        if error is not None:
            whose = f"{profile}: " if self._several else ""
            self._complaints.tell(f"{whose}The list is stale; trying again.", error)

    def _is_the_end(self, profile: str, error: MatuiError) -> bool:
        """Whether there is nothing to go on with."""
        if not self._several and self._is_listed:
            return isinstance(error, AuthenticationError | PermissionDeniedError)
        if profile in self._awaited:
            self._awaited.discard(profile)
            self._errors[profile] = error
        return not self._lists and not self._awaited


def _told(row: Resource) -> tuple[str, ...]:
    """Return the cells that matter: a change of time alone is no news."""
    columns = kind_by_id(row.kind).columns
    return tuple(c.text(row, 0) for c in columns if not c.ticks and c.id not in _TIMES)
