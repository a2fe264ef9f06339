"""Cards by flavor, holders, the reasons for waiting, waste and cost."""

from __future__ import annotations

import pytest

from matui.live.capacity.summary import (
    Cost,
    FlavorCards,
    Holder,
    Idle,
    PoolContext,
    PriceList,
    count_flavors,
    count_holders,
    explain_waiting,
    price_nodes,
    summarize_pool,
)
from matui.resources.detail import NodeCards, PoolUsage, Workload
from matui.resources.model import Phase, Resource

NOW = 1_700_000_000_000.0
POOL = Resource("pools", "pool-1", "train", "running", Phase.RUNNING, "modelarts", "p")
NODES = (
    NodeCards("n0", "8v100", 8, 2, True),
    NodeCards("n1", "8v100", 8, 3, True),
    NodeCards("n2", "8v100", 8, 0, False),
    NodeCards("n3", "kat", 4, 4, True),
)


def load(ident: str, cards: float | None = 8, **fields: object) -> Workload:
    known: dict[str, object] = {"flavor": "8v100", "waits": False, "owner": "li"} | fields
    return Workload("jobs", ident, f"job-{ident}", cards=cards, **known)  # type: ignore[arg-type]


def make_waiting(cards: float | None, position: int | None = 1, **fields: object) -> Workload:
    return load("w", cards, waits=True, pending_s=60, position=position, **fields)


def test_cards_of_faulty_nodes_are_neither_used_nor_free() -> None:
    assert count_flavors(NODES) == (
        FlavorCards("8v100", 24, 11, 5, 8, 3),
        FlavorCards("kat", 4, 0, 4, 0, 4),
    )


def test_free_cards_are_unknown_where_a_node_does_not_say() -> None:
    (cards,) = count_flavors((NodeCards("n0", "f", 8, 1, True), NodeCards("n1", "f", 8, None, True)))
    assert cards == FlavorCards("f", 16, None, None, 0, None)


def test_cards_and_hours_that_are_not_stated_are_in_no_sum() -> None:
    (cards,) = count_flavors((NodeCards("n0", "f", None, 1, True), NodeCards("n1", "f", 8, 2, True)))
    assert cards == FlavorCards("f", None, None, 3, 0, 2)
    loads = [
        load("1", None, running_s=60),
        load("2", 8),
        load("3", 8, owner="wang"),
        load("4", 0, owner="zhao"),
    ]
    assert count_holders(loads) == (Holder("wang", 8, None), Holder("li", None, None), Holder("zhao", 0, 0))
    (one,) = summarize_pool(
        POOL, PoolUsage(NODES, (load("w", 8, waits=True),)), NOW, PoolContext(prices=PriceList())
    ).waiting
    assert one.since is None


def test_holders_are_ranked_by_cards_and_have_card_hours() -> None:
    loads = [
        load("1", 8, running_s=3600),
        load("2", 4, running_s=7200),
        load("3", 16, owner="wang", running_s=900),
        load("4", 64, owner="zhao", waits=True),
    ]
    assert count_holders(loads) == (Holder("wang", 16, 4.0), Holder("li", 12, 16.0))


@pytest.mark.parametrize(
    ("need", "workers", "quota_full", "position", "why"),
    [
        (8, 1, False, 1, "no free cards: 5 free of 8 needed"),
        (4, 1, False, 1, "free but fragmented: at most 3 free on one node, 4 needed"),
        (4, 2, False, 1, "unknown"),
        (4.5, 3, False, 1, "unknown"),
        (5, 2, False, 1, "free but fragmented: 1 of 2 nodes fit"),
        (8, None, False, 1, "no free cards: 5 free of 8 needed"),
        (4, None, False, 1, "unknown"),
        (2, 1, True, 3, "workspace quota: used up"),
        (2, 1, False, 3, "behind 2"),
        (2, 1, False, None, "unknown"),
        (None, 1, False, 2, "behind 1"),
    ],
)
def test_the_reason_for_waiting(
    need: float | None, workers: int | None, quota_full: bool, position: int | None, why: str
) -> None:
    found = explain_waiting(
        make_waiting(need, position),
        count_flavors(NODES),
        quota_full=quota_full,
        workers=workers,
        nodes=NODES,
    )
    assert found == why


