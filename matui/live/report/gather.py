"""Reads the sources of a hand-over: the journal, the audit trail, the watches and the capsules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from matui.live.audit.trail import open_audit_file, read_audit
from matui.live.capsules.archive import CapsuleStore, StoredCapsule
from matui.live.capsules.cloud import FindWhy, explain_capsule
from matui.live.journal.change import Account, LastState, build_run_id
from matui.live.journal.journal import Journal
from matui.live.notify.watches import Watches
from matui.live.report.build import Failure, Report, ReportRecords, build_report, explain_row
from matui.live.report.standing import find_standing
from matui.live.triage.item import DEFAULT_LIMITS, Thresholds, Why
from matui.live.triage.reasons import find_reason_in_facts, is_weak
from matui.resources.kinds.triage import TROUBLE
from matui.resources.model import Phase, Resource
from matui.resources.times import shift_times
from matui.resources.why import explain_status

_MOST_CAPSULES = 50  # that are read for a report, those of the newest failures


class Reasons:
    """Reads reasons from the disk; ``capsules`` by id, ``find_why`` reads one."""

    def __init__(
        self, journal: Journal, capsules: Mapping[str, StoredCapsule], find_why: FindWhy = explain_capsule
    ) -> None:
        self._find_why = find_why
        self._journal = journal
        self._capsules = capsules
        self._read: set[str] = set()
        self._found = {
            (one.account, one.kind, one.id, one.status): one.words for one in journal.reader.read_reasons()
        }

    def find_for_failure(self, failure: Failure) -> str:
        """Return why something failed, ``""`` where nothing is known.

        The reason is the first of: what the cloud stated, the events, details or log in the capsule, what
        triage found, a finding of the log's numbers, and what the status means. That a process failed is no
        reason where any of them explains more.
        """
        change, capsule = failure.change, self._capsules.get(failure.capsule)
        stated = change.reason
        if stated and not is_weak(Why(stated, "cloud")):
            return stated
        if capsule is not None and len(self._read) < _MOST_CAPSULES:
            self._read.add(failure.capsule)
            if (why := self._find_why(capsule)) and not is_weak(why):
                return why.text
        status = change.after or ""
        return (
            self._found.get((change.account, change.kind, change.id, status), "")
            or self._find_finding(change.account, change.kind, change.id)
            or stated
            or explain_status(change.kind, status)
        )

    def find_for_row(self, state: LastState) -> str:
        """Return why a row is in its state, ``""`` where nothing is known.

        The reason is the first of: what its list states, what triage found, a finding of the log's numbers,
        and what the status means.
        """
        row = state.resource
        stated = find_reason_in_facts(row)
        if stated is not None and not is_weak(stated):
            return stated.text
        return (
            self._found.get((state.account, row.kind, row.id, row.status), "")
            or self._find_finding(state.account, row.kind, row.id)
            or (stated.text if stated is not None else explain_row(row))
        )

    def _find_finding(self, account: Account, kind: str, ident: str) -> str:
        found = self._journal.reader.read_findings(kind, ident)
        return next((one.words for one in found if one.account == account), "")


class _EndDates:
    """Adds to a row when it ended, where any process has read its details."""

    def __init__(self, journal: Journal) -> None:
        self._ends = {(end.account, end.kind, end.id): end for end in journal.reader.read_ends()}

    def add_to(self, state: LastState) -> Resource:
        row = state.resource
        end = self._ends.get((state.account, row.kind, row.id))
        if end is None or (end.status, end.run) != (row.status, build_run_id(row)) or "ended_at" in row.facts:
            return row
        return replace(row, facts={**row.facts, "ended_at": end.ended_at})


class ReportSources(NamedTuple):
    """What a report uses besides what is on the disk.

    ``find_why`` finds the reason in a capsule, by the user's settings of logs; ``limits`` are those of
    triage. ``date_row`` adds to a row when it entered its state, where that is known besides the journal.
    ``triage`` has the rows of triage of the accounts that a console has open, by the clocks of their clouds.
    """

    find_why: FindWhy = explain_capsule
    limits: Thresholds = DEFAULT_LIMITS
    date_row: Callable[[Resource], Resource] = lambda row: row
    triage: Mapping[Account, Sequence[Resource]] = {}


def read_report(
    journal: Journal,
    folder: Path,
    since: int,
    until: int,
    *,
    profiles: Collection[str] | None = None,
    sources: ReportSources = ReportSources(),  # noqa: B008 - immutable
) -> Report:
    """Return the hand-over between two moments in ms since the epoch; ``folder`` is the state folder.

    ``profiles`` limits everything to some profiles; None means all.
    """
    accounts = journal.reader.read_accounts(profiles) if profiles is not None else None
    reading = read_audit(open_audit_file(folder), until / 1000)
    entries = [
        entry for entry in reading.entries if profiles is None or entry.get_text("profile") in profiles
    ]
    capsules = CapsuleStore(folder / "capsules", limit_bytes=0).list_capsules()
    chosen = [one for one in capsules if profiles is None or one.manifest.profile in profiles]
    dated, clocks = _EndDates(journal), journal.reader.read_clocks()

    def by_this_clock(state: LastState) -> LastState:
        row = sources.date_row(dated.add_to(state))
        return state._replace(resource=shift_times(row, -clocks.get(state.account, 0)))

    in_trouble = [by_this_clock(state) for state in journal.reader.read_last_in_phases(TROUBLE, since)]
    reasons = Reasons(journal, {one.manifest.id: one for one in chosen}, sources.find_why)
    watched = Watches(folder / "watches.json").list_all()
    awaited = journal.reader.read_last_in_phases(tuple(Phase), since) if watched else ()
    standing = find_standing(journal, since, until, sources.limits, sources.triage)
    for account, rows in sources.triage.items():
        ahead_ms = clocks.get(account, 0)
        standing += [LastState(account, shift_times(row, -ahead_ms)) for row in rows]
    ahead = [ms for account, ms in clocks.items() if accounts is None or account in accounts]
    report = build_report(
        since,
        until,
        ReportRecords(
            changes=journal.reader.read_changes(None, None, since, until, accounts=accounts),
            spans=journal.reader.read_watched(since, until, accounts=accounts),
            entries=entries,
            in_trouble=[one for one in in_trouble if accounts is None or one.account in accounts],
            acknowledgements=journal.reader.read_all_acknowledgements(),
            watched=[key for key in watched if accounts is None or Account(*key[:4]) in accounts],
            awaited=[by_this_clock(state) for state in awaited],
            capsules=[one.manifest for one in chosen],
            standing=[one for one in standing if accounts is None or one.account in accounts],
        ),
        why_of=reasons.find_for_failure,
        why_of_row=reasons.find_for_row,
    )
    return report._replace(problem=journal.problem, ahead_ms=max(ahead, key=abs, default=0))
