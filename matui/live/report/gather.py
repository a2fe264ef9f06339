"""Reads what a hand-over is made of: the journal, the audit trail, the watches and the capsules."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from matui.live.audit.trail import open_audit_file, read_audit
from matui.live.capsules.archive import CapsuleStore
from matui.live.journal.change import Account
from matui.live.journal.journal import Journal
from matui.live.notify.watches import Watches
from matui.live.report.build import TROUBLE, Report, build_report
from matui.live.report.reasons import Reasons
from matui.resources.model import Phase


def read_report(
    journal: Journal,
    folder: Path,
    since: int,
    until: int,
    *,
    profiles: Collection[str] | None = None,
) -> Report:
    """Return the hand-over between two moments in ms since the epoch; ``folder`` is the state folder.

    ``profiles`` limits everything to some profiles; None means all.
    """
    accounts = journal.reader.accounts_of(profiles) if profiles is not None else None
    reading = read_audit(open_audit_file(folder), until / 1000)
    entries = [entry for entry in reading.entries if profiles is None or entry.text("profile") in profiles]
    capsules = CapsuleStore(folder / "capsules", limit_bytes=0).capsules()
    chosen = [one for one in capsules if profiles is None or one.manifest.profile in profiles]
    in_trouble = journal.reader.last_in_phases(TROUBLE, since)
    reasons = Reasons(journal, {one.manifest.id: one for one in chosen})
    watched = Watches(folder / "watches.json").all()
    return build_report(
        since,
        until,
        changes=journal.reader.changes(None, None, since, until, accounts=accounts),
        spans=journal.reader.watched(since, until, accounts=accounts),
        entries=entries,
        in_trouble=[one for one in in_trouble if accounts is None or one.account in accounts],
        acknowledgements=journal.reader.all_acknowledgements(),
        watched=[key for key in watched if accounts is None or Account(*key[:4]) in accounts],
        awaited=journal.reader.last_in_phases(tuple(Phase), since) if watched else (),
        capsules=[one.manifest for one in chosen],
        why_of=reasons.of_failure,
        why_of_row=reasons.of_row,
    )
