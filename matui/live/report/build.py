"""Builds the hand-over of a stretch of time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from matui.live.audit.entry import AuditEntry
from matui.live.capsules.manifest import Manifest
from matui.live.journal.change import Account, Change, LastState, Span, StoredAcknowledgement
from matui.live.journal.change_views import find_unwatched
from matui.live.triage.item import URGENCY, TroubleKind
from matui.live.triage.reasons import find_reason_in_facts, find_reason_in_status
from matui.resources.kinds.triage import LISTS, TROUBLE
from matui.resources.model import Phase, Resource
from matui.resources.times import find_earliest_end, find_end, get_state_since, get_trouble_since

_LEAST_GAP_MS = 180_000
Watched = tuple[str, str, str, str, str, str]


class Failure(NamedTuple):
    """A change into trouble; ``recovered`` is the change that ended it, None while it lasts.

    ``at`` is when it began (ms since the epoch), None for what had failed before it was first seen, at a time
    that nothing states. ``why`` is the reason, also where the change states none; ``""`` where nothing is
    known. ``is_deleted`` where the resource is gone and had not recovered.
    """

    change: Change
    recovered: Change | None = None
    capsule: str = ""
    why: str = ""
    is_deleted: bool = False
    at: int | None = None


class OpenItem(NamedTuple):
    """A resource that needs a person at the end, is acknowledged, or watched to its end.

    ``is_unwatched`` where it failed while nothing polled, by the cloud's times within those of the report.
    ``what`` is what triage calls it, ``""`` for what is waited for and in no trouble.
    """

    profile: str
    kind: str
    id: str
    name: str
    state: str
    since: int | None = None
    acknowledged: StoredAcknowledgement | None = None
    is_watched: bool = False
    owner: str = ""
    why: str = ""
    is_unwatched: bool = False
    what: str = ""


class Report(NamedTuple):
    """The hand-over of the time from ``since`` to ``until``, in ms since the epoch.

    ``earlier`` counts the jobs created before it that have failed at a time which is not known. ``problem``
    says what is wrong with the journal, ``""`` for nothing. Every time is by this machine's clock;
    ``ahead_ms`` is how far that of a cloud was ahead of it, of several the farthest.
    """

    since: int
    until: int
    failed: tuple[Failure, ...]
    recovered: tuple[Change, ...]
    actions: tuple[AuditEntry, ...]
    open: tuple[OpenItem, ...]
    unwatched: tuple[Span, ...]
    capsules: tuple[Manifest, ...]
    earlier: int = 0
    problem: str = ""
    ahead_ms: float = 0.0


class ReportRecords(NamedTuple):
    """What a report is built from; the parts are in any order, ``watched`` as the watches keep them.

    ``in_trouble`` holds what was failed or degraded when it was last read, ``standing`` the rows of triage of
    what needs a person besides, ``awaited`` the last states, also of what is watched.
    """

    changes: Sequence[Change]
    spans: Sequence[Span]
    entries: Sequence[AuditEntry]
    in_trouble: Sequence[LastState] = ()
    acknowledgements: Sequence[StoredAcknowledgement] = ()
    watched: Sequence[Watched] = ()
    awaited: Sequence[LastState] = ()
    capsules: Sequence[Manifest] = ()
    standing: Sequence[LastState] = ()


def build_report(
    since: int,
    until: int,
    records: ReportRecords,
    *,
    why_of: Callable[[Failure], str] = lambda failure: failure.change.reason,
    why_of_row: Callable[[LastState], str] = lambda state: explain_row(state.resource),
) -> Report:
    """Return the hand-over. A job that failed before ``since`` is open only where it is acknowledged.

    ``why_of`` finds the reason of a failure, ``why_of_row`` that of a row which has not changed.
    """
    ordered = sorted(records.changes, key=lambda change: (change.seen_at, change.number))
    by_resource: dict[tuple[Account, str, str], list[Change]] = {}
    for change in ordered:
        by_resource.setdefault((change.account, change.kind, change.id), []).append(change)
    noted = {(one.account, one.kind, one.id) for one in records.acknowledgements}
    recent, earlier = _split_trouble(records.in_trouble, since, noted | by_resource.keys())
    accounts = {change.profile: change.account for change in ordered}
    failed = [
        failure for own in by_resource.values() for failure in _list_failures(own, records.capsules, accounts)
    ]
    rows = {(one.account, one.resource.kind, one.resource.id): one.resource for one in records.in_trouble}
    failed = [_date_failure(failure, rows, by_resource)._replace(why=why_of(failure)) for failure in failed]
    failed.sort(key=_get_failure_start, reverse=True)
    recovered = [failure.recovered for failure in failed if failure.recovered is not None]
    open_items = _open_items(failed, recent, by_resource, records, why_of_row, Span(since, until))
    actions = [entry for entry in records.entries if entry.at_ms is None or since <= entry.at_ms <= until]
    return Report(
        since,
        until,
        tuple(failed),
        tuple(sorted(recovered, key=lambda change: change.seen_at, reverse=True)),
        tuple(sorted(actions, key=lambda entry: entry.at_ms or 0.0)),
        tuple(sorted(open_items, key=_rank_open)),
        tuple(
            gap for gap in find_unwatched(records.spans, since, until) if gap.end - gap.start >= _LEAST_GAP_MS
        ),
        tuple(one for one in records.capsules if since <= one.saved_at <= until),
        earlier,
    )


def _list_failures(
    changes: Sequence[Change], capsules: Sequence[Manifest], accounts: Mapping[str, Account]
) -> list[Failure]:
    """Return the changes into trouble of one resource, each with what ended it."""
    found: list[Failure] = []
    for change in changes:
        was_bad, is_bad = change.before_phase in TROUBLE, change.after_phase in TROUBLE
        if is_bad and not was_bad:
            about = [one for one in capsules if _is_about(one, change, accounts)]
            nearest = min(about, key=partial(_measure_distance, change), default=None)
            found.append(Failure(change, None, nearest.id if nearest is not None else ""))
        elif found and was_bad and not is_bad and change.after is not None:
            found[-1] = found[-1]._replace(recovered=change)
        elif found and was_bad and change.after is None:
            found[-1] = found[-1]._replace(is_deleted=True)
    return found


def _measure_distance(change: Change, capsule: Manifest) -> tuple[bool, int]:
    return capsule.profile != change.profile, abs(capsule.saved_at - change.seen_at)


def _is_about(capsule: Manifest, change: Change, accounts: Mapping[str, Account]) -> bool:
    """Return whether a capsule may be of a change; its profile may be another one of the same account."""
    same = (capsule.kind, capsule.resource_id) == (change.kind, change.id)
    same = same and accounts.get(capsule.profile, change.account) == change.account
    return same and abs(capsule.saved_at - change.seen_at) < 3_600_000


def _split_trouble(
    in_trouble: Sequence[LastState], since: int, kept: Collection[tuple[Account, str, str]]
) -> tuple[list[LastState], int]:
    """Return what is in trouble, and how many jobs may have failed before ``since``: nothing states when.

    Jobs that failed before are left out of both. What is ``kept`` is always returned.
    """
    found, earlier = [], 0
    for state in in_trouble:
        row = state.resource
        failed_at = find_end(row) if row.kind == "jobs" else since
        is_recent = (failed_at if failed_at is not None else _find_earliest_failure(row, since)) >= since
        if is_recent or (state.account, row.kind, row.id) in kept:
            found.append(state)
        else:
            earlier += failed_at is None
    return found, earlier


def _get_state_start(row: Resource) -> int:
    """Return when a row entered its state, or the earliest that it may have."""
    since = get_state_since(row)
    return (since if since is not None else find_earliest_end(row)) or 0


def _find_earliest_failure(row: Resource, otherwise: int) -> int:
    """Return the time before which a row did not fail: its earliest end, else its creation."""
    earliest = find_earliest_end(row)
    if earliest is None:
        earliest = row.created_at
    return earliest if earliest is not None else otherwise


def explain_row(row: Resource) -> str:
    """Return the reason that a row itself states, ``""`` for none."""
    why = find_reason_in_facts(row) or find_reason_in_status(row)
    return why.text if why is not None else ""


def _date_failure(
    failure: Failure,
    rows: Mapping[tuple[Account, str, str], Resource],
    by_resource: Mapping[tuple[Account, str, str], Sequence[Change]],
) -> Failure:
    """Return the failure with when it began: as the cloud states it, but not later than it was seen."""
    change = failure.change
    key = (change.account, change.kind, change.id)
    row = rows.get(key) if by_resource[key][-1] is change else None
    ended = find_end(row) if row is not None else None
    if ended is not None:
        return failure._replace(at=min(ended, change.seen_at))
    return failure._replace(at=change.shown_at if change.before is not None else change.entered_at)


def _get_failure_start(failure: Failure) -> int:
    return failure.change.seen_at if failure.at is None else failure.at


def _rank_open(item: OpenItem) -> tuple[bool, bool, int]:
    """Return the order of what is open: that of triage, then what is waited for; else they keep theirs."""
    is_noted = item.acknowledged is not None
    return (not item.what, is_noted, URGENCY[TroubleKind(item.what)] if item.what else 0)


def _get_word(phase: Phase | None) -> str:
    return phase.value if phase in TROUBLE else ""


def _add_standing(
    items: dict[tuple[Account, str, str], OpenItem],
    standing: Iterable[LastState],
    notes: Mapping[tuple[Account, str, str], StoredAcknowledgement],
    waits: Collection[tuple[Account, str, str]],
) -> None:
    """Add what needs a person without having failed, and what triage calls the others."""
    newest_first = sorted(standing, key=lambda one: -(get_trouble_since(one.resource) or 0))
    for account, row in newest_first:
        key, what = (account, row.kind, row.id), row.get_text("what")
        if key in items:
            items[key] = items[key]._replace(what=what)
        elif row.phase not in TROUBLE or row.kind == LISTS.id:
            items[key] = OpenItem(
                row.profile, row.kind, row.id, row.name, row.status, get_trouble_since(row),
                notes.get(key), key in waits, row.owner, row.get_text("why"), what=what,
            )  # fmt: skip


def _open_items(
    failed: Sequence[Failure],
    in_trouble: Sequence[LastState],
    by_resource: dict[tuple[Account, str, str], list[Change]],
    records: ReportRecords,
    why_of_row: Callable[[LastState], str],
    span: Span,
) -> list[OpenItem]:
    since, until = span
    notes = {(one.account, one.kind, one.id): one for one in records.acknowledgements}
    waits = {(Account(*key[:4]), key[4], key[5]) for key in records.watched}
    items: dict[tuple[Account, str, str], OpenItem] = {}
    for failure in failed:
        change = failure.change
        key = (change.account, change.kind, change.id)
        last = by_resource[key][-1]
        if failure.recovered is None and not failure.is_deleted and last.after is not None:
            items[key] = OpenItem(
                change.profile, change.kind, change.id, change.name, last.after,
                failure.at, notes.get(key), key in waits, change.owner, failure.why,
                what=_get_word(by_resource[key][-1].after_phase),
            )  # fmt: skip
    for last_state in sorted(in_trouble, key=lambda one: _get_state_start(one.resource), reverse=True):
        row = last_state.resource
        key = (last_state.account, row.kind, row.id)
        if key not in items:
            began = get_state_since(row)
            failed_within = row.phase is Phase.FAILED and began is not None and since <= began <= until
            items[key] = OpenItem(
                row.profile, row.kind, row.id, row.name, row.status, began,
                notes.get(key), key in waits, row.owner, why_of_row(last_state),
                failed_within and key not in by_resource, _get_word(row.phase),
            )  # fmt: skip
    _add_standing(items, records.standing, notes, waits)
    for last_state in records.awaited:
        row = last_state.resource
        key = (last_state.account, row.kind, row.id)
        if key in waits and key not in items and key not in by_resource:
            items[key] = OpenItem(
                row.profile, row.kind, row.id, row.name, row.status, get_state_since(row),
                notes.get(key), True, row.owner,
            )  # fmt: skip
    for key in sorted(waits - items.keys(), key=str):
        own = by_resource.get(key)
        name, state = (own[-1].name, own[-1].after or "deleted") if own else (key[2], "not seen")
        profile = own[-1].profile if own else ""
        items[key] = OpenItem(profile, key[1], key[2], name, state, None, notes.get(key), is_watched=True)
    return list(items.values())
