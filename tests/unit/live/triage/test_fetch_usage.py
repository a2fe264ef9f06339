"""How much of quotas and pools is in use, and what is read for it."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

from matui.live.triage.fetch_usage import (
    MOST_ROWS,
    collect_sold_out_flavors,
    fetch_usage,
    iterate_detail_rows,
    iterate_flavor_rows,
    iterate_usage_rows,
)
from matui.live.triage.item import Evidence, QuotaUse, Usage
from matui.live.triage.rules import evaluate
from matui.resources.detail import Detail, Gauge, Metrics, NodeCards, PoolUsage
from matui.resources.model import Phase, Resource
from tests.unit.live.triage.samples import NOW, make_row

POOL = make_row("running", Phase.RUNNING, kind="pools", gpu=3)
WORKSPACE = make_row("NORMAL", Phase.DONE, kind="workspaces")


class Account:
    """Reports quotas and nodes as they are set."""

    name, profile, region, project_id, kinds = "modelarts", "p", "", "", ("workspaces", "pools")

    def __init__(self, *nodes: NodeCards) -> None:
        self.nodes = nodes

    async def fetch_metrics(self, _resource: Resource) -> Metrics:
        gauges = (
            Gauge("GPU", 9, 10),
            Gauge("NPU", 5, math.inf),
            Gauge("EVS", None, 10),
            Gauge("free", 1, 2, sense="free"),
        )
        return Metrics(gauges=gauges)

    async def fetch_pool_usage(self, _pool: Resource) -> PoolUsage:
        return PoolUsage(self.nodes, ())

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        return (Gauge("Jobs", 490, 500),)


def read(account: Account, resource: Resource) -> Usage:
    return asyncio.run(fetch_usage(account, resource))  # type: ignore[arg-type]


def make_node(cards: float, free: float | None, *, healthy: bool = True) -> NodeCards:
    return NodeCards("n", "gpu.8", cards, free, healthy)


def test_quotas_with_a_limit_are_read_of_workspaces_and_of_the_profile() -> None:
    profile, workspace, _pool = iterate_usage_rows(Account(), [WORKSPACE], [POOL])  # type: ignore[arg-type]
    assert read(Account(), profile).quotas == (QuotaUse("p", "Jobs", 490, 500, "modelarts"),)
    (quota,) = read(Account(), workspace).quotas
    assert quota == QuotaUse("p", "GPU", 9, 10, "modelarts", holder="workspaces-1")


def test_so_many_workspaces_and_running_pools_are_read() -> None:
    stopped = make_row("stopped", Phase.STOPPED, kind="pools", ident="2")
    asked = list(iterate_usage_rows(Account(), [WORKSPACE] * 50, [stopped, POOL]))  # type: ignore[arg-type]
    assert len(asked) == 1 + MOST_ROWS + 1
    assert asked[-1] is POOL


def test_the_cards_of_healthy_nodes_are_counted() -> None:
    assert read(Account(make_node(8, 1), make_node(8, 0), make_node(8, 0, healthy=False)), POOL).cards == (
        15,
        16,
    )
    assert read(Account(make_node(8, None)), POOL).cards is None
    assert read(Account(), POOL).cards is None


def test_a_pool_is_nearly_full_by_the_cards_of_its_nodes() -> None:
    evidence = Evidence(NOW, usages={POOL.key: Usage(cards=(15, 16))})
    trouble = evaluate(POOL, evidence)
    assert trouble is not None
    assert trouble.why is not None
    assert trouble.why.text == "15 of 16 cards in use (94%)"
    assert evaluate(POOL, Evidence(NOW, usages={POOL.key: Usage(cards=(8, 16))})) is None
    assert evaluate(POOL, Evidence(NOW, usages={POOL.key: Usage()})) is None


class Shop(Account):
    async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
        return frozenset({f"{kind}.v100"})

    async def describe(self, resource: Resource) -> Detail:
        return Detail(replace(resource, facts={"flavor": "jobs.v100"}), ())


def test_the_flavors_that_are_sold_out_are_read_where_something_waits_for_one() -> None:
    waits = make_row("JOBSTAT_WAITING", Phase.PENDING, flavor="jobs.v100")
    runs = make_row("RUNNING", Phase.RUNNING, kind="notebooks", flavor="notebooks.v100")
    assert not list(iterate_flavor_rows(Account(), [waits]))  # type: ignore[arg-type]
    (asked,) = iterate_flavor_rows(Shop(), [waits, runs, waits])  # type: ignore[arg-type]
    sold_out = collect_sold_out_flavors({asked.key: read(Shop(), asked)})
    assert sold_out == {"p": frozenset({"jobs.v100"})}
    trouble = evaluate(waits, Evidence(NOW, sold_out=sold_out))
    assert trouble is not None
    assert trouble.what == "sold out"


def test_a_job_whose_flavor_only_its_details_name_waits_for_one_that_is_sold_out() -> None:
    waits, runs = (
        make_row("JOBSTAT_INIT", Phase.PENDING),
        make_row("JOBSTAT_RUNNING", Phase.RUNNING, ident="2"),
    )
    (listed,) = iterate_flavor_rows(Shop(), [waits, runs])  # type: ignore[arg-type]
    usages = {listed.key: read(Shop(), listed)}
    sold_out = collect_sold_out_flavors(usages)
    assert not list(iterate_detail_rows(Shop(), [waits], ()))  # type: ignore[arg-type]
    (asked,) = iterate_detail_rows(Shop(), [waits, runs], sold_out["p"])  # type: ignore[arg-type]
    usages[asked.key] = read(Shop(), asked)
    trouble = evaluate(waits, Evidence(NOW, sold_out=sold_out, usages=usages))
    assert trouble is not None
    assert trouble.why is not None
    assert (trouble.what, trouble.why.text) == ("sold out", "flavor jobs.v100 is sold out")
