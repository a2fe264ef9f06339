"""The edge nodes of a service, as a table of its own in the split pane."""

from __future__ import annotations

from matui.clouds.port import ListsNodes, require
from matui.console.panes.table_pane import TablePane
from matui.resources.model import Resource
from matui.resources.nodes import NODES


class NodesPane(TablePane):
    """Lists the edge nodes a service runs on; start and stop apply to the node under the cursor."""

    NAME = "edge nodes"
    KIND = NODES
    EMPTY = "This service runs on no edge node."

    async def fetch(self) -> tuple[Resource, ...]:
        """Fetch the nodes."""
        return await require(self.session.cloud, ListsNodes).nodes(self.resource)
