"""Reads pools, their nodes and workloads, and what shows waste, within a bounded number of requests."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from math import ceil
from typing import TypeVar

from matui.base.calls.gather import gather_limited
from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.clouds.protocols import Cloud, Lists, ReportsMetrics, ReportsPoolUsage, require
from matui.live.capacity.summary import (
    WASTE_MINUTES,
    Idle,
    PoolCapacity,
    PoolContext,
    PriceList,
    summarize_pool,
)
from matui.live.poll.list_all import find_incompleteness, list_all
from matui.resources.detail import Metrics, PoolUsage
from matui.resources.model import Phase, Resource

_AT_ONCE = 4
_MOST_METRICS = 10  # workloads a profile whose metrics are read, those with the most cards first
_MOST_WORKSPACES = 5
_TRAINING = re.compile("train|训练", re.IGNORECASE)
_CARD_LABELS = ("GPU", "NPU")

NO_USAGE = "This API does not list the nodes and workloads of a pool."

T = TypeVar("T")


async def read_capacity(
    clouds: Sequence[Cloud], clock: Clock, prices: PriceList, *, workspace: str = ""
) -> tuple[PoolCapacity, ...]:
    """Return the capacity of every pool of the clouds that have pools, in the order of the clouds.

    Raises the errors of :mod:`matui.base.errors` where the pools cannot be listed; what else cannot be read
    is said in ``problem``.
    """
    able = [cloud for cloud in clouds if "pools" in cloud.kinds and isinstance(cloud, Lists)]
    found = await gather_limited(lambda cloud: _read_profile(cloud, clock, prices, workspace), able, _AT_ONCE)
    return tuple(pool for pools in found for pool in pools)


async def _read_profile(cloud: Cloud, clock: Clock, prices: PriceList, workspace: str) -> list[PoolCapacity]:
    lists = require(cloud, Lists)
    pools, _total = await list_all(lists, "pools", workspace=workspace)
    usages = await gather_limited(lambda pool: _read_usage(cloud, pool), pools, _AT_ONCE)
    jobs, no_jobs = await _list_or_problem(lists, "jobs", workspace)
    notebooks, no_notebooks = await _list_or_problem(lists, "notebooks", workspace)
    rows = {row.id: row for row in (*jobs, *notebooks)}
    idle = await _find_idle(cloud, [usage for usage, _problem in usages if usage is not None], rows)
    counts = {row.id: row.get_number("workers") for row in jobs}
    workers = {ident: int(count) for ident, count in counts.items() if count}
    workers |= {row.id: 1 for row in notebooks}
    workspaces = {row.id: row.workspace for row in rows.values()}
    waiting = {
        load.id for usage, _problem in usages if usage is not None for load in usage.workloads if load.waits
    }
    full = await _find_full(cloud, {workspaces[ident] for ident in waiting if workspaces.get(ident)})
    now_ms = clock.now() * 1000
    context = PoolContext(prices, idle, full, workspaces, workers)
    return [
        summarize_pool(
            pool,
            usage,
            now_ms,
            context,
            problem=problem or " ".join(_list_missing(usage, no_jobs, no_notebooks)),
        )
        for pool, (usage, problem) in zip(pools, usages, strict=True)
    ]


def _list_missing(usage: PoolUsage | None, no_jobs: str, no_notebooks: str) -> Iterator[str]:
    """Yield what is missing for the reasons and the waste of a pool with workloads."""
    kinds = {load.kind for load in usage.workloads} if usage is not None else set()
    for kind, problem in (("jobs", no_jobs), ("notebooks", no_notebooks)):
        if problem and kind in kinds:
            yield f"The {kind} could not be listed: {problem}"
    if usage is not None and any(load.cards is None for load in usage.workloads):
        yield "The cards of some workloads are not stated."


async def _read_usage(cloud: Cloud, pool: Resource) -> tuple[PoolUsage | None, str]:
    if not isinstance(cloud, ReportsPoolUsage):
        return None, "This cloud does not list the nodes and workloads of a pool."
    try:
        usage = await cloud.fetch_pool_usage(pool)
    except MatuiError as error:
        return None, str(error)
    if usage is None:
        return None, NO_USAGE
    return usage, "" if usage.complete else "The pool has more nodes or workloads than were read."


async def _list_or_problem(cloud: Lists, kind: str, workspace: str) -> tuple[tuple[Resource, ...], str]:
    """Return the rows of a kind that came, and the reason where some did not."""
    try:
        rows, total = await list_all(cloud, kind, workspace=workspace)
        return rows, str(find_incompleteness(kind, rows, total) or "")
    except MatuiError as error:
        return (), str(error)


async def _find_full(cloud: Cloud, workspaces: Collection[str]) -> frozenset[str]:
    """Return the workspaces of which a quota of cards or nodes is used up; of five at most it is read."""
    if not isinstance(cloud, ReportsMetrics) or "workspaces" not in cloud.kinds:
        return frozenset()
    reader = cloud

    async def is_full(workspace: str) -> bool:
        row = Resource("workspaces", workspace, workspace, "", Phase.UNKNOWN, cloud.name, cloud.profile)
        try:
            return has_full_quota(await reader.fetch_metrics(row))
        except MatuiError:
            return False

    asked = sorted(workspaces)[:_MOST_WORKSPACES]
    found = await gather_limited(is_full, asked, _AT_ONCE)
    return frozenset(workspace for workspace, full in zip(asked, found, strict=True) if full)


def has_full_quota(metrics: Metrics) -> bool:
    """Return whether a quota of training jobs is used up."""
    return any(
        gauge.used is not None and gauge.total is not None and 0 < gauge.total <= gauge.used
        for gauge in metrics.gauges
        if gauge.sense == "used" and _TRAINING.search(gauge.label)
    )


async def _find_idle(cloud: Cloud, usages: Sequence[PoolUsage], rows: dict[str, Resource]) -> list[Idle]:
    """Return the notebooks without a time to stop, and the use of the workloads with the most cards."""
    loads = [load for usage in usages for load in usage.workloads if not load.waits and load.id in rows]
    open_notebooks = {
        load.id for load in loads if load.kind == "notebooks" and not rows[load.id].facts.get("auto_stop")
    }
    old = [load for load in loads if (load.running_s or 0.0) >= WASTE_MINUTES * 60 and load.cards]
    old.sort(key=lambda load: -(load.cards or 0.0))
    measured = [rows[load.id] for load in old[:_MOST_METRICS] if rows[load.id].phase is Phase.RUNNING]
    percents: list[float | None] = []
    if isinstance(cloud, ReportsMetrics):
        reader = cloud
        percents = await gather_limited(lambda row: _fetch_mean_use(reader, row), measured, _AT_ONCE)
    by_id = {row.id: percent for row, percent in zip(measured, percents, strict=False)}
    return [
        Idle(rows[ident], by_id.get(ident), no_lease=ident in open_notebooks)
        for ident in {*by_id, *open_notebooks}
    ]


async def _fetch_mean_use(cloud: ReportsMetrics, row: Resource) -> float | None:
    try:
        return compute_mean_card_use(await cloud.fetch_metrics(row))
    except MatuiError:
        return None


def compute_mean_card_use(metrics: Metrics) -> float | None:
    """Return the mean use of the cards in the last 30 minutes in percent, None where it is not measured.

    The series must reach back 30 minutes.
    """
    values: list[float] = []
    for series in metrics.series:
        if series.label not in _CARD_LABELS or not series.interval_s:
            continue
        count = ceil(WASTE_MINUTES * 60 / series.interval_s)
        if len(series.points) < count:
            return None
        values += [value for value in series.points[-count:] if value is not None]
    return sum(values) / len(values) if values else None
