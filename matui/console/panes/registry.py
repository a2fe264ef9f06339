"""The class of each pane."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.panes.base import Pane
    from matui.resources.kind import PaneName

_CLASSES: dict[PaneName, str] = {
    "detail": "matui.console.panes.text.DetailPane",
    "log": "matui.console.logs.pane.LogPane",
    "events": "matui.console.panes.text.EventsPane",
    "metrics": "matui.console.curves.pane.MetricsPane",
    "versions": "matui.console.panes.tables.VersionsPane",
    "updates": "matui.console.panes.text.UpdatesPane",
    "nodes": "matui.console.panes.tables.NodesPane",
    "why": "matui.console.panes.why.WhyPane",
    "raw": "matui.console.panes.text.RawPane",
}


# Where a pane of a kind has a class of its own.
_OF_KIND: dict[tuple[PaneName, str], str] = {
    ("versions", "services"): "matui.console.panes.tables.RevisionsPane",
    ("nodes", "pools"): "matui.console.panes.tables.PoolNodesPane",
}


def pane_class(pane: PaneName, kind_id: str = "") -> type[Pane]:
    """Return the class of a pane of a kind, imported when it is first opened."""
    module, _, name = _OF_KIND.get((pane, kind_id), _CLASSES[pane]).rpartition(".")
    found: type[Pane] = getattr(import_module(module), name)
    return found
