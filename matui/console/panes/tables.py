"""Panes that are tables: nodes of services and pools, versions of services and jobs; rows have actions."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.widget import Widget

from matui.clouds.protocols import ListsNodes, ListsVersions, require
from matui.console.messages import PaneUpdated, SortChanged
from matui.console.panes.base import PolledPane
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.live.poll.poller import PolledValue
from matui.live.poll.rows import compute_diff
from matui.resources.kind import Kind
from matui.resources.kinds.deployments import REVISIONS
from matui.resources.kinds.jobs import VERSIONS
from matui.resources.kinds.nodes import NODES
from matui.resources.kinds.poolnodes import POOLNODES
from matui.resources.model import Resource
from matui.resources.version_graph import add_graph, remove_graph


class TablePane(PolledPane[tuple[Resource, ...]]):
    """Keeps a table of one kind live; actions apply to the row under its cursor."""

    KIND: ClassVar[Kind]
    EMPTY = "There is nothing here."

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.table: ResourceTable = ResourceTable(now_ms=session.get_cloud_now_ms)
        self.rows: dict[str, Resource] | None = None
        self._wanted = ""

    def follow(self, resource_id: str) -> None:
        """Put the cursor on a row as soon as it is there."""
        self._wanted = resource_id

    def build_body(self) -> Widget:
        """Return the table."""
        return self.table

    def begin(self) -> None:
        """Start fetching at the cadence of the resource's kind."""
        self.table.set_kind(self.KIND)
        self.table.placeholder = "loading …"
        super().begin()

    def receive(self, state: PolledValue[tuple[Resource, ...]]) -> None:
        """Show the rows, or why there are none."""
        if state.value is not None:
            self.show_rows({row.id: row for row in state.value})
            self.table.placeholder = self.EMPTY
        elif state.freshness.error is not None:
            self.table.placeholder = str(state.freshness.error)
        self.show_freshness(state.freshness)

    def show_rows(self, rows: dict[str, Resource]) -> None:
        """Bring the table up to date."""
        if self.rows is None:
            self.table.load(rows)
        else:
            before = {key: self.rows.get(key) for key in {**self.rows, **rows}}
            diff = compute_diff(before, rows)
            self.table.apply(diff)
            if diff:
                self.app.screen.post_message(PaneUpdated(diff))  # a dialog about a row learns of it
        self.rows = rows
        if self._wanted in rows:
            self.table.cursor.move_to(rows[self._wanted].key)
            self._wanted = ""

    def tick(self) -> None:
        """Update the ages shown."""
        self.table.tick()


class NodesPane(TablePane):
    """Lists the edge nodes a service runs on; start and stop apply to the node under the cursor."""

    NAME = "edge nodes"
    KIND = NODES
    EMPTY = "This service runs on no edge node."

    async def fetch(self) -> tuple[Resource, ...]:
        """Fetch the nodes."""
        return await require(self.session.cloud, ListsNodes).fetch_nodes(self.resource)


class PoolNodesPane(NodesPane):
    """Lists the nodes of a pool with what runs on them; the actions apply to the node under the cursor."""

    NAME = "nodes"
    KIND = POOLNODES
    EMPTY = "This pool has no nodes."


class RevisionsPane(TablePane):
    """Lists the versions of a service's deployments; rollback applies to the version under the cursor."""

    NAME = "versions"
    KIND = REVISIONS
    EMPTY = "This service has no versions."

    async def fetch(self) -> tuple[Resource, ...]:
        """Fetch the versions, newest first."""
        return await require(self.session.cloud, ListsVersions).fetch_versions(self.resource)


class VersionsPane(TablePane):
    """Lists a job's versions; stop, delete and logs apply to the version under the cursor."""

    NAME = "versions"
    KIND = VERSIONS
    EMPTY = "This job has no versions."

    async def fetch(self) -> tuple[Resource, ...]:
        """Fetch the versions, newest first, with the graph of what was made from what."""
        versions = await require(self.session.cloud, ListsVersions).fetch_versions(self.resource)
        return add_graph(versions)

    def show_rows(self, rows: dict[str, Resource]) -> None:
        """Show the graph in its own order only: sorted otherwise its lines would not join."""
        if not self._newest_first:
            rows = {ident: remove_graph(row) for ident, row in rows.items()}
        super().show_rows(rows)

    @property
    def _newest_first(self) -> bool:
        return self.table.rows.sort_column == VERSIONS.default_sort and not self.table.rows.reverse

    @on(SortChanged)
    def _apply_sort(self) -> None:
        self.refresh_now() if self._newest_first else self.show_rows(self.rows or {})
