"""The changes, actions and capsules of one shift that the tests of reports share."""

from __future__ import annotations

from matui.live.audit.entry import AuditEntry
from matui.live.capsules.manifest import Manifest
from matui.live.journal.change import Account, Change, Span, StoredAcknowledgement
from matui.live.report.build import Report, ReportRecords, build_report
from matui.resources.model import Phase

ACCOUNT = Account("modelarts", "e", "p", "r")
HOUR = 3_600_000
NOW = 1_764_300_000_000
SINCE = NOW - 8 * HOUR


def make_change(number: int, ident: str, before: Phase | None, after: Phase | None, at: int) -> Change:
    words = [phase.value.upper() if phase is not None else None for phase in (before, after)]
    reason = "out | of memory" if after is Phase.FAILED else ""
    return Change(
        number, ACCOUNT, at, None, "prod", "jobs", ident, f"job-{ident}", "li", "0",
        words[0], words[1], before, after, reason, "137" if reason else "",
    )  # fmt: skip


def make_entry(action: str, at: str, outcome: str) -> AuditEntry:
    first = {"action": action, "kind": "jobs", "name": "job-1", "resource_id": "1", "user": "li", "utc": at}
    return AuditEntry("a", first, {"outcome": outcome, "resource_id": "1/20100"})


def make_sample() -> Report:
    changes = [
        make_change(1, "1", Phase.RUNNING, Phase.FAILED, SINCE + HOUR),
        make_change(2, "1", Phase.FAILED, Phase.RUNNING, SINCE + 2 * HOUR),
        make_change(3, "2", Phase.RUNNING, Phase.FAILED, SINCE + 3 * HOUR),
        make_change(4, "3", Phase.RUNNING, Phase.DONE, SINCE + 3 * HOUR),
        make_change(5, "4", Phase.RUNNING, Phase.FAILED, SINCE + 3 * HOUR),
        make_change(6, "4", Phase.FAILED, None, SINCE + 4 * HOUR),
        make_change(7, "5", None, Phase.FAILED, SINCE + 4 * HOUR),
    ]
    return build_report(
        SINCE,
        NOW,
        ReportRecords(
            changes=reversed(changes),
            spans=[Span(SINCE, SINCE + 5 * HOUR), Span(SINCE + 6 * HOUR, NOW)],
            entries=[
                make_entry("rerun", "2025-11-28T01:00:00.000Z", "done"),
                make_entry("stop", "2025-11-01T00:00:00Z", "done"),
            ],
            acknowledgements=[
                StoredAcknowledgement(ACCOUNT, "jobs", "2", "", "FAILED", "wang", "disk full", NOW)
            ],
            watched=[("modelarts", "e", "p", "r", "jobs", "9")],
            capsules=[
                Manifest("c1", SINCE + 3 * HOUR + 5000, "prod", "m", "r", "jobs", "2", "job-2", "FAILED")
            ],
        ),
    )
