"""The changes of the journal as a table: a change is a row, the state after it its status."""

from __future__ import annotations

from datetime import UTC, tzinfo

from matui.base.text.formatting import format_local_time, format_short_time
from matui.resources.columns import (
    KIND,
    NAME,
    OWNER,
    PHASE_SYMBOLS,
    PROFILE,
    WORKSPACE,
    build_fact_text_column,
    build_number_key,
    build_text_key,
)
from matui.resources.kind import Column, Kind, SortKey
from matui.resources.model import Resource

NUMBER = "change"
"""The fact that marks a row as a change of the journal: its number, or -1 for a stretch without a watcher."""
FACTS = ("from", "to", "reason", "code", "source", "resource_id", "happened_at")


def is_change(row: Resource) -> bool:
    """Return whether a row is a change, and no stretch without a watcher."""
    return (row.get_number(NUMBER) or -1) > 0


def find_shown_time(row: Resource) -> float | None:
    """Return the time that is shown of a change and that orders it, in ms since the epoch.

    It is when the change happened, or when it was seen where nothing states that.
    """
    happened = row.get_number("happened_at")
    return happened if happened is not None else row.created_at


def order_by_time(row: Resource) -> SortKey:
    """Return the sort key of a change: a stretch that was not watched is after what was seen at its start."""
    shown = find_shown_time(row)
    return build_number_key(shown if shown is None or is_change(row) else shown + 1)


def _format_bound(row: Resource) -> str:
    return "≤ " if is_change(row) and not row.facts.get("is_exact") else "  "


def _format_state(row: Resource, _now: float) -> str:
    if not is_change(row):
        return row.status
    return f"{row.get_text('before') or 'new'} → {_format_brief_state(row, _now)}"


def _format_brief_state(row: Resource, _now: float) -> str:
    return f"{PHASE_SYMBOLS[row.phase]} {row.status}" if is_change(row) else row.status


def _build_when(zone: tzinfo | None) -> Column:
    """Return the column of the times, and its forms for narrow screens."""

    def format_whole(row: Resource, _now: float) -> str:
        return f"{_format_bound(row)}{format_local_time(find_shown_time(row), zone)[:19]}"

    def format_brief(row: Resource, _now: float) -> str:
        return f"{_format_bound(row)}{format_local_time(find_shown_time(row), zone)[5:16]}"

    def format_least(row: Resource, now: float) -> str:
        return f"{_format_bound(row)[0]}{format_short_time(find_shown_time(row), now, zone)}"

    whole = Column(
        "when",
        "WHEN",
        format_whole,
        order_by_time,
        width=21,
        max_width=21,
        drop=1,
        stays=True,
        zoned=True,
        zone=zone,
        role="muted",
    )
    least = whole._replace(text=format_least, width=6, max_width=6, ticks=True)
    return whole._replace(brief=whole._replace(text=format_brief, width=13, max_width=13, brief=least))


_STATE = Column(
    "state",
    "STATE",
    _format_state,
    lambda r: build_text_key(_format_state(r, 0)),
    width=18,
    max_width=48,
    role="phase",
)


CHANGES = Kind(
    id="changes",
    singular="change",
    short=(),
    title="Changes",
    listed=False,
    columns=(
        _build_when(None)._replace(utc=_build_when(UTC)),
        KIND._replace(text=lambda r, _now: r.kind if is_change(r) else "–", drop=6),
        NAME._replace(cut_for=1),
        _STATE._replace(brief=_STATE._replace(text=_format_brief_state, width=14, max_width=14)),
        build_fact_text_column("reason", "REASON", width=8, max_width=60, drop=5),
        OWNER._replace(width=6, drop=9, sparse=True),
        PROFILE._replace(drop=8),
        build_fact_text_column("source", "SOURCE", width=6, max_width=8, drop=10),
        WORKSPACE,
        build_fact_text_column("resource_id", "ID", width=8, max_width=40, drop=12, wide=True),
    ),
    default_sort="when",
    default_reverse=True,
    cadence_s=5,
)
