"""Reads how much of quotas and pools is in use, each every ten minutes, in the order of the profiles."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from matui.clouds.protocols import Describes
from matui.console.triage.open_triage import OpenTriage, TriageReader
from matui.live.triage.fetch_queue import FetchQueue
from matui.live.triage.fetch_usage import (
    EVERY_S,
    count_usage_requests,
    fetch_usage,
    find_flavors,
    iterate_detail_rows,
    iterate_flavor_rows,
    iterate_usage_rows,
    lacks_flavor_name,
    pack_usage,
)
from matui.live.triage.item import Usage

if TYPE_CHECKING:
    from matui.base.clock import Clock
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession
    from matui.live.triage.state_times import ReadDetails
    from matui.resources.detail import Detail
    from matui.resources.model import Resource, ResourceKey

_FIRST_AFTER_S = 60.0  # the budget of the first minute is for the reasons of the rows on the screen
_WITH_FLAVORS = ("jobs", "notebooks", "services")
_WITH_USAGE = ("workspaces", "pools")
_KINDS = (*_WITH_FLAVORS, *_WITH_USAGE)


class _Readable(NamedTuple):
    """What may be read of a profile, found for the versions of its lists and the flavors sold out."""

    found_for: tuple[tuple[int, ...], frozenset[str]]
    flavors: tuple[Resource, ...]
    details: tuple[Resource, ...]
    usages: tuple[Resource, ...]


class UsageReader(TriageReader[Usage | None]):
    """Asks for what is due within the budget."""

    def __init__(self, triage: OpenTriage, clock: Clock, details: ReadDetails) -> None:
        super().__init__(
            FetchQueue(self._fetch, triage.get_budget, self._publish, clock, requests=count_usage_requests)
        )
        self._triage = triage
        self._clock = clock
        self._begins_at = clock.monotonic() + _FIRST_AFTER_S
        self._asked_at: dict[ResourceKey, float] = {}
        self._readable: dict[str, _Readable] = {}
        self._details = details
        details.on_read = self._learn

    def ask_for_flavors(self, fleet: OpenProfiles, in_view: Container[ResourceKey]) -> None:
        """Request what shows whether waiting rows lack a flavor: the flavors, the details of rows in view.

        It takes few requests, and without it such a row is not ranked, or as something else.
        """
        self._queue.replace_waiting(self._iterate_due(fleet, in_view))

    def ask(self, fleet: OpenProfiles) -> None:
        """Request what was not requested in the last ten minutes, failures included."""
        now = self._clock.monotonic()
        self._asked_at = {key: at for key, at in self._asked_at.items() if now - at < EVERY_S}
        if now >= self._begins_at:
            self._queue.replace_waiting(self._iterate_due(fleet))

    def _iterate_due(
        self, fleet: OpenProfiles, in_view: Container[ResourceKey] | None = None
    ) -> Iterator[Resource]:
        """Yield what is due; with ``in_view`` only flavors, and the details of waiting rows in view."""
        now = self._clock.monotonic()
        for member in fleet.members:
            readable = self._find_readable(fleet, member)
            details, usages = readable.details, readable.usages
            if in_view is not None:
                details, usages = tuple(row for row in details if row.key in in_view), ()
            for row in (*readable.flavors, *details, *usages):
                asked_at = self._asked_at.get(row.key)
                if asked_at is None or now - asked_at >= EVERY_S:
                    yield row

    def _find_readable(self, fleet: OpenProfiles, member: ConsoleSession) -> _Readable:
        """Return what may be read of a profile; it is found again when one of its lists has changed."""
        cloud, get_poller = member.cloud, member.pollers.get_poller
        sold_out = fleet.triage.evidence.sold_out.get(cloud.profile, frozenset())
        versions = tuple(get_poller(kind).version for kind in _KINDS if kind in cloud.kinds)
        known = self._readable.get(cloud.profile)
        if known is None or known.found_for != (versions, sold_out):
            waiting = list(chain.from_iterable(_iterate_rows(member, kind) for kind in _WITH_FLAVORS))
            workspaces, pools = (_iterate_rows(member, kind) for kind in _WITH_USAGE)
            known = self._readable[cloud.profile] = _Readable(
                (versions, sold_out),
                tuple(iterate_flavor_rows(cloud, waiting)),
                tuple(iterate_detail_rows(cloud, waiting, sold_out)),
                tuple(iterate_usage_rows(cloud, workspaces, pools)),
            )
        return known

    async def _fetch(self, row: Resource) -> Usage | None:
        self._asked_at[row.key] = self._clock.monotonic()
        member = self._triage.find_member(row)
        if member is None:
            return None
        if row.kind == "jobs" and isinstance(member.cloud, Describes):
            return find_flavors((await self._details.describe(member.cloud, row)).resource)
        return await fetch_usage(member.cloud, row)

    def _learn(self, row: Resource, detail: Detail) -> None:
        """Take the flavor of a row out of details that were read for its time or its reason."""
        if lacks_flavor_name(row):
            self._asked_at[row.key] = self._clock.monotonic()
            self._publish(row, find_flavors(detail.resource))

    def _publish(self, row: Resource, usage: Usage | None) -> None:
        fleet = self._triage.fleet
        member = fleet.find_for_resource(row) if fleet is not None else None
        if usage is not None and fleet is not None and member is not None:
            member.journal.note_usage(row, pack_usage(usage))
            self._triage.show(fleet.triage.set_usage(row, usage, fleet.primary.get_now_ms()))


def _iterate_rows(member: ConsoleSession, kind: str) -> Iterable[Resource]:
    if kind not in member.cloud.kinds:
        return ()
    return member.pollers.get_poller(kind).rows.values()
