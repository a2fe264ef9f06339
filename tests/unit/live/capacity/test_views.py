"""Capacity as text: bars readable without colour, unknown figures as a dash."""

from __future__ import annotations

import pytest

from matui.base.text.formatting import format_bar
from matui.live.capacity.summary import Cost, FlavorCards, Holder, PoolCapacity, Waiting, Waste
from matui.live.capacity.views import (
    build_pool_rows,
    build_workload_rows,
    compute_used_percent,
    format_capacity,
    serialize_capacity,
)
from matui.resources.detail import Workload
from matui.resources.model import Phase

POOL = PoolCapacity(
    "prod", "p1", "train",
    (FlavorCards("8v100", 64, 50, 6, 8, 4), FlavorCards("old", None, None, 3, None, None)),
    (Holder("li", 58, 12.5, faulty=8),),
    (Waiting("9", "next", 16, 1, 1_700_000_000_000, "no free cards: 6 free of 16 needed"),),
    (Waste("notebooks", "n1", 1, None, "runs without a time to stop"),),
    Cost(212.5, "CNY"),
    (
        Workload("jobs", "8", "now", "li", "8v100", 50, waits=False, running_s=900),
        Workload("jobs", "9", "next", "wang", "8v100", 16, waits=True, position=1),
        Workload("notebooks", "n1", "debug", "li", "8v100", 1, waits=False),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("percent", "bar"), [(0, "...."), (50, "##.."), (100, "####"), (900, "####"), (None, "    ")]
)
def test_a_bar(percent: float | None, bar: str) -> None:
    assert format_bar(percent, 4) == bar


def test_the_use_is_of_the_cards_that_work() -> None:
    assert round(compute_used_percent(POOL.flavors[0]) or 0) == 89
    assert compute_used_percent(POOL.flavors[1]) is None


def test_the_lines_say_everything_and_fit() -> None:
    text = "\n".join(format_capacity([POOL], None))
    for words in (
        "212.50 CNY an hour",
        "held by li: 58 cards, 8 of them on faulty nodes, 12.5 card-hours",
        "place 1, 16 cards",
        "waste: notebook debug: 1 card, runs without a time to stop",
    ):
        assert words in text
    assert all(len(line) <= 70 for line in format_capacity([POOL], 70))


def test_the_document_has_the_fields_of_the_interface() -> None:
    (pool,) = serialize_capacity([POOL])["pools"]
    assert pool["flavors"][1]["total"] is None
    assert pool["waiting"][0]["since"] == "2023-11-14T22:13:20Z" or pool["waiting"][0]["since"].endswith("Z")
    assert pool["cost"] == {"per_hour": 212.5, "currency": "CNY"}


def test_rows_of_a_full_pool_stand_out() -> None:
    first, second = build_pool_rows(POOL)
    assert (first.phase, second.phase) == (Phase.DEGRADED, Phase.UNKNOWN)
    assert first.get_number("waiting") == 1


def test_what_waits_for_a_pool_is_unknown_where_its_workloads_are_not_listed() -> None:
    pool = PoolCapacity("prod", "p3", "v1", (FlavorCards("8v100", None, None, 3, None, None),), listed=False)
    (row,) = build_pool_rows(pool)
    assert row.get_number("waiting") is None


def test_rows_of_workloads_have_card_hours_or_why_they_wait() -> None:
    running, waiting, _ = build_workload_rows(POOL)
    assert running.get_number("card_hours") == 12.5
    assert waiting.get_text("why").startswith("no free cards")


def test_a_pool_without_cards_shows_no_zeros() -> None:
    pool = PoolCapacity("prod", "p2", "cpu", (FlavorCards("8ud", 0.0, 0.0, 0.0, 0.0, 0.0),))
    (row,) = build_pool_rows(pool)
    assert (row.get_number("used"), row.get_number("total"), row.phase) == (None, None, Phase.STOPPED)
    assert list(format_capacity([pool], None))[1].endswith("without cards")
