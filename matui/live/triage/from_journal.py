"""Reads steps and acknowledgements for triage from the journal. It reads the disk: call it in a thread."""

from __future__ import annotations

from matui.live.journal.journal import Journal
from matui.live.triage.evidence import Key
from matui.live.triage.item import Acknowledgement
from matui.live.triage.stays import StateChange

_MOST_CHANGES = 20_000


def read_steps(journal: Journal) -> list[StateChange]:
    """Return the changes of the open profiles as steps, the oldest first; the newest twenty thousand."""
    steps = []
    for change in reversed(journal.reader.changes(limit=_MOST_CHANGES, accounts=journal.accounts.all)):
        profile = journal.accounts.profile_of(change.account)
        if profile is None:
            continue
        at = change.shown_at
        exact = change.dated_at is not None or change.before is not None
        key = (profile, change.kind, change.id)
        steps.append(StateChange(key, float(at), change.before, change.after, exact))
    return steps


def read_acknowledgements(journal: Journal) -> dict[Key, tuple[Acknowledgement, str]]:
    """Return the newest acknowledgement of each resource, with the status it was acknowledged in."""
    found: dict[Key, tuple[Acknowledgement, str]] = {}
    for (profile, kind, ident, _about), made in journal.reader.acknowledgements().items():
        key = (profile, kind, ident)
        known = found.get(key)
        if known is None or known[0].at <= made.at:
            found[key] = (Acknowledgement(made.by, float(made.at), made.note), made.status)
    return found
