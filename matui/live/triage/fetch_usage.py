"""Fetches how much of quotas and of the cards of pools is in use, which no list states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from math import isfinite

from matui.clouds.protocols import Cloud, ReportsMetrics, ReportsPoolUsage, ReportsQuotas
from matui.live.capacity.summary import count_flavors
from matui.live.triage.evidence import Key, QuotaUse, Usage
from matui.resources.detail import Gauge
from matui.resources.kinds.triage import LISTS
from matui.resources.model import Phase, Resource

EVERY_S = 600.0
"""Seconds between two readings of the same quota or pool."""
MOST_ROWS = 20
"""How many workspaces, and how many pools, of a profile are read."""
_PROFILE = "quotas"
_REQUESTS = {"workspaces": 1, "pools": 2, LISTS.id: 1}


def usage_rows(cloud: Cloud, workspaces: Iterable[Resource], pools: Iterable[Resource]) -> Iterator[Resource]:
    """Yield what may be read of a profile: its own quotas, its workspaces, and the pools that run."""
    if isinstance(cloud, ReportsQuotas):
        yield Resource(LISTS.id, _PROFILE, _PROFILE, "", Phase.UNKNOWN, cloud.name, cloud.profile)
    if isinstance(cloud, ReportsMetrics) and "workspaces" in cloud.kinds:
        yield from islice(workspaces, MOST_ROWS)
    if isinstance(cloud, ReportsPoolUsage):
        yield from islice((pool for pool in pools if pool.phase is Phase.RUNNING), MOST_ROWS)


def usage_requests(row: Resource) -> int:
    """Return how many requests reading a row of ``usage_rows`` usually takes."""
    return _REQUESTS[row.kind]


async def fetch_usage(cloud: Cloud, row: Resource) -> Usage:
    """Return what a row of ``usage_rows`` has in use; raises the errors of :mod:`matui.base.errors`."""
    if row.kind == "pools":
        return await _fetch_cards(cloud, row)
    if row.kind == LISTS.id:
        gauges = await cloud.quotas() if isinstance(cloud, ReportsQuotas) else ()
        return Usage(quotas=tuple(_build_quotas(gauges, row, "")))
    gauges = (await cloud.metrics(row)).gauges if isinstance(cloud, ReportsMetrics) else ()
    return Usage(quotas=tuple(_build_quotas(gauges, row, f" of {row.name}")))


async def _fetch_cards(cloud: Cloud, pool: Resource) -> Usage:
    usage = await cloud.pool_usage(pool) if isinstance(cloud, ReportsPoolUsage) else None
    if usage is None:
        return Usage()
    known = [
        (flavor.used, flavor.used + flavor.free)
        for flavor in count_flavors(usage.nodes)
        if flavor.used is not None and flavor.free is not None
    ]
    used, total = sum(used for used, _total in known), sum(total for _used, total in known)
    return Usage(cards=(used, total)) if total else Usage()


def _build_quotas(gauges: Iterable[Gauge], row: Resource, whose: str) -> Iterator[QuotaUse]:
    for gauge in gauges:
        if gauge.sense == "used" and gauge.used is not None and gauge.total and isfinite(gauge.total):
            yield QuotaUse(row.profile, f"{gauge.label}{whose}", gauge.used, gauge.total, row.cloud)


def known_quotas(usages: Mapping[Key, Usage]) -> Iterator[QuotaUse]:
    """Yield the quotas that have been read."""
    for usage in usages.values():
        yield from usage.quotas
