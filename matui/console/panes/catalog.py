"""Which pane shows what, and why a cloud or a kind may not have it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matui.console.panes.base import Pane
    from matui.resources.kind import Kind

# Command id → (pane's word in Kind.panes, where its class is, what the cloud must offer).
PANES: dict[str, tuple[str, str, str]] = {
    "detail": ("detail", "line_panes.DetailPane", ""),
    "logs": ("log", "log_pane.LogPane", "TailsLogs"),
    "events": ("events", "line_panes.EventsPane", "ReportsEvents"),
    "metrics": ("metrics", "line_panes.MetricsPane", "ReportsMetrics"),
    "versions": ("versions", "versions_pane.VersionsPane", "ListsVersions"),
    "updates": ("updates", "line_panes.UpdatesPane", "ReportsUpdates"),
    "nodes": ("nodes", "nodes_pane.NodesPane", "ListsNodes"),
    "raw": ("raw", "line_panes.RawPane", ""),
}


def pane_class(command_id: str) -> type[Pane]:
    """Return the pane of a command, imported when it is first opened."""
    module, name = PANES[command_id][1].split(".")
    found: type[Pane] = getattr(import_module(f"matui.console.panes.{module}"), name)
    return found


def why_no_pane(command_id: str, kind: Kind, cloud: Any) -> str | None:
    """Return why the pane of a command cannot be opened for a kind, or None."""
    word, _, needs = PANES[command_id]
    if word not in kind.panes:
        return f"{kind.title.lower()} have no {command_id}"
    if needs and not isinstance(cloud, getattr(import_module("matui.clouds.port"), needs)):
        return f"{cloud.name} has no {command_id}"
    limits = getattr(cloud, "why_no_pane", None)
    return limits(kind.id, word) if limits is not None else None
