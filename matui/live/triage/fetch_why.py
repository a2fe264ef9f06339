"""Fetches the one line that says why: the events, the details, then the log, until one has a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import Cloud, Describes, ReportsEvents, ReportsSoldOut, TailsLogs
from matui.live.capabilities import explain_missing_pane
from matui.live.triage.item import Why
from matui.live.triage.reasons import (
    MOST_LOG_FILES,
    build_reason_from_flavor,
    build_reason_from_log,
    find_reason_in_events,
    find_reason_in_facts,
    find_reason_in_sections,
    find_reason_in_status,
    find_reason_in_waiting,
    is_weak,
)
from matui.live.triage.rules import may_lack_flavor
from matui.live.triage.state_times import ReadDetails
from matui.live.why.first_error import LogLimits, find_first_error
from matui.resources.detail import Detail
from matui.resources.kind import PaneName
from matui.resources.kinds.triage import is_in_trouble
from matui.resources.model import Resource
from matui.resources.registry import get_kind

Ask: TypeAlias = Callable[[Cloud, Resource], Awaitable[Why | None]]
# A page of each file: to prove that a short log has no more takes six requests.
_LIMITS = LogLimits(tail=500, files=MOST_LOG_FILES, at_once=2, requests=1, least_requests=1)
_BRIEF_LIMITS = _LIMITS._replace(at_once=1, until_found=True)


async def fetch_why(
    cloud: Cloud,
    resource: Resource,
    *,
    clock: Clock,
    new_parser: Callable[[], TimestampParser],
    rules: ErrorRules = DEFAULT_RULES,
    details: ReadDetails | None = None,
    is_brief: bool = False,
) -> Why | None:
    """Return the first reason found, None where there is none.

    With ``is_brief`` the logs of a job are read one by one until one has an error: of many jobs that failed,
    each has a reason before any has all of its logs read. ``details`` are those that were read of late.

    One that states no more than that something failed counts only where no source has a better one. A source
    that cannot be read is passed over; raises its error where no other has a reason.
    """
    failure: MatuiError | None = None
    own = find_reason_in_facts(resource)
    weak = own if own is not None and is_weak(own) else None

    async def from_log(cloud: Cloud, resource: Resource) -> Why | None:
        if not _has(cloud, resource, "log") or not isinstance(cloud, TailsLogs):
            return None
        found = await find_first_error(
            cloud,
            resource,
            clock=clock,
            new_parser=new_parser,
            rules=rules,
            limits=_BRIEF_LIMITS if is_brief else _LIMITS,
        )
        error = found.error
        if error is None:
            return None
        read = len(found.searched)
        part = f"; {read} of {read + found.skipped} files read" if is_brief and found.skipped else ""
        return build_reason_from_log(f"{error.file}{part}", error.summary)

    async def from_details(cloud: Cloud, resource: Resource) -> Why | None:
        if not _has(cloud, resource, "detail") or not isinstance(cloud, Describes):
            return None
        detail = await (details or ReadDetails(clock)).describe(cloud, resource)
        return await _find_in_details(cloud, resource, detail)

    for ask in _order_sources(resource, from_log, from_details):
        try:
            why = await ask(cloud, resource)
        except MatuiError as error:
            failure = error
            continue
        if why is not None and not is_weak(why):
            return why
        weak = weak or why
    why = weak or find_reason_in_status(resource)
    if why is None and failure is not None:
        raise failure
    return why


def _order_sources(resource: Resource, from_log: Ask, from_details: Ask) -> tuple[Ask, ...]:
    """Return the sources in their order: for a failed job the log comes before the details."""
    if not is_in_trouble(resource):
        return (from_details, _fetch_from_events)
    if resource.kind in ("jobs", "versions"):
        return (_fetch_from_events, from_log, from_details)
    return (_fetch_from_events, from_details)


async def _fetch_from_events(cloud: Cloud, resource: Resource) -> Why | None:
    if not _has(cloud, resource, "events") or not isinstance(cloud, ReportsEvents):
        return None
    return find_reason_in_events(await cloud.fetch_events(resource))


async def _find_in_details(cloud: Cloud, resource: Resource, detail: Detail) -> Why | None:
    sold_out = await find_sold_out(cloud, detail.resource)
    if not is_in_trouble(resource):
        return sold_out or find_reason_in_waiting(detail.sections)
    return find_reason_in_sections(detail.resource, detail.sections) or sold_out


def _has(cloud: Cloud, resource: Resource, pane: PaneName) -> bool:
    return explain_missing_pane(cloud, get_kind(resource.kind), pane) is None


async def find_sold_out(cloud: Cloud, detailed: Resource) -> Why | None:
    """Return that the flavor of what waits, or was not started, is sold out; None where it is not known."""
    flavor = detailed.get_text("flavor")
    names = {flavor, detailed.get_text("flavor_id")} - {""}
    if not names or not may_lack_flavor(detailed) or not isinstance(cloud, ReportsSoldOut):
        return None
    try:
        sold_out = await cloud.list_sold_out_flavors("jobs" if detailed.kind == "versions" else detailed.kind)
    except MatuiError:
        return None  # the details have been read
    return build_reason_from_flavor(flavor or min(names)) if names & sold_out else None
