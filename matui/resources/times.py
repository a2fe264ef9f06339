"""When a resource entered its state, ended or changed, from what its cloud or the journal says. Pure.

A time that neither has stated is None; nothing is estimated.
"""

from __future__ import annotations

from dataclasses import replace

from matui.resources.model import Phase, Resource

STATE_SINCE = "state_since"
"""The fact with the time of the last change of state as polling or the journal saw it, in ms."""
SEEN_SINCE = "seen_since"
"""The fact with the time, in ms, since which the state lasts at least; it may have begun earlier."""
ENTERED_AFTER = "entered_after"
"""The fact with the time, in ms, after which the state began, as events of the cloud bound it."""
REFUSED_SINCE = "refused_since"
"""The fact with the time that the cloud states, in ms, where that was in the future when it was read."""
HAS_RUN = "has_run"
"""The fact that a resource which waits has run before: it has waited for less time than it exists."""
REQUEUED_AT = "requeued_at"
"""The fact with the time at which such a resource began to wait again, in ms, where its cloud states it."""
UPDATED_BY_HAND = "updated_by_hand"
"""The fact that ``updated_at`` is of the settings: the state may have been entered at any time after it."""
TROUBLE_SINCE = "trouble_since"
"""The fact of a row of triage whose trouble is not its state: when that began, in ms, None where unknown."""
CHANGED_AT = "changed_at"
"""The fact with the time of the last change that was seen, in ms."""

# Kinds whose resources come to an end; of the others a final phase is a state like any other.
ENDING_KINDS = frozenset({"jobs", "versions", "notebooks", "services", "visualizations", "devservers"})
UPDATED_KINDS = frozenset({"notebooks"})
"""Kinds whose ``updated_at`` is of the last update, of the state or of the settings."""
_DATED_KINDS = UPDATED_KINDS | {"services"}
"""Kinds whose ``updated_at`` is when a transition began, unless the fact UPDATED_BY_HAND says otherwise."""
# Statuses that a resource has from its creation on, one after the other.
_FROM_CREATION = frozenset(
    {
        *("JOBSTAT_INIT", "JOBSTAT_IMAGE_CREATING", "JOBSTAT_SUBMIT_TRYING", "JOBSTAT_WAITING"),
        *("Creating", "Pending", "Waiting", "Queuing"),
        *("INIT", "CREATE_QUEUING", "CREATING"),
    }
)


_TROUBLE = (Phase.FAILED, Phase.DEGRADED)
_TIMES = {
    *("ended_at", STATE_SINCE, SEEN_SINCE, ENTERED_AFTER, REFUSED_SINCE, REQUEUED_AT, CHANGED_AT),
    TROUBLE_SINCE,
}
CLOSE_MS = 120_000
"""Two moments that are no further apart are taken as one."""


def find_end(resource: Resource) -> int | None:
    """Return when the resource ended, in ms since the epoch; None while it runs or where it is unknown.

    Creation plus duration leaves out the wait before the run: the end is known where it was seen soon after
    that, and then it is when it was seen. A listed job with several versions states the duration of the
    newest version and the creation of the first: its end is unknown unless the fact ``ended_at`` holds it.
    """
    if resource.kind not in ENDING_KINDS or not resource.phase.ended:
        return None
    stated, seen = find_stated_end(resource), resource.get_number(STATE_SINCE)
    if resource.get_number(REFUSED_SINCE) is not None:
        return None if seen is None else int(seen)
    if stated is not None:
        return stated
    if resource.duration_ms is None or resource.created_at is None:
        return _update_of_state(resource) if seen is None else int(seen)
    if _has_several_versions(resource):
        return None if seen is None else int(seen)
    earliest = resource.created_at + resource.duration_ms
    return int(seen) if seen is not None and seen - earliest <= CLOSE_MS else None


