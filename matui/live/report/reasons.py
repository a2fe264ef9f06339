"""Finds why something failed, for the hand-over: what the journal, its capsule or its status says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matui.live.capsules.archive import StoredCapsule
from matui.live.capsules.why import explain_capsule
from matui.live.journal.journal import Journal
from matui.live.report.build import Failure
from matui.resources.why import STATUS_WORDS

_MOST_CAPSULES = 50  # that are read for a report, those of the newest failures


def reasons_of(journal: Journal, capsules: Mapping[str, StoredCapsule]) -> Callable[[Failure], str]:
    """Return a function that reads the reason of a failure from the disk, ``""`` for none.

    The reason is the first of: what the cloud stated, the events, details or log in the capsule, a finding
    of the log's numbers, and what the status means.
    """
    read: set[str] = set()

    def find(failure: Failure) -> str:
        change, capsule = failure.change, capsules.get(failure.capsule)
        if change.reason:
            return change.reason
        if capsule is not None and len(read) < _MOST_CAPSULES:
            read.add(failure.capsule)
            if why := explain_capsule(capsule):
                return why.text
        findings = journal.findings(change.kind, change.id)
        own = next((one for one in findings if one.account == change.account), None)
        return own.words if own is not None else STATUS_WORDS.get(change.after or "", "")

    return find
