"""Capacity as rows of tables, as JSON and as text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matui.base.text.cells import cut, fit
from matui.base.text.formatting import format_bar, format_iso_utc, format_percent
from matui.live.capacity.summary import FlavorCards, PoolCapacity, count_card_hours
from matui.resources.detail import Workload
from matui.resources.model import Fact, Phase, Resource, drop_empty

_FULL_PERCENT = 80.0
UNKNOWN = "–"


def build_pool_rows(pool: PoolCapacity) -> Iterator[Resource]:
    """Yield a row for each flavor of a pool; one of them for a pool of which no flavor is known."""
    cost = f"{pool.cost.per_hour:,.2f} {pool.cost.currency}".rstrip() if pool.cost else ""
    waiting = len(pool.waiting) if pool.listed else None
    common: dict[str, Fact] = {"waiting": waiting, "cost": cost, "problem": pool.problem}
    for number, cards in enumerate(pool.flavors):
        if cards.total == 0:
            yield _build_pool_row(pool, number, Phase.STOPPED, common | {"flavor": cards.flavor})
            continue
        percent = compute_used_percent(cards)
        facts: dict[str, Fact] = {
            "flavor": cards.flavor,
            "used_percent": percent,
            "used": cards.used,
            "free": cards.free,
            "biggest_free": cards.biggest_free,
            "faulty": cards.faulty,
            "total": cards.total,
        }
        yield _build_pool_row(pool, number, _choose_phase(percent), common | facts)
    if not pool.flavors:
        yield _build_pool_row(pool, 0, Phase.UNKNOWN, common)


def _build_pool_row(pool: PoolCapacity, number: int, phase: Phase, facts: dict[str, Fact]) -> Resource:
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


def _choose_phase(percent: float | None) -> Phase:
    if percent is None:
        return Phase.UNKNOWN
    return Phase.DEGRADED if percent >= _FULL_PERCENT else Phase.RUNNING


def build_workload_rows(pool: PoolCapacity) -> Iterator[Resource]:
    """Yield a row for each workload of a pool."""
    why = {one.id: one.why for one in pool.waiting} | {one.id: one.why for one in pool.waste}
    for load in pool.workloads:
        yield _build_workload_row(pool, load, why.get(load.id, ""))


def _build_workload_row(pool: PoolCapacity, load: Workload, why: str) -> Resource:
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


def serialize_capacity(pools: Sequence[PoolCapacity]) -> dict[str, Any]:
    """Return the document of ``matui capacity -o json``."""
    return {"pools": [_serialize_pool(pool) for pool in pools]}


def _serialize_pool(pool: PoolCapacity) -> dict[str, Any]:
    return {
        "profile": pool.profile,
        "id": pool.id,
        "name": pool.name,
        "flavors": [flavor._asdict() for flavor in pool.flavors],
        "holders": [holder._asdict() for holder in pool.holders],
        "waiting": [one._asdict() | {"since": format_iso_utc(one.since)} for one in pool.waiting],
        "waste": [one._asdict() | {"since": format_iso_utc(one.since)} for one in pool.waste],
        "cost": pool.cost._asdict() if pool.cost is not None else None,
        "problem": pool.problem or None,
    }


def format_card_number(value: float | None) -> str:
    """Return a number of cards, ``–`` where it is unknown."""
    return UNKNOWN if value is None else f"{value:g}"


def _format_cards(count: float | None) -> str:
    return f"{format_card_number(count)} {'card' if count == 1 else 'cards'}"


def compute_used_percent(cards: FlavorCards) -> float | None:
    """Return the part of the working cards that is used in percent, None where it is unknown."""
    if cards.used is None or cards.total is None or cards.faulty is None:
        return None
    working = cards.total - cards.faulty
    return 100 * cards.used / working if working > 0 else None


def format_capacity(pools: Sequence[PoolCapacity], width: int | None) -> Iterator[str]:
    """Yield the lines of the table form, each cut to ``width`` cells if given."""
    for line in _format_pools(pools):
        yield line if width is None else cut(line, width)


def _format_pools(pools: Sequence[PoolCapacity]) -> Iterator[str]:
    for number, pool in enumerate(pools):
        if number:
            yield ""
        cost = f" · {pool.cost.per_hour:,.2f} {pool.cost.currency} an hour".rstrip() if pool.cost else ""
        yield f"{pool.name} · profile {pool.profile}{cost}"
        for cards in pool.flavors:
            if cards.total == 0:
                yield f"  {fit(cards.flavor or UNKNOWN, 28)} without cards"
                continue
            percent = compute_used_percent(cards)
            share = f"{format_percent(percent):>4}"
            bar = f"{fit(cards.flavor or UNKNOWN, 28)} [{format_bar(percent)}] {share}"
            used, total, free = map(format_card_number, (cards.used, cards.total, cards.free))
            block, faulty = format_card_number(cards.biggest_free), format_card_number(cards.faulty)
            yield f"  {bar}  used {used} of {total}, free {free} (largest block {block}), faulty {faulty}"
        names = {load.id: load.name for load in pool.workloads}
        for holder in pool.holders:
            spent = UNKNOWN if holder.card_hours is None else f"{holder.card_hours:,.1f}"
            hours = f"{spent} card-hours"
            lost = f", {holder.faulty:g} of them on faulty nodes" if holder.faulty else ""
            yield f"  held by {holder.owner or UNKNOWN}: {_format_cards(holder.cards)}{lost}, {hours}"
        for one in pool.waiting:
            place = f"place {one.position}, " if one.position else ""
            yield f"  waits: {one.name}: {place}{_format_cards(one.cards)}, {one.why}"
        for waste in pool.waste:
            what = f"{waste.kind.removesuffix('s')} {names.get(waste.id) or waste.id}"
            yield f"  waste: {what}: {_format_cards(waste.cards)}, {waste.why}"
        if pool.problem:
            yield f"  incomplete: {pool.problem}"
