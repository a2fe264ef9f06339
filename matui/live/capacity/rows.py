"""Rows of the capacity tables. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matui.clouds.rows import drop_empty
from matui.live.capacity.summary import PoolCapacity, count_card_hours
from matui.live.capacity.text import used_percent
from matui.resources.capacity import Workload
from matui.resources.model import Fact, Phase, Resource

_FULL_PERCENT = 80.0


def build_pool_rows(pool: PoolCapacity) -> Iterator[Resource]:
    """Yield a row for each flavor of a pool; one of them for a pool of which no flavor is known."""
    cost = f"{pool.cost.per_hour:,.2f} {pool.cost.currency}".rstrip() if pool.cost else ""
    common: dict[str, Fact] = {"waiting": len(pool.waiting), "cost": cost, "problem": pool.problem}
    for number, cards in enumerate(pool.flavors):
        if cards.total == 0:
            yield _pool_row(pool, number, Phase.STOPPED, common | {"flavor": cards.flavor})
            continue
        percent = used_percent(cards)
        facts: dict[str, Fact] = {
            "flavor": cards.flavor,
            "used_percent": percent,
            "used": cards.used,
            "free": cards.free,
            "biggest_free": cards.biggest_free,
            "faulty": cards.faulty,
            "total": cards.total,
        }
        yield _pool_row(pool, number, _phase_of(percent), common | facts)
    if not pool.flavors:
        yield _pool_row(pool, 0, Phase.UNKNOWN, common)


def _pool_row(pool: PoolCapacity, number: int, phase: Phase, facts: dict[str, Fact]) -> Resource:
    return Resource(
        kind="capacity",
        id=f"{pool.id}#{number}",
        name=pool.name,
        status="",
        phase=phase,
        cloud="",
        profile=pool.profile,
        facts=drop_empty(facts),
    )


def _phase_of(percent: float | None) -> Phase:
    if percent is None:
        return Phase.UNKNOWN
    return Phase.DEGRADED if percent >= _FULL_PERCENT else Phase.RUNNING


def build_workload_rows(pool: PoolCapacity) -> Iterator[Resource]:
    """Yield a row for each workload of a pool."""
    why = {one.id: one.why for one in pool.waiting} | {one.id: one.why for one in pool.waste}
    for load in pool.workloads:
        yield _workload_row(pool, load, why.get(load.id, ""))


def _workload_row(pool: PoolCapacity, load: Workload, why: str) -> Resource:
    hours = None if load.waits else count_card_hours(load)
    facts: dict[str, Fact] = {
        "type": load.kind,
        "cards": load.cards,
        "card_hours": hours,
        "position": load.position,
        "why": why,
        "workload_id": load.id,
    }
    return Resource(
        kind="workloads",
        id=load.id,
        name=load.name,
        status="waits" if load.waits else "running",
        phase=Phase.PENDING if load.waits else Phase.RUNNING,
        cloud="",
        profile=pool.profile,
        owner=load.owner,
        facts=drop_empty(facts),
    )
