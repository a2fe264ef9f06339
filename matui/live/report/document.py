"""The hand-over as JSON. Pure."""

from __future__ import annotations

from typing import Any

from matui.base.formatting import format_iso_utc
from matui.live.journal.change_views import change_as_json, span_as_json
from matui.live.report.build import OpenItem, Report


def report_json(report: Report) -> dict[str, Any]:
    """Return the document of ``matui report -o json``."""
    return {
        "since": format_iso_utc(report.since),
        "until": format_iso_utc(report.until),
        "failed": [
            change_as_json(one.change)
            | {
                "recovered_at": format_iso_utc(one.recovered.seen_at) if one.recovered else None,
                "capsule": one.capsule or None,
                "why": one.why or None,
            }
            for one in report.failed
        ],
        "recovered": [change_as_json(change) for change in report.recovered],
        "actions": [entry.as_json() for entry in report.actions],
        "open": [_open_json(item) for item in report.open],
        "unwatched": [span_as_json(span) for span in report.unwatched],
        "capsules": [
            {"id": one.id, "saved_at": format_iso_utc(one.saved_at), "kind": one.kind, "name": one.name}
            for one in report.capsules
        ],
    }


def _open_json(item: OpenItem) -> dict[str, Any]:
    note = item.acknowledged
    return {
        "profile": item.profile,
        "kind": item.kind,
        "id": item.id,
        "name": item.name,
        "owner": item.owner,
        "state": item.state,
        "since": format_iso_utc(item.since) if item.since is not None else None,
        "why": item.why or None,
        "acknowledged": {"by": note.by, "at": format_iso_utc(note.at), "note": note.note} if note else None,
        "waiting": item.is_watched,
    }