def find_stated_end(resource: Resource) -> int | None:
    """Return the end that the cloud states, unless it lies before the creation: one of both is wrong."""
    stated, created = resource.get_number("ended_at"), resource.created_at
    if stated is None or (created is not None and stated < created - CLOSE_MS):
        return None
    return int(stated)


def find_earliest_end(resource: Resource) -> int | None:
    """Return the time before which the resource did not end, in ms since the epoch.

    None where ``ended_at`` knows the end, where nothing bounds it, and while the resource runs.
    """
    if resource.kind not in ENDING_KINDS or not resource.phase.ended or _has_several_versions(resource):
        return None
    if resource.duration_ms is None or resource.created_at is None or find_end(resource) is not None:
        return None
    is_refused = resource.get_number(REFUSED_SINCE) is not None
    return None if is_refused else resource.created_at + resource.duration_ms


def find_earliest_since(resource: Resource) -> int | None:
    """Return the time before which the state did not begin, in ms since the epoch.

    Where nothing else bounds a failure, that is the creation: no state is older than its resource. None where
    ``get_state_since`` knows when it began, and where nothing bounds it.
    """
    earliest = find_earliest_end(resource)
    if earliest is not None or get_state_since(resource) is not None:
        return earliest
    after = resource.get_number(ENTERED_AFTER)
    if after is not None:
        return int(after)
    return resource.created_at if resource.phase in _TROUBLE else None


def get_state_since(resource: Resource) -> int | None:
    """Return when the resource entered its state, in ms since the epoch, None where unknown."""
    ended = find_end(resource)
    if ended is not None:
        return ended
    if find_earliest_end(resource) is not None:
        return None
    seen = resource.get_number(STATE_SINCE)
    if seen is not None:
        return int(seen)
    if resource.get_number(REFUSED_SINCE) is not None:
        return None
    if resource.phase in _TROUBLE and not _has_several_versions(resource):
        return _update_of_state(resource)
    if resource.facts.get(HAS_RUN):
        again = resource.get_number(REQUEUED_AT)
        return None if again is None else int(again)
    if begins_at_creation(resource.kind, resource.status):
        return None if _has_several_versions(resource) else resource.created_at
    is_dated = resource.phase is Phase.PENDING and resource.kind in _DATED_KINDS
    return _update_of_state(resource) if is_dated else None


def begins_at_creation(kind: str, status: str) -> bool:
    """Return whether a status that is the first one known of a resource began at its creation."""
    return status in _FROM_CREATION and kind != "services"  # they enter INIT again


def get_trouble_since(resource: Resource) -> int | None:
    """Return since when a row is in trouble, in ms since the epoch, None where unknown.

    It is when its state began, unless the trouble is another one.
    """
    if TROUBLE_SINCE not in resource.facts:
        return get_state_since(resource)
    since = resource.get_number(TROUBLE_SINCE)
    return None if since is None else int(since)


def shift_times(resource: Resource, ms: float) -> Resource:
    """Return the resource with its times moved by ``ms``, from one clock to another."""
    if not ms:
        return resource
    facts = {
        name: int(value + ms) if name in _TIMES and isinstance(value, int | float) else value
        for name, value in resource.facts.items()
    }
    created, updated = (
        None if at is None else int(at + ms) for at in (resource.created_at, resource.updated_at)
    )
    return replace(resource, created_at=created, updated_at=updated, facts=facts)


def find_change_time(resource: Resource) -> int | None:
    """Return when the resource last changed, in ms since the epoch, None where unknown."""
    times = (resource.updated_at, resource.get_number(CHANGED_AT), resource.get_number(STATE_SINCE))
    known = [int(time) for time in (*times, find_end(resource)) if time is not None]
    return max(known, default=None)


def _update_of_state(resource: Resource) -> int | None:
    return None if resource.facts.get(UPDATED_BY_HAND) else resource.updated_at


def _has_several_versions(resource: Resource) -> bool:
    return (resource.get_number("version_count") or 1) > 1
