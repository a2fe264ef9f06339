"""The versions of a job, as a table of its own in the split pane."""

from __future__ import annotations

from textual import on

from matui.clouds.port import ListsVersions, require
from matui.console.panes.table_pane import TablePane
from matui.console.widgets.table_messages import SortChanged
from matui.resources.jobs import VERSIONS
from matui.resources.model import Resource
from matui.resources.version_graph import with_graph, without_graph


class VersionsPane(TablePane):
    """Lists a job's versions; stop, delete and logs apply to the version under the cursor."""

    NAME = "versions"
    KIND = VERSIONS
    EMPTY = "This job has no versions."

    async def fetch(self) -> tuple[Resource, ...]:
        """Fetch the versions, newest first, with the graph of what was made from what."""
        versions = await require(self.session.cloud, ListsVersions).versions(self.resource)
        return with_graph(versions)

    def show_rows(self, rows: dict[str, Resource]) -> None:
        """Show the graph in its own order only: sorted otherwise its lines would not join."""
        if not self._newest_first:
            rows = {ident: without_graph(row) for ident, row in rows.items()}
        super().show_rows(rows)

    @property
    def _newest_first(self) -> bool:
        return self.table.sort_column == VERSIONS.default_sort and not self.table.sort_reverse

    @on(SortChanged)
    def _sorted(self) -> None:
        self.refresh_now() if self._newest_first else self.show_rows(self.rows or {})
