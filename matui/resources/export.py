"""The JSON form of a resource and of a list. Scripts rely on it: keys are only added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from matui.base.redaction.masking import mask_secrets
from matui.base.text.formatting import format_iso_utc
from matui.resources.kind import Action
from matui.resources.model import Resource
from matui.resources.times import SEEN_SINCE, get_trouble_since

# Read out of a job's log; null where nothing is known.
_JOB_FACTS = ("step", "total_steps", "loss", "eta_at", "stalled", "loss_name")


def format_resource(
    resource: Resource, offered: Iterable[Action], *, show_secrets: bool = False
) -> dict[str, Any]:
    """Return one resource as JSON values, times in UTC; ``actions`` are the offered ones allowed now.

    ``raw`` is the cloud's record, its secrets masked without ``show_secrets``.
    """
    item = {
        "kind": resource.kind,
        "id": resource.id,
        "name": resource.name,
        "status": resource.status,
        "phase": resource.phase.value,
        "workspace": resource.workspace,
        "owner": resource.owner,
        "created_at": format_iso_utc(resource.created_at),
        "updated_at": format_iso_utc(resource.updated_at),
        "duration_s": _convert_to_seconds(resource.duration_ms),
        "actions": [action.id for action in offered if action.why_not(resource) is None],
        "cloud": resource.cloud,
        "profile": resource.profile,
        "raw": resource.raw.parse_value() if show_secrets else mask_secrets(resource.raw.parse_value()),
    }
    if resource.kind == "jobs":
        item |= {name: resource.facts.get(name) for name in _JOB_FACTS}
    return item


def format_trouble(resource: Resource) -> dict[str, Any]:
    """Return the fields that an item of triage has besides those of a resource; null where unknown."""
    return {
        "what": resource.get_text("what") or resource.phase.value,
        "since": format_iso_utc(get_trouble_since(resource)),
        "seen_since": format_iso_utc(resource.get_number(SEEN_SINCE)),
        "why": resource.get_text("why") or None,
        "why_source": resource.get_text("why_source") or None,
        "acknowledged": _serialize_acknowledgement(resource),
    }


def _serialize_acknowledgement(resource: Resource) -> dict[str, Any] | None:
    by = resource.get_text("ack_by")
    if not by:
        return None
    at = format_iso_utc(resource.get_number("ack_at"))
    return {"by": by, "at": at, "note": resource.get_text("ack_note")}


def format_listing(
    kind: str, profile: str, items: Sequence[dict[str, Any]], *, fetched_at_ms: float, total: int | None
) -> dict[str, Any]:
    """Return the document of ``get -o json``; ``total`` is the number of rows before filtering."""
    return {
        "kind": kind,
        "profile": profile,
        "fetched_at": format_iso_utc(fetched_at_ms),
        "stale": False,
        "total": total,
        "items": list(items),
    }


def _convert_to_seconds(duration_ms: int | None) -> float | None:
    if duration_ms is None:
        return None
    return duration_ms // 1000 if duration_ms % 1000 == 0 else duration_ms / 1000
