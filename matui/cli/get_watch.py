"""``matui get --watch``: the list once, then a line for each change."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from matui.cli.context import Session
from matui.cli.get_output import Sink
from matui.cli.listing_order import Order
from matui.cli.output import note
from matui.cli.resolve import lister
from matui.errors import AuthenticationError, MatuiError, PermissionDeniedError
from matui.live.poller import Poller
from matui.live.snapshot import Update
from matui.resources.filters import Filter
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

_TIMES = ("duration", "auto_stop_left_s", "due_time")


async def watch_changes(
    session: Session, kind: Kind, ids: Sequence[str], chosen: Filter, order: Order, sink: Sink
) -> None:
    """Write the list and then its changes until cancelled.

    Raises what the first poll raises, and later only what another poll cannot mend.
    """
    updates: asyncio.Queue[Update] = asyncio.Queue()
    poller = Poller(
        lister(session, kind),
        kind,
        clock=session.clock,
        rng=random.Random(),  # noqa: S311  jitter between polls, no secret
        cadence_s=session.profile.cadence(session.settings)[kind.id],
        publish=updates.put_nowait,
        workspace=session.workspace,
        profile=session.profile.name,
    )
    screen = _Screen(session, frozenset(ids), chosen, order, sink)
    poller.start()
    try:
        while True:
            screen.take(await updates.get())
    finally:
        await poller.stop()


class _Screen:
    """What has been written so far: the whole list once, then each change."""

    def __init__(
        self, session: Session, names: frozenset[str], chosen: Filter, order: Order, sink: Sink
    ) -> None:
        self._session = session
        self._names = names
        self._filter = chosen
        self._order = order
        self._sink = sink
        self._shown: dict[str, tuple[str, ...]] = {}
        self._is_listed = False
        self._said = ""

    def take(self, update: Update) -> None:
        """Write what an update brings."""
        self._tell(update.snapshot.freshness.error)
        now_ms = self._session.clock.now() * 1000
        if not self._is_listed:
            self._list(update, now_ms)
            return
        for row in update.diff.removed:
            if self._shown.pop(row.id, None) is not None:
                self._sink.one(row, now_ms, gone=True)
        for row in (*update.diff.added, *update.diff.changed):
            told = _told(row)
            if self._matches(row, now_ms) and self._shown.get(row.id) != told:
                self._shown[row.id] = told
                self._sink.one(row, now_ms, gone=False)

    def _list(self, update: Update, now_ms: float) -> None:
        snapshot = update.snapshot
        if not snapshot.complete:
            return
        rows = [row for row in snapshot.rows.values() if self._matches(row, now_ms)]
        self._sink.all(self._order.apply(rows), now_ms, snapshot.total or len(snapshot.rows))
        self._shown = {row.id: _told(row) for row in rows}
        self._is_listed = True

    def _matches(self, row: Resource, now_ms: float) -> bool:
        named = not self._names or row.id in self._names or row.name in self._names
        return named and self._filter.matches(row, now_ms)

    def _tell(self, error: MatuiError | None) -> None:
        if error is not None and (
            not self._is_listed or isinstance(error, AuthenticationError | PermissionDeniedError)
        ):
            raise error
        said = str(error or "")
        if said and said != self._said:
            note(f"The list is stale; trying again. {said}")
        self._said = said


def _told(row: Resource) -> tuple[str, ...]:
    """Return the cells that matter: a change of time alone is no news."""
    columns = kind_by_id(row.kind).columns
    return tuple(c.text(row, 0) for c in columns if not c.ticks and c.id not in _TIMES)
