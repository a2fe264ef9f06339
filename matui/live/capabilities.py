"""Which kinds and panes a cloud has something for, and why not the others."""

from __future__ import annotations

from matui.clouds.protocols import (
    Cloud,
    Describes,
    ExplainsUnsupported,
    ListsNodes,
    ListsVersions,
    ReportsEvents,
    ReportsMetrics,
    ReportsUpdates,
    TailsLogs,
)
from matui.resources.kind import Kind, Pane

_NEEDS: dict[Pane, type] = {
    "detail": Describes,
    "raw": Describes,
    "log": TailsLogs,
    "events": ReportsEvents,
    "metrics": ReportsMetrics,
    "versions": ListsVersions,
    "updates": ReportsUpdates,
    "nodes": ListsNodes,
}


def why_no_kind(cloud: Cloud, kind: str) -> str | None:
    """Return why the cloud lists nothing of a kind, or None."""
    if kind in cloud.kinds:
        return None
    told = cloud.why_not(kind, "") if isinstance(cloud, ExplainsUnsupported) else None
    return told or f"{cloud.name} has no {kind}"


def why_no_pane(cloud: Cloud, kind: Kind, pane: Pane) -> str | None:
    """Return why the kind, or the cloud for the kind, has no such pane, or None."""
    called = "logs" if pane == "log" else pane
    if pane not in kind.panes:
        return f"{kind.label} have no {called}"
    told = cloud.why_not(kind.id, pane) if isinstance(cloud, ExplainsUnsupported) else None
    if told is None and not isinstance(cloud, _NEEDS[pane]):
        return f"{cloud.name} has no {called}"
    return told
