"""The kinds and panes that a cloud supports, with the reason where it does not."""

from __future__ import annotations

from collections.abc import Mapping

from matui.clouds.protocols import (
    Cloud,
    Describes,
    ListsNodes,
    ListsVersions,
    ReportsEvents,
    ReportsMetrics,
    ReportsUpdates,
    TailsLogs,
    explain_unsupported,
    has_capability,
    name_cloud,
)
from matui.resources.kind import Kind, PaneName
from matui.resources.model import Resource
from matui.resources.registry import get_kind

_NEEDS: dict[PaneName, type] = {
    "detail": Describes,
    "raw": Describes,
    "log": TailsLogs,
    "events": ReportsEvents,
    "metrics": ReportsMetrics,
    "versions": ListsVersions,
    "updates": ReportsUpdates,
    "nodes": ListsNodes,
}
_PANES: Mapping[str, PaneName] = {"logs": "log", "events": "events", "metrics": "metrics"}


def explain_missing_kind(cloud: Cloud, kind: str) -> str | None:
    """Return why the cloud does not list a kind, or None."""
    if kind in cloud.kinds:
        return None
    reason = explain_unsupported(cloud, kind, "")
    return reason or f"{name_cloud(cloud)} has no {kind}"


def explain_missing_pane(cloud: Cloud, kind: Kind, pane: PaneName) -> str | None:
    """Return why the kind has no such pane or the cloud does not support it, or None."""
    if pane == "why":
        return f"{kind.label} {kind.verb} no why" if not kind.panes else None
    pane_name = "logs" if pane == "log" else pane
    if pane not in kind.panes:
        return f"{kind.label} {kind.verb} no {pane_name}"
    reason = explain_unsupported(cloud, kind.id, pane)
    if reason is None and not has_capability(cloud, _NEEDS[pane]):
        return f"{name_cloud(cloud)} has no {pane_name}"
    return reason


def choose_helping_command(cloud: Cloud, row: Resource) -> str:
    """Return the id of the command that a rule names, ``why`` where it opens a pane that the cloud lacks."""
    command = row.get_text("help")
    pane = _PANES.get(command)
    if pane is not None and explain_missing_pane(cloud, get_kind(row.kind), pane) is not None:
        return "why"
    return command
