"""Rows of the audit table, and the fields of one entry. Pure."""

from __future__ import annotations

from typing import Any

from matui.base.json import dumps
from matui.base.sanitize import clean
from matui.live.audit.entry import AuditEntry
from matui.resources.columns import short_status
from matui.resources.kinds.audit import OUTCOME_PHASES
from matui.resources.model import Phase, Resource

_LABELS = {
    "action": "Action",
    "kind": "Kind",
    "name": "Name",
    "resource_id": "ID",
    "outcome": "Outcome",
    "settled": "Verified",
    "status_before": "State before",
    "status_after": "State after",
    "went": "Also deleted",
    "stayed": "Kept",
    "error_code": "Error code",
    "request_id": "Request id",
    "parameters": "Parameters",
    "time": "Local time",
    "utc": "UTC",
    "sent_at": "Sent",
    "user": "User",
    "ssh_client": "SSH client",
    "host": "Host",
    "pid": "Process",
    "profile": "Profile",
    "cloud": "Cloud",
    "region": "Region",
    "project": "Project",
    "workspace": "Workspace",
    "id": "Entry",
}


def build_audit_row(entry: AuditEntry) -> Resource:
    """Return an action as a row; its status is the outcome, followed by the verdict after an arrow."""
    verdict = entry.verdict
    status = entry.outcome if verdict in ("", "done", entry.outcome) else f"{entry.outcome} → {verdict}"
    if entry.outcome == "unknown" and verdict:
        status = f"unknown → {verdict}"
    decisive = verdict if entry.outcome in ("unknown", "done") and verdict else entry.outcome
    return Resource(
        kind="audit",
        id=entry.id,
        name=" → ".join(filter(None, (entry.text("name") or entry.resource_id, entry.new_name))),
        status=status,
        phase=OUTCOME_PHASES.get(decisive, Phase.DEGRADED),
        cloud=entry.text("cloud"),
        profile=entry.text("profile"),
        workspace=entry.text("workspace"),
        owner=entry.text("user"),
        created_at=int(entry.at_ms) if entry.at_ms is not None else None,
        facts={
            "action": entry.text("action"),
            "acted_on": entry.text("kind"),
            "resource_id": entry.resource_id,
            "user": entry.text("user"),
            "before": short_status(entry.text("status_before")),
            "after": short_status(entry.status_after),
            "outcome": entry.outcome,
            "verdict": verdict,
            "ssh_client": entry.text("ssh_client"),
            "host": entry.text("host"),
            "request_id": entry.of_result("request_id"),
        },
    )


def list_entry_fields(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return all fields of an action as labels and values."""
    tree = entry.as_json()
    settled = tree["settled"]
    tree["settled"] = f"{settled['verdict']}, seen {settled['utc']}" if settled else "not yet"
    if not settled and entry.outcome not in ("unknown", "done"):
        tree["settled"] = "not needed"
    return [(label, _format_value(tree.get(name))) for name, label in _LABELS.items()]


def _format_value(value: Any) -> str:
    if value is None or value in ("", {}, []):
        return "–"
    return clean(value if isinstance(value, str) else dumps(value))
