"""Finds why something failed, for the hand-over: what the journal, its capsule or its status says."""

from __future__ import annotations

from collections.abc import Mapping

from matui.live.capsules.archive import StoredCapsule
from matui.live.capsules.why import explain_capsule
from matui.live.journal.change import Account, LastState
from matui.live.journal.journal import Journal
from matui.live.report.build import Failure, explain_row
from matui.live.triage.reasons import reason_from_facts
from matui.resources.why import explain_status

_MOST_CAPSULES = 50  # that are read for a report, those of the newest failures


class Reasons:
    """Reads reasons from the disk; ``capsules`` by id."""

    def __init__(self, journal: Journal, capsules: Mapping[str, StoredCapsule]) -> None:
        self._journal = journal
        self._capsules = capsules
        self._read: set[str] = set()
        self._found = {
            (one.account, one.kind, one.id, one.status): one.words for one in journal.reader.reasons()
        }

    def of_failure(self, failure: Failure) -> str:
        """Return why something failed, ``""`` where nothing is known.

        The reason is the first of: what the cloud stated, the events, details or log in the capsule, what
        triage found, a finding of the log's numbers, and what the status means.
        """
        change, capsule = failure.change, self._capsules.get(failure.capsule)
        if change.reason:
            return change.reason
        if capsule is not None and len(self._read) < _MOST_CAPSULES:
            self._read.add(failure.capsule)
            if why := explain_capsule(capsule):
                return why.text
        status = change.after or ""
        return (
            self._found.get((change.account, change.kind, change.id, status), "")
            or self._finding(change.account, change.kind, change.id)
            or explain_status(change.kind, status)
        )

    def of_row(self, state: LastState) -> str:
        """Return why a row is in its state, ``""`` where nothing is known.

        The reason is the first of: what its list states, what triage found, a finding of the log's numbers,
        and what the status means.
        """
        row = state.resource
        if (stated := reason_from_facts(row)) is not None:
            return stated.text
        return (
            self._found.get((state.account, row.kind, row.id, row.status), "")
            or self._finding(state.account, row.kind, row.id)
            or explain_row(row)
        )

    def _finding(self, account: Account, kind: str, ident: str) -> str:
        found = self._journal.reader.findings(kind, ident)
        return next((one.words for one in found if one.account == account), "")