def test_parts_of_cards_are_summed_and_compared_without_rounding_errors() -> None:
    nodes = tuple(NodeCards(f"n{at}", "f", 1, free, True) for at, free in enumerate((0.7, 0.1, 0.2)))
    (cards,) = flavors = count_flavors(nodes)
    assert (cards.used, cards.free) == (2, 1)
    thirds = make_waiting(0.1 + 0.2, flavor="f")
    assert explain_waiting(thirds, (FlavorCards("f", 1, 0.7, 0.3, 0, 0.3),)) == "unknown"
    assert explain_waiting(make_waiting(1.0, flavor="f"), flavors, workers=10, nodes=nodes) == "unknown"
    nodes = (NodeCards("n", "f", 3, 0.7 * 3, True), NodeCards("o", "f", 3, 0, True))
    assert (
        explain_waiting(make_waiting(2.1, flavor="f"), count_flavors(nodes), workers=3, nodes=nodes)
        == "unknown"
    )
    held = [load(str(at), 0.1, running_s=3600, faulty=0.1) for at in range(3)]
    assert count_holders(held) == (Holder("li", 0.3, 0.3, 0.3),)
    prices = PriceList("CNY", {"f": 0.1})
    assert price_nodes((NodeCards("n", "f", 1, 1, True),) * 3, prices) == Cost(0.3, "CNY")


def test_unknown_free_cards_explain_nothing() -> None:
    flavors = (FlavorCards("8v100", 8, None, None, 0, None),)
    assert explain_waiting(make_waiting(8), flavors) == "unknown"


def test_waste_is_low_use_for_long_or_a_notebook_without_a_lease() -> None:
    def seen(ident: str, percent: float | None, *, no_lease: bool = False) -> Idle:
        return Idle(
            Resource("jobs", ident, ident, "Running", Phase.RUNNING, "m", "p"), percent, no_lease=no_lease
        )

    loads = (
        load("low", running_s=3600),
        load("young", running_s=600),
        load("busy", running_s=3600),
        load("open", 1, running_s=60),
    )
    idle = [seen("low", 1.2), seen("young", 0.0), seen("busy", 80), seen("open", None, no_lease=True)]
    pool = summarize_pool(POOL, PoolUsage(NODES, loads), NOW, PoolContext(prices=PriceList(), idle=idle))
    assert [(one.id, one.why, one.since) for one in pool.waste] == [
        ("low", "1% used in the last 30 min", NOW - 3_600_000),
        ("open", "runs without a time to stop", NOW - 60_000),
    ]


def test_a_cost_needs_the_price_of_every_flavor() -> None:
    assert price_nodes(NODES, PriceList("CNY", {"8v100": 10})) is None
    assert price_nodes(NODES, PriceList("CNY", {"8v100": 10, "kat": 2.5})) == Cost(32.5, "CNY")
    assert price_nodes((), PriceList("CNY", {"8v100": 10})) is None


def test_the_queue_is_in_order_of_position() -> None:
    loads = (
        load("b", 8, waits=True, position=2, pending_s=5),
        load("a", 8, waits=True, position=1, pending_s=9),
    )
    pool = summarize_pool(POOL, PoolUsage(NODES, loads), NOW, PoolContext(prices=PriceList()))
    assert [(one.id, one.position, one.since) for one in pool.waiting] == [
        ("a", 1, NOW - 9000),
        ("b", 2, NOW - 5000),
    ]


def test_without_nodes_only_the_counts_of_the_row_are_known() -> None:
    row = Resource("pools", "p", "p", "running", Phase.RUNNING, "m", "p", facts={"flavor": "f", "gpu": 3.0})
    pool = summarize_pool(row, None, NOW, PoolContext(prices=PriceList()), problem="not offered")
    assert pool.flavors == (FlavorCards("f", None, None, 3.0, None, None),)
    assert pool.problem == "not offered"
