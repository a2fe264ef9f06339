"""v2 resource pools: list, read, describe with nodes and workloads, monitoring, events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from matui.base.calls.gather import gather_two
from matui.base.errors import PART_ERRORS
from matui.clouds.http.decode import Reply, parse_raw_rows, read_rows
from matui.clouds.modelarts.kind_client import KindClient
from matui.clouds.modelarts.mapping import Scope, build_resources
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.requests import FILLED, RequestModel, validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.pools.mapping import (
    build_events,
    build_node_rows,
    build_pool_sections,
    build_series,
    list_workload_fields,
    map_pool,
)
from matui.clouds.modelarts.v2.pools.tasks import build_section, build_task_events, read_tasks
from matui.clouds.modelarts.v2.pools.usage import FreeCache, build_nodes, build_workloads
from matui.clouds.modelarts.v2.pools.wire import (
    Node,
    NodeList,
    PoolEvents,
    PoolMonitoring,
    PoolWorkload,
    V2Pool,
    V2PoolList,
    WorkloadList,
)
from matui.clouds.modelarts.v2.wire import OFFSET, note_unread
from matui.resources.detail import Detail, Event, Metrics, PoolUsage, Section
from matui.resources.model import Resource

MOST_PAGES, PAGE = 4, 500
"""The pages of nodes or workloads that are read, and the rows of one."""
_LAST_HOUR = "-1.-1.60"  # by the clock of the cloud; a start and an end allow a minute less than between them


class V2PoolsQuery(RequestModel):
    """The list has no pages."""

    workspace: FILLED | None = Field(
        default=None, validation_alias="workspaceId", serialization_alias="workspaceId"
    )


class NodesQuery(RequestModel):
    """``token`` is where the page before said to continue."""

    limit: Annotated[int, Field(ge=1, le=500)] = 500
    token: FILLED | None = Field(default=None, validation_alias="continue", serialization_alias="continue")


class WorkloadsQuery(RequestModel):
    """``offset`` counts items."""

    offset: OFFSET
    limit: Annotated[int, Field(ge=1, le=500)]
    sort: Literal["create_time"] | None = None
    ascend: bool | None = None


class PoolMonitorQuery(RequestModel):
    """``time_range`` joins a start in ms, an end in ms (-1: now) and a span in minutes by dots."""

    time_range: FILLED
    period: Literal["60", "300", "900", "3600"]
    statistics: Literal["maximum", "minimum", "sum", "average", "sampleCount"]


class PoolEventsQuery(RequestModel):
    resource: Literal["pools"]
    name: FILLED
    limit: Annotated[int, Field(ge=1, le=500)]


_LATEST_WORKLOADS = WorkloadsQuery(offset=0, limit=100, sort="create_time", ascend=False)


class PoolsApi(OperationTable, api="v2"):
    """The v2 operations on resource pools; events are of the v1 interface."""

    list = Operation("List.", "GET", "pools", V2PoolList, V2PoolsQuery)
    show = Operation("Show.", "GET", "pools/{}", V2Pool, shows=True)
    nodes = Operation("Nodes.", "GET", "pools/{}/nodes", NodeList, NodesQuery)
    workloads = Operation(
        "Workloads.", "GET", "pools/{}/workloads", WorkloadList, WorkloadsQuery, lists="items"
    )
    monitor = Operation(
        "Monitor.", "GET", "pools/{}/monitor", PoolMonitoring, PoolMonitorQuery, lists="metrics"
    )
    events = Operation("Events.", "GET", "events", PoolEvents, PoolEventsQuery, api="v1")


async def iterate_node_pages(
    api: PoolsApi, pool_id: str
) -> AsyncIterator[tuple[Reply[NodeList], Sequence[Node | None]]]:
    """Yield the pages of the nodes of a pool, four at most; a token that comes again ends them."""
    token, seen = "", set[str]()
    for _ in range(MOST_PAGES):
        query = validate_request(NodesQuery, {"limit": PAGE} | ({"continue": token} if token else {}))
        reply = await api.nodes(pool_id, query)
        yield reply, read_rows(reply, reply.value.items, "items")
        token = reply.value.token
        if not token or token in seen:
            return
        seen.add(token)


async def iterate_workload_pages(api: PoolsApi, pool_id: str) -> AsyncIterator[Sequence[PoolWorkload | None]]:
    """Yield the pages of the workloads of a pool, the newest first, four at most."""
    for number in range(MOST_PAGES):
        query = WorkloadsQuery(offset=number * PAGE, limit=PAGE, sort="create_time", ascend=False)
        reply = await api.workloads(pool_id, query)
        rows = read_rows(reply, reply.value.items, "items")
        yield rows
        if len(rows) < PAGE:
            return


class V2Pools(KindClient):
    """The resource pools of one project or workspace."""

    kind = "pools"

    list_operation = PoolsApi.list

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = PoolsApi(session)
        self._free = FreeCache(self._fetch_all_nodes, scope.clock)

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch all pools, newest first, and give the rows asked for."""
        reply = await self._api.list(V2PoolsQuery(workspace=scope.workspace or None))
        rows = read_rows(reply, reply.value.items, "items")
        listed = build_resources("pools", rows, map_pool, scope, parse_raw_rows(reply.answer, "items"))
        found = sorted(listed, key=lambda pool: -(pool.created_at or 0))
        page = found[position : position + size]
        return PageSlice(await self._free.fill(page), len(found))

    async def read(self, resource_id: str) -> Resource:
        reply = await self._api.show(resource_id)
        return map_pool(_fill_name(reply.value, resource_id), self.scope, reply.build_raw())

    async def describe(self, resource: Resource) -> Detail:
        """Return one pool with its nodes and what runs or waits on it."""
        parts = gather_two(self._fetch_nodes_section(resource.id), self._fetch_workloads_section(resource.id))
        tasks = gather_two(parts, read_tasks(self.session, resource.id))
        reply, (parts_read, found) = await gather_two(self._api.show(resource.id), tasks)
        more = (*parts_read, build_section(*found))
        pool = _fill_name(reply.value, resource.id)
        now = map_pool(pool, self.scope, reply.build_raw())
        return Detail(now, (*build_pool_sections(pool, now), *(part for part in more if part.rows)))

    async def _fetch_nodes_section(self, pool_id: str) -> Section:
        try:
            nodes, are_all = await self._fetch_node_pages(pool_id)
        except PART_ERRORS as error:
            return Section("Nodes", (("Not known", str(error)),))
        more = () if are_all else (("Not shown", "more nodes, or some that could not be read"),)
        return Section("Nodes", (*build_node_rows(nodes), *more))

    async def _fetch_all_nodes(self, pool_id: str) -> list[Node]:
        return (await self._fetch_node_pages(pool_id))[0]

    async def _fetch_node_pages(self, pool_id: str) -> tuple[list[Node], bool]:
        """Return up to 2,000 nodes, and whether these are all; one that cannot be read is left out."""
        nodes: list[Node | None] = []
        token = ""
        async for reply, rows in iterate_node_pages(self._api, pool_id):
            nodes += rows
            token = reply.value.token
        readable = [node for node in nodes if node is not None]
        return readable, len(readable) == len(nodes) and not token

    async def fetch_pool_usage(self, pool: Resource) -> PoolUsage:
        """Return the cards of the nodes, and the workloads that hold or wait for them."""
        (nodes, all_nodes), (loads, all_loads) = await gather_two(
            self._fetch_node_pages(pool.id), self._fetch_all_workloads(pool.id)
        )
        return PoolUsage(
            tuple(build_nodes(nodes)), tuple(build_workloads(loads, nodes)), all_nodes and all_loads
        )

    async def _fetch_all_workloads(self, pool_id: str) -> tuple[list[PoolWorkload], bool]:
        """Return up to 2,000 workloads, and whether these are all; one that cannot be read is left out."""
        pages = [page async for page in iterate_workload_pages(self._api, pool_id)]
        loads = [load for page in pages for load in page if load is not None]
        return loads, len(loads) == sum(map(len, pages)) and len(pages[-1]) < PAGE

    async def _fetch_workloads_section(self, pool_id: str) -> Section:
        try:
            reply = await self._api.workloads(pool_id, _LATEST_WORKLOADS)
            rows = read_rows(reply, reply.value.items, "items")
        except PART_ERRORS as error:
            return Section("Workloads", (("Not known", str(error)),))
        found = [row for row in rows if row is not None]
        unread = len(rows) - len(found)
        missing = [f"{unread} could not be read"] if unread else []
        missing += ["those before the newest 100"] if len(rows) == _LATEST_WORKLOADS.limit else []
        more = (("Not shown", "; ".join(missing)),) if missing else ()
        return Section("Workloads", (*list_workload_fields(found), *more))

    async def fetch_metrics(self, pool: Resource) -> Metrics:
        """Return what the pool consumed in the last hour, a mean a minute."""
        asked = {"time_range": _LAST_HOUR, "period": "60", "statistics": "average"}
        metrics = (await self._api.monitor(pool.id, validate_request(PoolMonitorQuery, asked))).value.metrics
        return Metrics(
            tuple(build_series(metric) for metric in metrics if metric is not None and metric.points)
        )

    async def fetch_events(self, pool: Resource) -> tuple[Event, ...]:
        """Return up to 500 events and the tasks that are suspended or have failed, oldest first."""
        query = validate_request(PoolEventsQuery, {"resource": "pools", "name": pool.id, "limit": 500})
        reply, (tasks, _) = await gather_two(self._api.events(query), read_tasks(self.session, pool.id))
        rows = read_rows(reply, reply.value.items, "items")
        found = (*build_events(rows), *build_task_events(tasks))
        return (*note_unread(rows), *sorted(found, key=lambda event: event.at or 0))


def _fill_name(pool: V2Pool, pool_id: str) -> V2Pool:
    """Return the pool with the id it was asked by where the answer leaves it out."""
    if pool.metadata.name == "":
        pool.metadata.name = pool_id
    return pool
