"""The JSON form of changes and spans. Scripts rely on it: keys are only added, never renamed. Pure."""

from __future__ import annotations

from typing import Any

from matui.base.formatting import format_iso_utc
from matui.live.journal.change import Change, Span


def format_change(change: Change) -> dict[str, Any]:
    """Return a change as JSON values, times in UTC; ``happened_at`` is null where nothing states it."""
    return {
        "seen_at": format_iso_utc(change.seen_at),
        "happened_at": format_iso_utc(change.happened_at),
        "profile": change.profile,
        "kind": change.kind,
        "id": change.id,
        "name": change.name,
        "owner": change.owner,
        "workspace": change.workspace,
        "from": change.before,
        "to": change.after,
        "from_phase": change.before_phase.value if change.before_phase is not None else None,
        "to_phase": change.after_phase.value if change.after_phase is not None else None,
        "reason": change.reason,
        "code": change.code,
        "source": change.source,
    }


def format_span(span: Span) -> dict[str, Any]:
    """Return a span as JSON values."""
    return {"from": format_iso_utc(span.start), "to": format_iso_utc(span.end)}
