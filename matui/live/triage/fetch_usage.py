"""Fetches what no list states, and packs it for the journal: quotas and pools in use, flavors sold out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any

from matui.clouds.protocols import (
    Cloud,
    Describes,
    ReportsMetrics,
    ReportsPoolUsage,
    ReportsQuotas,
    ReportsSoldOut,
)
from matui.live.journal.change import StoredUsage
from matui.live.triage.item import QuotaUse, Usage
from matui.live.triage.rules import may_lack_flavor
from matui.resources.kinds.triage import LISTS
from matui.resources.model import Phase, Resource, ResourceKey

if TYPE_CHECKING:
    from matui.resources.detail import Gauge

EVERY_S = 600.0
"""Seconds between two readings of the same quota or pool."""
MOST_ROWS = 20
"""How many workspaces, pools, and waiting jobs, of a profile are read."""
_PROFILE = "quotas"
_FLAVORS = "flavors of "
_REQUESTS = {"workspaces": 1, "pools": 2, "jobs": 2, LISTS.id: 1}


def iterate_usage_rows(
    cloud: Cloud, workspaces: Iterable[Resource], pools: Iterable[Resource]
) -> Iterator[Resource]:
    """Yield what may be read of a profile: its own quotas, its workspaces, and the pools that run."""
    if isinstance(cloud, ReportsQuotas):
        yield Resource(LISTS.id, _PROFILE, _PROFILE, "", Phase.UNKNOWN, cloud.name, cloud.profile)
    if isinstance(cloud, ReportsMetrics) and "workspaces" in cloud.kinds:
        yield from islice(workspaces, MOST_ROWS)
    if isinstance(cloud, ReportsPoolUsage):
        yield from islice((pool for pool in pools if pool.phase is Phase.RUNNING), MOST_ROWS)


def iterate_flavor_rows(cloud: Cloud, rows: Iterable[Resource]) -> Iterator[Resource]:
    """Yield a row to read for each kind of which something with a flavor waits or has failed."""
    waiting = (row for row in rows if may_lack_flavor(row) and (row.get_text("flavor") or row.kind == "jobs"))
    if isinstance(cloud, ReportsSoldOut):
        for kind in dict.fromkeys(row.kind for row in waiting):
            name = f"{_FLAVORS}{kind}"
            yield Resource(LISTS.id, name, name, "", Phase.UNKNOWN, cloud.name, cloud.profile)


def iterate_detail_rows(
    cloud: Cloud, rows: Iterable[Resource], sold_out: Collection[str]
) -> Iterator[Resource]:
    """Yield the newest waiting jobs whose list does not name their flavor, where some flavor is sold out."""
    if not sold_out or not isinstance(cloud, Describes):
        return
    yield from sorted(filter(lacks_flavor_name, rows), key=lambda row: -(row.created_at or 0))[:MOST_ROWS]


def collect_sold_out_flavors(usages: Mapping[ResourceKey, Usage]) -> dict[str, frozenset[str]]:
    """Return the flavors that are sold out, by profile."""
    found: dict[str, frozenset[str]] = {}
    for key, usage in usages.items():
        if usage.sold_out:
            found[key[0]] = found.get(key[0], frozenset()) | usage.sold_out
    return found


def count_usage_requests(row: Resource) -> int:
    """Return how many requests reading a row usually takes."""
    return _REQUESTS[row.kind]


async def fetch_usage(cloud: Cloud, row: Resource) -> Usage:
    """Return what a row has in use, or its flavor; raises the errors of :mod:`matui.base.errors`."""
    if row.kind == "pools":
        return await _fetch_cards(cloud, row)
    if row.kind == "jobs":
        return await _fetch_flavors(cloud, row)
    if row.id.startswith(_FLAVORS) and isinstance(cloud, ReportsSoldOut):
        return Usage(sold_out=await cloud.list_sold_out_flavors(row.id.removeprefix(_FLAVORS)))
    if row.kind == LISTS.id:
        gauges = await cloud.fetch_quotas() if isinstance(cloud, ReportsQuotas) else ()
        return Usage(quotas=tuple(_build_quotas(gauges, row)))
    gauges = (await cloud.fetch_metrics(row)).gauges if isinstance(cloud, ReportsMetrics) else ()
    return Usage(quotas=tuple(_build_quotas(gauges, row, row.name)))


async def _fetch_flavors(cloud: Cloud, job: Resource) -> Usage:
    return find_flavors((await cloud.describe(job)).resource) if isinstance(cloud, Describes) else Usage()


def find_flavors(detailed: Resource) -> Usage:
    """Return the names of the flavor of a resource, as its details state them."""
    names = (detailed.get_text(name) for name in ("flavor", "flavor_id"))
    return Usage(flavors=tuple(filter(None, names)))


def lacks_flavor_name(resource: Resource) -> bool:
    """Return whether the details of a resource may state the flavor that it waits for: no list does."""
    return resource.kind == "jobs" and not resource.get_text("flavor") and may_lack_flavor(resource)


async def _fetch_cards(cloud: Cloud, pool: Resource) -> Usage:
    usage = await cloud.fetch_pool_usage(pool) if isinstance(cloud, ReportsPoolUsage) else None
    if usage is None:
        return Usage()
    from matui.live.capacity.summary import count_flavors

    flavors = count_flavors(usage.nodes)
    known = [
        (flavor.used, flavor.used + flavor.free)
        for flavor in flavors
        if flavor.used is not None and flavor.free is not None
    ]
    used, total = sum(used for used, _total in known), sum(total for _used, total in known)
    return Usage(cards=(used, total)) if total and len(known) == len(flavors) else Usage()


def _build_quotas(gauges: Iterable[Gauge], row: Resource, holder: str = "") -> Iterator[QuotaUse]:
    for gauge in gauges:
        if gauge.sense == "used" and gauge.used is not None and gauge.total and isfinite(gauge.total):
            used, total = gauge.used, gauge.total
            yield QuotaUse(row.profile, gauge.label, used, total, row.cloud, gauge.unit, holder)


def iterate_quotas(usages: Mapping[ResourceKey, Usage]) -> Iterator[QuotaUse]:
    """Yield the quotas that have been read."""
    for usage in usages.values():
        yield from usage.quotas


def pack_usage(usage: Usage) -> str:
    """Return what was read as JSON, without the profile and the cloud."""
    quotas = [[quota.name, quota.used, quota.limit, quota.unit, quota.holder] for quota in usage.quotas]
    content = [quotas, usage.cards, sorted(usage.sold_out), usage.flavors]
    return json.dumps(content, ensure_ascii=False)


def unpack_usage(stored: StoredUsage) -> Usage:
    """Return what was read; nothing where another version of matui packed it otherwise."""
    cloud = stored.account.cloud
    try:
        quotas, cards, sold_out, flavors = json.loads(stored.content)
        return Usage(
            tuple(_build_quota(stored.profile, cloud, values) for values in quotas),
            (float(cards[0]), float(cards[1])) if cards is not None else None,
            frozenset(map(str, sold_out)),
            tuple(map(str, flavors)),
        )
    except (ValueError, TypeError, IndexError, KeyError, RecursionError):
        return Usage()


def _build_quota(profile: str, cloud: str, values: list[Any]) -> QuotaUse:
    name, used, limit, unit, holder = values
    return QuotaUse(profile, str(name), float(used), float(limit), cloud, str(unit), str(holder))
