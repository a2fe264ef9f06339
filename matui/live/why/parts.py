"""Reads each part of a why card: its value, or None, and its source, or the reason why it is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from matui.base.calls.gather import gather_two
from matui.base.clock import Clock
from matui.base.errors import RefusedError
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import (
    Cloud,
    Describes,
    ReportsEvents,
    ReportsMetrics,
    TailsLogs,
    compute_clock_correction_ms,
    require,
)
from matui.live.audit.entry import AuditEntry
from matui.live.capabilities import explain_missing_pane
from matui.live.compare.gather import explain_no_runs, find_last_good, list_runs
from matui.live.journal.journal import Journal
from matui.live.why.card import NO_METRICS
from matui.live.why.first_error import LogLimits, find_first_error
from matui.live.why.readers import compare_details, list_actions, list_states, pick_events, read_values
from matui.resources.detail import Detail
from matui.resources.kind import PaneName
from matui.resources.model import Resource
from matui.resources.registry import get_kind
from matui.resources.times import get_state_since

_LIMITS = LogLimits(tail=5000, files=16, at_once=4, lines=20_000)
_MOST_CHANGES = 50


class Sources(NamedTuple):
    """The sources of a card. ``journal`` is None where none is kept; ``read_audit`` reads the disk.

    ``read_findings`` returns the findings in the numbers of the log, from the part that was read;
    ``load_findings`` reads it, side by side with the parts, and ``judge`` returns the row as triage shows it.
    """

    cloud: Cloud
    clock: Clock
    new_parser: Callable[[], TimestampParser]
    read_audit: Callable[[], Sequence[AuditEntry]]
    journal: Journal | None = None
    rules: ErrorRules = DEFAULT_RULES
    read_findings: Callable[[], Sequence[str]] = tuple
    load_findings: Callable[[], Awaitable[None]] | None = None
    judge: Callable[[], Awaitable[Resource]] | None = None


class PartReader:
    """Reads the parts about one resource; each method makes its own requests, and raises their errors.

    ``resource`` is replaced once its details are known.
    """

    def __init__(self, sources: Sources, resource: Resource) -> None:
        self._sources = sources
        self._reading: asyncio.Future[Detail] | None = None
        self.resource = resource

    def explain_missing(self, pane: PaneName) -> str:
        """Return why the cloud has no such pane of the resource, ``""`` where it has one."""
        resource = self.resource
        return explain_missing_pane(self._sources.cloud, get_kind(resource.kind), pane) or ""

    async def read_states(self) -> tuple[Any, str]:
        """Return the states that the resource has had."""
        resource, journal = self.resource, self._sources.journal
        changes: Sequence[Any] = ()
        without = "the journal is not available"
        if journal is not None and journal.is_on:
            account = journal.accounts.get_account(resource.profile)
            changes = await asyncio.to_thread(
                journal.reader.read_changes,
                resource.kind,
                resource.id,
                limit=_MOST_CHANGES,
                accounts=(account,),
            )
            without = without if journal.problem else "the journal knows no change of it"
        states = list_states(resource, changes, compute_clock_correction_ms(self._sources.cloud))
        return states, "journal and cloud" if changes else f"cloud; {without}"

    async def read_first_error(self) -> tuple[Any, str]:
        """Return the first error of its log."""
        if reason := self.explain_missing("log"):
            return None, reason
        source = self._sources
        found = await find_first_error(
            require(source.cloud, TailsLogs),
            self.resource,
            clock=source.clock,
            new_parser=source.new_parser,
            rules=source.rules,
            limits=_LIMITS,
        )
        searched = found.describe()
        if found.error is None:
            return None, f"no error in {searched}" if found.searched else "the job has no log yet"
        return found.error, searched

    async def read_events(self) -> tuple[Any, str]:
        """Return the events of the cloud that explain its state."""
        if reason := self.explain_missing("events"):
            return None, reason
        resource = self.resource
        events = await require(self._sources.cloud, ReportsEvents).fetch_events(resource)
        if not events:
            return None, "the cloud has recorded no events"
        if self._sources.journal is not None:
            self._sources.journal.record_events(resource, events)
        since = get_state_since(resource)
        return pick_events(events, float(since) if since is not None else None), "cloud"

    async def read_metrics(self) -> tuple[Any, str]:
        """Return its last metrics."""
        if reason := self.explain_missing("metrics"):
            return None, reason
        metrics = await require(self._sources.cloud, ReportsMetrics).fetch_metrics(self.resource)
        values = [one for one in read_values(metrics) if one.last is not None or one.most is not None]
        return (values, "cloud") if values else (None, NO_METRICS)

    async def read_actions(self) -> tuple[Any, str]:
        """Return what this user did to it."""
        try:
            entries = await asyncio.to_thread(self._sources.read_audit)
        except OSError as error:
            raise RefusedError(
                f"The audit cannot be read: {error.strerror or error}.",
                remedy="Check your rights to the audit's file.",
            ) from None
        done = list_actions(self.resource, entries, compute_clock_correction_ms(self._sources.cloud))
        return (done, "audit of this user") if done else (None, "nothing in the audit of this user")

    async def describe(self) -> Detail:
        """Return the detail of the resource, read once for all parts."""
        if self._reading is None:
            describing = require(self._sources.cloud, Describes).describe(self.resource)
            self._reading = asyncio.ensure_future(describing)
        return await self._reading

    async def read_differences(self) -> tuple[Any, str]:
        """Return what differs from the last version that succeeded."""
        resource, cloud = self.resource, self._sources.cloud
        if reason := explain_no_runs(cloud, resource):
            return None, reason
        shown, runs = await list_runs(cloud, resource)
        good = find_last_good(shown, runs, earlier=True)
        if good is None:
            return None, "no earlier version has succeeded"
        name = good.name or good.id
        before, now = await gather_two(
            require(cloud, Describes).describe(good),
            self.describe() if shown.key == resource.key else require(cloud, Describes).describe(shown),
        )
        found = compare_details(before, now)
        return (found, f"details, against {name}") if found else (None, f"the same settings as {name}")
