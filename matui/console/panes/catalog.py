"""Which pane shows what, and why a cloud or a kind may not have it."""

from __future__ import annotations

from typing import Any

from matui.clouds.port import ListsVersions, ReportsEvents, ReportsMetrics, TailsLogs
from matui.console.panes.base import Pane
from matui.console.panes.line_panes import DetailPane, EventsPane, MetricsPane, RawPane
from matui.console.panes.log_pane import LogPane
from matui.console.panes.versions_pane import VersionsPane
from matui.resources.kind import Kind

# Command id → (pane's word in Kind.panes, pane, what the cloud must offer).
PANES: dict[str, tuple[str, type[Pane], Any]] = {
    "detail": ("detail", DetailPane, None),
    "logs": ("log", LogPane, TailsLogs),
    "events": ("events", EventsPane, ReportsEvents),
    "metrics": ("metrics", MetricsPane, ReportsMetrics),
    "versions": ("versions", VersionsPane, ListsVersions),
    "raw": ("raw", RawPane, None),
}


def why_no_pane(command_id: str, kind: Kind, cloud: Any) -> str | None:
    """Return why the pane of a command cannot be opened for a kind, or None."""
    word, _, needs = PANES[command_id]
    if word not in kind.panes:
        return f"{kind.title.lower()} have no {command_id}"
    if needs is not None and not isinstance(cloud, needs):
        return f"{cloud.name} has no {command_id}"
    return None
