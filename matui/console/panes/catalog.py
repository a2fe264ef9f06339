"""The class of each pane."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.panes.base import Pane
    from matui.resources.kind import Pane as PaneName

_CLASSES: dict[PaneName, str] = {
    "detail": "line_panes.DetailPane",
    "log": "log_pane.LogPane",
    "events": "line_panes.EventsPane",
    "metrics": "line_panes.MetricsPane",
    "versions": "versions_pane.VersionsPane",
    "updates": "line_panes.UpdatesPane",
    "nodes": "nodes_pane.NodesPane",
    "raw": "line_panes.RawPane",
}


def pane_class(pane: PaneName) -> type[Pane]:
    """Return the class of a pane, imported when it is first opened."""
    module, name = _CLASSES[pane].split(".")
    found: type[Pane] = getattr(import_module(f"matui.console.panes.{module}"), name)
    return found
