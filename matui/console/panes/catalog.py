"""Which pane shows what, and why a cloud or a kind may not have it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.clouds.port import Cloud
    from matui.console.panes.base import Pane
    from matui.resources.kind import Kind

# Command id → (pane's word in Kind.panes, where its class is).
PANES: dict[str, tuple[str, str]] = {
    "detail": ("detail", "line_panes.DetailPane"),
    "logs": ("log", "log_pane.LogPane"),
    "events": ("events", "line_panes.EventsPane"),
    "metrics": ("metrics", "line_panes.MetricsPane"),
    "versions": ("versions", "versions_pane.VersionsPane"),
    "updates": ("updates", "line_panes.UpdatesPane"),
    "nodes": ("nodes", "nodes_pane.NodesPane"),
    "raw": ("raw", "line_panes.RawPane"),
}


def pane_class(command_id: str) -> type[Pane]:
    """Return the pane of a command, imported when it is first opened."""
    module, name = PANES[command_id][1].split(".")
    found: type[Pane] = getattr(import_module(f"matui.console.panes.{module}"), name)
    return found


def why_no_pane(command_id: str, kind: Kind, cloud: Cloud) -> str | None:
    """Return why the pane of a command cannot be opened for a kind, or None."""
    word = PANES[command_id][0]
    if word not in kind.panes:
        return f"{kind.title.lower()} have no {command_id}"
    from matui.live.panes import why_no_pane as why_not

    return why_not(cloud, kind.id, word)
