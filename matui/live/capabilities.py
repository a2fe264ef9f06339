"""The kinds and panes that a cloud supports, with the reason where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

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


@cache
def _has_methods(cloud_type: type[Cloud], protocol: type) -> bool:
    """Return whether a class has the methods of a protocol. Python looks at each; bars ask all the time."""
    return issubclass(cloud_type, protocol)


def _explain_unsupported(cloud: Cloud, kind: str, what: str) -> str | None:
    if _has_methods(type(cloud), ExplainsUnsupported):
        return cast("ExplainsUnsupported", cloud).explain_unsupported(kind, what)
    return None


def explain_missing_kind(cloud: Cloud, kind: str) -> str | None:
    """Return why the cloud does not list a kind, or None."""
    if kind in cloud.kinds:
        return None
    reason = _explain_unsupported(cloud, kind, "")
    return reason or f"{name_cloud(cloud)} has no {kind}"


def explain_missing_pane(cloud: Cloud, kind: Kind, pane: PaneName) -> str | None:
    """Return why the kind has no such pane or the cloud does not support it, or None."""
    if pane == "why":
        return f"{kind.label} have no why" if not kind.panes else None
    pane_name = "logs" if pane == "log" else pane
    if pane not in kind.panes:
        return f"{kind.label} have no {pane_name}"
    reason = _explain_unsupported(cloud, kind.id, pane)
    if reason is None and not _has_methods(type(cloud), _NEEDS[pane]):
        return f"{name_cloud(cloud)} has no {pane_name}"
    return reason


def choose_helping_command(cloud: Cloud, row: Resource) -> str:
    """Return the id of the command that a rule names, ``why`` where it opens a pane that the cloud lacks."""
    command = row.get_text("help")
    pane = _PANES.get(command)
    if pane is not None and explain_missing_pane(cloud, get_kind(row.kind), pane) is not None:
        return "why"
    return command
