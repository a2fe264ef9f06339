"""Which kinds and panes a cloud has something for, and why not the others."""

from __future__ import annotations

from matui.clouds.port import (
    Cloud,
    Describes,
    LimitsPanes,
    ListsNodes,
    ListsVersions,
    ReportsEvents,
    ReportsMetrics,
    ReportsUpdates,
    SaysWhyNot,
    TailsLogs,
)

_NEEDS: dict[str, type] = {
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
    told = cloud.why_not(kind, "") if isinstance(cloud, SaysWhyNot) else None
    return told or f"{cloud.name} has no {kind}"


def why_no_pane(cloud: Cloud, kind: str, pane: str) -> str | None:
    """Return why the cloud has no such pane (a word of ``Kind.panes``) for the kind, or None."""
    told = cloud.why_no_pane(kind, pane) if isinstance(cloud, LimitsPanes) else None
    needs = _NEEDS.get(pane)
    if told is None and needs is not None and not isinstance(cloud, needs):
        return f"{cloud.name} has no {'logs' if pane == 'log' else pane}"
    return told
