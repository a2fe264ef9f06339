"""The audit trail as a table: an action is a row, its outcome the status."""

from __future__ import annotations

from matui.resources.columns import NAME, fact_text, text_column, text_key, time_column
from matui.resources.kind import Column, Kind
from matui.resources.model import Phase, Resource

# A verdict of a later read replaces an unknown outcome.
OUTCOME_PHASES = {
    "done": Phase.RUNNING,
    "pending": Phase.PENDING,
    "refused": Phase.FAILED,
    "failed": Phase.FAILED,
    "gone": Phase.DEGRADED,
    "changed": Phase.DEGRADED,
    "partly": Phase.DEGRADED,
    "unchanged": Phase.DEGRADED,
    "not stated": Phase.UNKNOWN,
    "unknown": Phase.UNKNOWN,
    "not sent": Phase.STOPPED,
}
_SYMBOLS = {
    "done": "✓",
    "pending": "◐",
    "partly": "◑",
    "refused": "✗",
    "failed": "✗",
    "unknown": "?",
    "not sent": "–",
}
FACTS = (
    *("action", "acted_on", "resource_id", "before", "after", "outcome", "verdict"),
    *("user", "ssh_client", "host", "request_id"),
)


def _outcome(row: Resource, _now: float) -> str:
    first = row.text_fact("outcome")
    return f"{_SYMBOLS.get(first, '▲')} {row.status}"


def _state(row: Resource, _now: float) -> str:
    before, after = row.text_fact("before") or "–", row.text_fact("after")
    return f"{before} → {after}" if after else before


AUDIT = Kind(
    id="audit",
    singular="action",
    short=(),
    title="Audit",
    listed=False,
    columns=(
        time_column("when", "WHEN", drop=2),
        fact_text("action", "ACTION", width=6, max_width=15, drop=1),
        fact_text("acted_on", "KIND", width=8, max_width=14, drop=7),
        NAME._replace(cut_for=2),
        Column(
            "outcome", "OUTCOME", _outcome, lambda r: text_key(r.status), width=9, max_width=22, role="phase"
        ),
        Column("state", "STATE", _state, lambda r: text_key(_state(r, 0)), width=12, max_width=34, drop=6),
        text_column("user", "USER", lambda r: r.owner, width=6, max_width=40, drop=8),
        text_column("profile", "PROFILE", lambda r: r.profile, width=7, max_width=40, drop=9),
        fact_text("ssh_client", "FROM", width=9, max_width=39, drop=11, wide=True),
        fact_text("resource_id", "ID", width=8, max_width=40, drop=12, wide=True),
    ),
    default_sort="when",
    default_reverse=True,
    cadence_s=5,
)
