"""The audit trail as a table: an action is a row, its outcome the status."""

from __future__ import annotations

from matui.resources.columns import (
    NAME,
    build_fact_text_column,
    build_text_column,
    build_text_key,
    build_time_column,
)
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


def _format_outcome(row: Resource, _now: float) -> str:
    first = row.get_text("outcome")
    return f"{_SYMBOLS.get(first, '▲')} {row.status}"


def _format_state(row: Resource, _now: float) -> str:
    before, after = row.get_text("before") or "–", row.get_text("after")
    return f"{before} → {after}" if after else before


AUDIT = Kind(
    id="audit",
    singular="action",
    short=(),
    title="Audit",
    listed=False,
    columns=(
        build_time_column("when", "WHEN", drop=2, stays=True),
        build_fact_text_column("action", "ACTION", width=6, max_width=15, drop=1),
        build_fact_text_column("acted_on", "KIND", width=8, max_width=14, drop=7),
        NAME._replace(cut_for=2),
        Column(
            "outcome",
            "OUTCOME",
            _format_outcome,
            lambda r: build_text_key(r.status),
            width=9,
            max_width=22,
            role="phase",
        ),
        Column(
            "state",
            "STATE",
            _format_state,
            lambda r: build_text_key(_format_state(r, 0)),
            width=12,
            max_width=34,
            drop=6,
        ),
        build_text_column("user", "USER", lambda r: r.owner, width=6, max_width=40, drop=8),
        build_text_column("profile", "PROFILE", lambda r: r.profile, width=7, max_width=40, drop=9),
        build_fact_text_column("ssh_client", "FROM", width=9, max_width=39, drop=11, wide=True),
        build_fact_text_column("resource_id", "ID", width=8, max_width=40, drop=12, wide=True),
    ),
    default_sort="when",
    default_reverse=True,
    cadence_s=5,
)
