"""``matui get --watch``: the list once, then a line for each change."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from matui.base.calls.gather import gather_limited
from matui.base.errors import (
    AuthenticationError,
    MatuiError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
)
from matui.base.text.sanitize import clean
from matui.cli.context.journal import find_recorder
from matui.cli.context.resolve import find_resources, require_lister, strip_kind
from matui.cli.context.session import Session, wait_out_throttling
from matui.cli.context.warnings import RepeatedErrors
from matui.cli.get.output import Sink
from matui.cli.get.query import SortOrder
from matui.cli.options import build_wrong_filter_error
from matui.cli.output.streams import note
from matui.clouds.protocols import ListRequest, Lists, Page, Reads, compute_clock_correction_ms, require
from matui.live.poll.loop import Timing
from matui.live.poll.poller import Poller, Snapshot, Update
from matui.resources.filters import Filter
from matui.resources.kind import Kind
from matui.resources.model import Resource, ResourceKey
from matui.resources.registry import get_kind

_SLOW_S = 3.0
_AT_ONCE = 4
_TIMES = ("duration", "auto_stop_left_s", "due_time")


async def watch_changes(
    sessions: Sequence[Session],
    kind: Kind,
    ids: Sequence[str],
    chosen: Filter | None,
    order: SortOrder,
    sink: Sink,
) -> None:
    """Write the list and then its changes until cancelled; a slow or failing profile delays no other.

    Raises UsageError when the kind lacks a field of the filter, and the error of the first poll where every
    profile failed; for a single profile, later, only errors that polling again cannot resolve. While a cloud
    takes no more requests its poller waits.
    """
    updates: asyncio.Queue[Update] = asyncio.Queue()
    listers = await _find_listers(sessions, kind, ids)
    pollers = [_build_poller(session, kind, listers, updates.put_nowait) for session in sessions]
    names = frozenset((*ids, *(strip_kind(kind, word) for word in ids))) if not listers else frozenset()
    screen = _ChangeWriter(sessions, names, chosen, order, sink)
    for poller in pollers:
        poller.start()
    try:
        while True:
            try:
                update = await asyncio.wait_for(updates.get(), _SLOW_S if screen.is_waiting else None)
            except TimeoutError:
                screen.write_lists()
            else:
                screen.take(update)
    finally:
        for poller in pollers:
            await poller.stop()


async def _find_listers(sessions: Sequence[Session], kind: Kind, ids: Sequence[str]) -> dict[str, Lists]:
    """Return a lister of the named resources by profile where one is a version, none elsewhere.

    Raises NotFoundError for an id or name that no profile has.
    """
    found = [
        await wait_out_throttling(session, partial(find_resources, session, kind, ids))
        for session in (sessions if ids else ())
    ]
    known = {word for one in found for word in one.by_word}
    if ids and not known:
        found[0].raise_missing()
    for word in dict.fromkeys(word for word in ids if word not in known):
        note(f"There is no {kind.singular} {clean(strip_kind(kind, word))}.")
    if all(row.kind == kind.id for one in found for row in one.resources):
        return {}
    return {
        session.profile.name: _NamedLister(session, one.resources)
        for session, one in zip(sessions, found, strict=True)
    }


class _NamedLister:
    """Lists resources by reading each of them."""

    def __init__(self, session: Session, resources: Sequence[Resource]) -> None:
        self._cloud = require(session.cloud, Reads)
        self._resources = resources

    async def list_page(self, request: ListRequest) -> Page:
        """Return the resources that still exist; every page but the first is empty."""
        if request.number:
            return Page((), len(self._resources))
        read = await gather_limited(self._read, self._resources, _AT_ONCE)
        rows = tuple(row for row in read if row is not None)
        return Page(rows, len(rows))

    async def _read(self, resource: Resource) -> Resource | None:
        try:
            return await self._cloud.read(resource.kind, resource.id)
        except NotFoundError:
            return None


def _build_poller(
    session: Session, kind: Kind, listers: Mapping[str, Lists], publish: Callable[[Update], None]
) -> Poller:
    named = listers.get(session.profile.name)
    return Poller(
        named or require_lister(session, kind),
        kind,
        timing=Timing(
            session.clock,
            random.Random(),  # noqa: S311  jitter between polls, no secret
            session.profile.build_cadence(session.settings).get(kind.id, kind.cadence_s),
        ),
        publish=publish,
        workspace=session.workspace,
        profile=session.profile.name,
        recorder=None if named else find_recorder(session, kind.id),
    )


class _ChangeWriter:
    """Writes the whole list once, then each change."""

    def __init__(
        self,
        sessions: Sequence[Session],
        names: frozenset[str],
        chosen: Filter | None,
        order: SortOrder,
        sink: Sink,
    ) -> None:
        self._clock = sessions[0].clock
        self._clouds = {session.profile.name: session.cloud for session in sessions}
        self._names = names
        self._filter = chosen
        self._order = order
        self._build_sink = sink
        self._shown: dict[ResourceKey, tuple[str, ...]] = {}
        self._awaited = {session.profile.name for session in sessions}
        self._lists: dict[str, Snapshot] = {}
        self._errors: dict[str, MatuiError] = {}
        self._several = len(sessions) > 1
        self._is_listed = False
        self._repeated = RepeatedErrors(self._clock)

    @property
    def is_waiting(self) -> bool:
        """Whether some lists have arrived and others are awaited, to be written together."""
        return bool(self._lists) and not self._is_listed

    def take(self, update: Update) -> None:
        """Write the changes of an update."""
        snapshot = update.snapshot
        self._report_errors(snapshot.profile, snapshot.freshness.error)
        if self._is_listed and snapshot.profile in self._lists:
            self._write_changes(update)
        elif snapshot.complete:
            self._awaited.discard(snapshot.profile)
            self._lists[snapshot.profile] = snapshot
            if self._is_listed:
                self._write_late_list(snapshot)
        if self._lists and not self._awaited and not self._is_listed:
            self.write_lists()

    def _write_changes(self, update: Update) -> None:
        now_ms = self._clock.now() * 1000
        for row in update.diff.removed:
            if self._shown.pop(row.key, None) is not None:
                self._build_sink.write_one(row, now_ms, gone=True)
        self._write([*update.diff.added, *update.diff.changed], now_ms)

    def _write_late_list(self, snapshot: Snapshot) -> None:
        self._write(self._order.apply(snapshot.rows.values()), self._clock.now() * 1000)

    def _write(self, rows: Iterable[Resource], now_ms: float) -> None:
        for row in rows:
            cells = _build_stable_cells(row)
            if self._matches(row, now_ms) and self._shown.get(row.key) != cells:
                self._shown[row.key] = cells
                self._build_sink.write_one(row, now_ms, gone=False)

    def write_lists(self) -> None:
        """Write the lists received so far as one.

        Raises UsageError when the kind lacks a field of the filter.
        """
        now_ms = self._clock.now() * 1000
        lists = self._lists.values()
        every = [row for known in lists for row in known.rows.values()]
        if self._filter is not None and (missing := self._filter.explain_missing_fields(every)):
            raise build_wrong_filter_error(missing.values())
        self._note_lack(every, now_ms)
        rows = [row for row in every if self._matches(row, now_ms)]
        total = sum(known.total or len(known.rows) for known in lists)
        self._build_sink.write_all(self._order.apply(rows), now_ms, total, came=len(every))
        self._shown = {row.key: _build_stable_cells(row) for row in rows}
        self._is_listed = True

    def _note_lack(self, rows: Sequence[Resource], now_ms: float) -> None:
        """Name on stderr the rows of which the filter needs what is not known; a change is shown."""
        from matui.cli.get.times import find_lack

        lack = find_lack(self._filter, rows, now_ms) if self._filter is not None else None
        if lack is not None:
            note(str(lack))
        kind_ids = {row.kind: None for row in rows}
        for words in (
            self._filter.explain_unlikely_statuses(kind_ids, rows) if self._filter is not None else ()
        ):
            note(words)

    def _matches(self, row: Resource, now_ms: float) -> bool:
        if self._names and row.id not in self._names and row.name not in self._names:
            return False
        if self._filter is None:
            return True
        return self._filter.matches(row, now_ms + compute_clock_correction_ms(self._clouds.get(row.profile)))

    def _report_errors(self, profile: str, error: MatuiError | None) -> None:
        if error is not None and self._is_final(profile, error):
            raise max((error, *self._errors.values()), key=lambda one: one.exit_code)
        if error is not None:
            whose = f"{profile}: " if self._several else ""
            is_first = profile not in self._lists and isinstance(error, RateLimitedError)
            state = "Still waiting for the list." if is_first else "The list is stale; trying again."
            self._repeated.report(f"{whose}{state}", error)

    def _is_final(self, profile: str, error: MatuiError) -> bool:
        """Whether no profile can continue. A cloud that takes no more requests is waited for."""
        if isinstance(error, RateLimitedError):
            return False
        if not self._several and self._is_listed:
            return isinstance(error, AuthenticationError | PermissionDeniedError)
        if profile in self._awaited:
            self._awaited.discard(profile)
            self._errors[profile] = error
        return not self._lists and not self._awaited


def _build_stable_cells(row: Resource) -> tuple[str, ...]:
    """Return the cells of a row without its times, whose change alone is not written."""
    columns = get_kind(row.kind).columns
    return tuple(c.text(row, 0) for c in columns if not c.ticks and c.id not in _TIMES)
