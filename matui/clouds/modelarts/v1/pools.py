"""Dedicated resource pools: list, read, describe (7.11). There is no call for a single pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matui.base.errors import CloudError, NotFoundError
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import parse_raw_rows, read_rows
from matui.clouds.modelarts.kind_client import FindingClient
from matui.clouds.modelarts.mapping import Scope, build_resources
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v1.services.client import ServicesApi
from matui.clouds.modelarts.v1.services.wire import Pool, PoolsQuery
from matui.clouds.modelarts.v1.specifications import ResourceSpec, SpecificationsApi, SpecsQuery
from matui.clouds.rows import map_status
from matui.clouds.sections import (
    build_instant,
    build_overview,
    build_section,
    format_megabytes,
    format_number,
    join_text,
)
from matui.clouds.wire_types import to_number
from matui.resources.detail import Gauge, Metrics, Section
from matui.resources.kinds.pools import STATUSES
from matui.resources.model import Fact, RawRecord, Resource

_MOST_PAGES = 20
_PAGE_SIZE = 1000


class NodeTotals(NamedTuple):
    """Sums over all nodes of a pool; None where not known."""

    cores: float | None = None
    memory_mb: float | None = None
    gpus: float | None = None


def _add_up(nodes: Sequence[tuple[ResourceSpec | None, int | None]]) -> NodeTotals:
    known = [(spec, count) for spec, count in nodes if spec is not None and count is not None]
    if not known or len(known) < len(nodes):
        return NodeTotals()
    return NodeTotals(
        _sum_parts([(to_number(spec.core), count) for spec, count in known]),
        _sum_parts([(_convert_to_mb(to_number(spec.cpu)), count) for spec, count in known]),
        _sum_parts([(spec.gpu_num, count) for spec, count in known]),
    )


def _convert_to_mb(gib: float | None) -> float | None:
    return gib * 1024 if gib is not None else None


def _sum_parts(parts: Sequence[tuple[float | None, int]]) -> float | None:
    held = [each * count for each, count in parts if each is not None]
    return sum(held) if len(held) == len(parts) else None


def _map_pool(row: Pool, scope: Scope, raw: RawRecord) -> Resource:
    nodes = [node for node in row.nodes if node is not None]
    facts: dict[str, Fact] = {
        "flavor": clean(", ".join(node.specification for node in nodes if node.specification)),
        "nodes": sum(node.count or 0 for node in nodes) if nodes else None,
        "nodes_available": sum(node.available_count or 0 for node in nodes) if nodes else None,
        "cpu": row.allocatable_cpu_cores,
        "memory_mb": row.allocatable_memory,
        "gpu": row.allocatable_gpus,
        "description": clean(row.description),
    }
    return scope.build_resource(
        "pools",
        str(row.cluster_id),
        row.cluster_name,
        map_status(row.status, STATUSES),
        raw,
        owner=clean(row.owner),
        created_at=row.created_at,
        facts=facts,
    )


def build_pool_sections(row: Pool, resource: Resource) -> tuple[Section, ...]:
    """Return everything 7.11 says about a pool."""
    nodes = [
        (
            clean(node.specification) or "nodes",
            f"{format_number(node.available_count) or '?'} of {format_number(node.count)}",
        )
        for node in row.nodes
        if node is not None
    ]
    about = (
        ("Description", clean(row.description)),
        ("Owner", resource.owner),
        ("Created", build_instant(row.created_at)),
    )
    allocatable = (
        ("CPU cores", format_number(row.allocatable_cpu_cores)),
        ("Memory", format_megabytes(row.allocatable_memory)),
        ("GPUs", format_number(row.allocatable_gpus)),
    )
    billing = (
        ("Period", join_text(format_number(row.period_num), row.period_type)),
        ("Product", clean(row.product_id)),
        ("Order", clean(row.order_id)),
    )
    return (
        *build_overview(resource, about),
        *build_section("Nodes available", nodes),
        *build_section("Allocatable", allocatable),
        *build_section("Billing", billing),
    )


class Pools(FindingClient[Pool]):
    """The dedicated resource pools of one project."""

    kind = "pools"
    style = "unsure"

    list_operation = ServicesApi.pools

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = ServicesApi(session)
        self._catalog = SpecificationsApi(session)
        self._flavors: dict[str, ResourceSpec] = {}

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch rows of 7.11, newest first."""
        query = PoolsQuery(offset=position, limit=size, sort_by="created_at", order="desc")
        reply = await self._api.pools(query)
        total = reply.value.total_count
        rows = read_rows(reply, reply.value.clusters, "clusters", due=(total or 0) - position)
        raw = parse_raw_rows(reply.answer, "clusters")
        found = build_resources("pools", rows, _map_pool, scope, raw, position)
        return PageSlice(found, total, total)

    def build_sections(self, row: Pool, resource: Resource) -> tuple[Section, ...]:
        """Return everything 7.11 says about a pool."""
        return build_pool_sections(row, resource)

    async def fetch_metrics(self, pool: Resource) -> Metrics:
        """Return what is used of what the nodes of a pool hold; without a total what is free.

        A node that is available works, whether it is used or not: nodes have no gauge.
        """
        now, row = await self.find(pool.id)
        whole = await self._read_capacity(row)
        held = (
            ("CPU", "cpu", whole.cores, "cores"),
            ("Memory", "memory_mb", whole.memory_mb, "MB"),
            ("GPU", "gpu", whole.gpus, "GPUs"),
        )
        gauges = (
            _build_usage_gauge(label, now.get_number(fact), total, unit) for label, fact, total, unit in held
        )
        return Metrics(gauges=tuple(gauge for gauge in gauges if gauge is not None))

    async def _read_capacity(self, row: Pool) -> NodeTotals:
        """Return what all nodes hold together, where their flavors are those of training jobs (5.4.1)."""
        nodes = [node for node in row.nodes if node is not None]
        if any(node.specification not in self._flavors for node in nodes):
            try:
                listed = (await self._catalog.resource_specs(SpecsQuery(job_type="train"))).value.specs
            except CloudError:  # the list is shown without its total
                return NodeTotals()
            self._flavors |= {spec.spec_code: spec for spec in listed if spec is not None}
        return _add_up([(self._flavors.get(node.specification), node.count) for node in nodes])

    async def find(self, resource_id: str) -> tuple[Resource, Pool]:
        """Return one pool and its record, looked for in the list. Raises NotFoundError."""
        for page in range(_MOST_PAGES):
            query = PoolsQuery(offset=page * _PAGE_SIZE, limit=_PAGE_SIZE)
            reply = await self._api.pools(query)
            rows = read_rows(reply, reply.value.clusters, "clusters")
            raw = parse_raw_rows(reply.answer, "clusters")
            for place, row in enumerate(rows):
                if row is not None and str(row.cluster_id) == resource_id:
                    return _map_pool(row, self.scope, RawRecord(raw, (place,))), row
            if len(rows) < _PAGE_SIZE:
                break
        raise NotFoundError(
            "The resource pool does not exist.", remedy="See those there are with: matui get pools -o wide"
        )


def _build_usage_gauge(label: str, free: float | None, total: float | None, unit: str) -> Gauge | None:
    """Return what is used of a total, what is free where that is all there is, None without either."""
    if free is None:
        return None
    if total is None or total < free:
        return Gauge(f"{label} free", free, None, unit, "In use")
    return Gauge(label, total - free, total, unit, "In use")
