"""The capacity of v2 pools equals the simulator's ledger of cards, and awkward answers are read."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from matui.base.errors import RefusedError
from matui.clouds.modelarts.v2.pools import wire
from matui.clouds.modelarts.v2.pools.usage import build_nodes, build_workloads, count_cards, parse_memory_mb
from matui.live.capacity.gather import read_capacity
from matui.live.capacity.summary import PoolCapacity, PriceList
from matui.live.capacity.views import serialize_capacity
from matui.resources.detail import NodeCards
from matui.sim.modelarts_v2.pools import make_pool_id
from matui.sim.world.entities.jobs import NAMES, RUNNING, plan_run
from matui.sim.world.logs import open_log
from matui.sim.world.world import get_cards, list_loads, make_job_id, move_away
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.seeded_world import SeededWorld


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 8, 9])
@pytest.mark.parametrize("hours", [0.0, 2.7])
async def test_the_figures_equal_the_ledger_to_the_card_second(seed: int, hours: float) -> None:
    stage = Stage(scale=1, seed=seed, incident=True)
    await stage.clock.advance(hours * 3600)
    stage.world.tick()
    async with stage.open_cloud() as cloud:
        found = {pool.id: pool for pool in await read_capacity([cloud], stage.clock, PriceList())}
    for pool in stage.world.pools:
        seen = found[make_pool_id(pool)]
        loads = list_loads(stage.world, pool)
        running = [load for load in loads if load.begun is not None]
        seconds = sum(
            load.cards * load.workers * ((stage.world.now - (load.begun or 0)) // 1000) for load in running
        )
        assert round(sum(holder.card_hours for holder in seen.holders) * 3600) == seconds
        assert sum(h.cards for h in seen.holders) == sum(one.cards * one.workers for one in running)
        assert sum(flavor.total or 0 for flavor in seen.flavors) == get_cards(pool) * pool.nodes
        assert {one.id for one in seen.waiting} == {load.id for load in loads if load.begun is None}
        assert not seen.problem


async def test_the_cards_of_a_node_that_reboots_are_neither_used_nor_free() -> None:
    stage = Stage(scale=1, incident=True)
    pool = next(one for one in stage.world.pools if one.name == "v100-shared")
    at = next(load.nodes[0] for load in list_loads(stage.world, pool) if load.nodes)
    stage.world.current.get_node(pool.id, at).busy_until = stage.world.now + 600_000
    async with stage.open_cloud() as cloud:
        found = {one.name: one for one in await read_capacity([cloud], stage.clock, PriceList())}
        row = next(row for row in await list_first_page(cloud, "pools") if row.name == pool.name)
    held: Counter[int] = Counter()
    for load in list_loads(stage.world, pool):
        held.update(dict.fromkeys(load.nodes, load.cards))
    good = [held[one] for one in range(pool.available) if one != at]
    (cards,) = found[pool.name].flavors
    assert (cards.used, cards.free) == (sum(good), sum(get_cards(pool) - count for count in good))
    assert sum(holder.faulty for holder in found[pool.name].holders) == sum(held.values()) - sum(good)
    assert row.get_number("gpu") == cards.free


@pytest.mark.slow
@pytest.mark.parametrize("seed", [8, 9])
async def test_the_figures_equal_the_ledger_while_nodes_fail_and_reboot(seed: int) -> None:
    stage = Stage(scale=1, seed=seed, incident=True)
    world, chance = stage.world, Random(seed)
    async with stage.open_cloud() as cloud:
        for _ in range(16):
            pool = chance.choice(list(world.pools))
            node = world.current.get_node(pool.id, chance.randrange(pool.nodes))
            node.busy_until = world.now + chance.randrange(60, 1500) * 1000
            pool.available = max(0, min(pool.nodes, pool.available + chance.choice((-1, 1))))
            await stage.clock.advance(600)
            world.tick()
            for found in await read_capacity([cloud], stage.clock, PriceList()):
                check_ledger(world, found)


def check_ledger(world: SeededWorld, found: PoolCapacity) -> None:
    """Assert that the cards, card-seconds and places of a pool are those of the loads placed on its nodes."""
    pool = next(one for one in world.pools if make_pool_id(one) == found.id)
    loads = list_loads(world, pool)
    running = [load for load in loads if load.begun is not None]
    held: Counter[int] = Counter()
    for load in running:
        held.update(dict.fromkeys(load.nodes, load.cards))
    states = world.current.nodes
    good = [
        at
        for at in range(pool.available)
        if (state := states.get((pool.id, at))) is None or state.busy_until <= world.now
    ]
    free = [get_cards(pool) - held[at] for at in good]
    (cards,) = found.flavors
    if get_cards(pool):
        assert (cards.used, cards.free, cards.biggest_free) == (
            sum(held[at] for at in good), sum(free), max(free, default=0),
        )  # fmt: skip
        assert cards.faulty == get_cards(pool) * (pool.nodes - len(good))
    seconds = sum(load.cards * load.workers * ((world.now - (load.begun or 0)) // 1000) for load in running)
    assert round(sum((holder.card_hours or 0) for holder in found.holders) * 3600) == seconds
    waits = [load.id for load in loads if load.begun is None]
    assert [(one.id, one.position) for one in found.waiting] == [
        (ident, at) for at, ident in enumerate(waits, 1)
    ]


def check_loads_fit(world: SeededWorld) -> None:
    """Assert that the loads of each pool hold no more cards of a node than it has, and each of its nodes."""
    for pool in world.pools:
        held: Counter[int] = Counter()
        for load in list_loads(world, pool):
            if load.begun is not None and get_cards(pool):
                assert len(set(load.nodes)) == load.workers
                held.update(dict.fromkeys(load.nodes, load.cards))
        assert all(count <= get_cards(pool) for count in held.values()), (pool.name, held)


@pytest.mark.parametrize("scale", [1, 12])
async def test_what_is_held_fits_and_equals_what_is_used(scale: int) -> None:
    stage = Stage(scale=scale, incident=True)
    for hours in (0, 0.2, 1, 3, 9):
        stage.world.advance_to(stage.world.began + round(hours * 3_600_000))
        check_loads_fit(stage.world)
    async with stage.open_cloud() as cloud:
        pools = await read_capacity([cloud], stage.clock, PriceList())
    for pool in pools:
        used = sum(flavor.used or 0 for flavor in pool.flavors)
        assert sum(holder.cards - holder.faulty for holder in pool.holders) == used, pool.name


async def test_a_job_for_more_cards_than_are_free_waits_and_starts_when_they_are() -> None:
    stage = Stage(scale=1)
    world = stage.world
    pool = next(one for one in world.pools if one.name == "v100-shared")
    job = world.add_job("seven-nodes", workers=7, status="WAITING")
    job.versions[-1].spec, job.versions[-1].pool = 6, make_pool_id(pool)
    job.versions[-1].timeline = plan_run(world.now, 20, 600)
    world.jobs.revision += 1
    await stage.clock.advance(120)
    async with stage.open_cloud() as cloud:
        pools = {one.name: one for one in await read_capacity([cloud], stage.clock, PriceList())}
        row = next(row for row in await list_first_page(cloud, "jobs") if row.name == job.name)
    waits = next(one for one in pools[pool.name].waiting if one.name == job.name)
    assert (row.status, waits.position, waits.why) == ("Pending", 1, "no free cards: 22 free of 56 needed")
    assert any("Insufficient resources" in one.text for one in job.versions[-1].notices)
    world.arrivals = False
    await stage.clock.advance(6 * 3600)
    world.tick()
    check_loads_fit(world)
    assert NAMES[job.compute_status(world.now)] == "COMPLETED"


async def test_work_of_a_drained_node_that_fits_nowhere_else_waits() -> None:
    stage = Stage(scale=1, incident=True)
    world = stage.world
    pool = next(one for one in world.pools if one.name == "llm-finetune")
    load = next(one for one in list_loads(world, pool) if one.workers == 2 and one.begun is not None)
    world.current.get_node(pool.id, load.nodes[0]).drained = True
    assert not move_away(world, load.id, load.nodes[0])
    await stage.clock.advance(1)
    world.tick()
    after = {one.id: one for one in list_loads(world, pool)}
    assert after[load.id].begun is None
    check_loads_fit(world)
    job = next(one for one in world.jobs if make_job_id(world.seed, one) == load.id)
    version = job.versions[-1]
    began, name = world.now, version.list_log_names(job.name)[0]
    before = len(open_log(job, version, name, world.now))
    await stage.clock.advance(600)
    world.tick()
    assert len(open_log(job, version, name, world.now)) == before
    async with stage.open_cloud() as cloud:
        row = next(one for one in await list_first_page(cloud, "jobs") if one.name == job.name)
        detail = {part.title: dict(part.rows) for part in (await cloud.describe(row)).sections}
    assert detail["Waiting"]["Waits for"] == "10m"
    assert detail["Stages of run 2"]["Now"].startswith("scheduling 10m")
    world.current.get_node(pool.id, load.nodes[0]).drained = False
    await stage.clock.advance(1)
    world.tick()
    assert {one.id: one for one in list_loads(world, pool)}[load.id].begun is not None
    resumed = version.timeline.find_last_entry(RUNNING) or 0
    await stage.clock.advance(60)
    log = open_log(job, version, name, world.now)
    times = [log.build_cursor(index) // 1_000_000 for index in range(log.generated)]
    assert times == sorted(times)
    assert before < len(log) < before + 200
    assert not [at for at in times if began < at < resumed]
    assert [log.find_index_after(log.build_cursor(index)) for index in (before - 1, before)] == [
        before,
        before + 1,
    ]


async def test_what_is_free_stands_in_the_list() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        pools = {pool.name: pool for pool in await list_first_page(cloud, "pools")}
        requests = len(stage.list_sent())
        await list_first_page(cloud, "pools")
        assert len(stage.list_sent()) == requests + 1
        await stage.clock.advance(61)
        await list_first_page(cloud, "pools")
        assert len(stage.list_sent()) > requests + 2
        (shared,) = (
            pool
            for pool in await read_capacity([cloud], stage.clock, PriceList())
            if pool.name == "v100-shared"
        )
    assert pools["v100-shared"].get_number("gpu") == sum(flavor.free or 0 for flavor in shared.flavors)
    assert pools["v100-shared"].get_number("memory_mb") is not None


async def test_v1_says_what_it_does_not_list() -> None:
    stage = Stage(scale=1, generations=("v1",))
    async with stage.open_cloud("v1") as cloud:
        pools = await read_capacity([cloud], stage.clock, PriceList())
    assert pools
    assert all("does not list" in pool.problem for pool in pools)
    document = serialize_capacity(pools)
    assert document["pools"][0]["cost"] is None


AWKWARD_PAGES: dict[str, tuple[str, Any, str]] = {
    "no list of nodes": ("nodes", {}, "no list of items"),
    "no list of workloads": ("workloads", {}, "no list of items"),
    "a node that is no object": ("nodes", {"kind": "NodeList", "items": [None]}, "more nodes or workloads"),
    "a page that comes again": (
        "nodes", {"metadata": {"continue": "t"}, "items": [{"metadata": {"name": "n"}}]}, "more nodes"
    ),
    "cards that are not stated": (
        "workloads", {"items": [{"type": "train", "jobUUID": "j", "status": "Running"}]}, "cards of some"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", AWKWARD_PAGES)
async def test_what_is_left_out_is_stated(what: str) -> None:
    stage = Stage(scale=1)
    part, body, words = AWKWARD_PAGES[what]
    async with stage.open_cloud() as cloud:
        send = cloud._session.send

        async def answer(call: Any) -> Any:
            if not call.path.endswith(f"/{part}"):
                return await send(call)
            given = await send(call._replace(query=()))
            return replace(given, body=json.dumps(body).encode())

        cloud._session.send = answer
        found = await read_capacity([cloud], stage.clock, PriceList())
    assert found
    assert all(words in pool.problem for pool in found), [pool.problem for pool in found]


@pytest.mark.parametrize("kind", ["jobs", "notebooks"])
async def test_a_list_that_cannot_be_read_is_stated(kind: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        list_page = cloud.list_page

        async def refuse(ask: Any) -> Any:
            if ask.kind == kind:
                raise RefusedError("not allowed")
            return await list_page(ask)

        cloud.list_page = refuse
        found = await read_capacity([cloud], stage.clock, PriceList())
    with_some = [pool for pool in found if any(load.kind == kind for load in pool.workloads)]
    assert with_some
    assert all(f"The {kind} could not be listed: not allowed" in pool.problem for pool in with_some)


def make_node(**status: Any) -> NodeCards:
    row = wire.Node.model_validate(
        {"metadata": {"name": "n"}, "spec": {"flavor": "f"}, "status": {"phase": "Available"} | status}
    )
    (found,) = build_nodes([row])
    return found


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            {"resources": {"nvidia.com/gpu": "8", "cpu": "72"}, "availableResources": {"nvidia.com/gpu": 3}},
            (8, 3, True),
        ),
        ({"resources": {"huawei.com/ascend-snt9": 8}, "availableResources": None}, (8, None, True)),
        ({"phase": "Abnormal", "resources": {"nvidia.com/gpu": "8"}}, (8, 0, False)),
        ({"resources": {"nvidia.com/gpu": "many"}}, (None, None, True)),
        ({"resources": {"nvidia.com/gpu": "8", "huawei.com/npu": "x"}}, (None, None, True)),
        ({"resources": {"cpu": "72"}, "availableResources": {"cpu": "3"}}, (0, None, True)),
        ({"resources": {}, "availableResources": {"nvidia.com/gpu": 3}}, (None, 3, True)),
        (
            {"resources": {"nvidia.com/gpu": "4"}, "availableResources": {"nvidia.com/gpu": "9"}},
            (4, 4, True),
        ),
        ({"resources": None}, (None, None, True)),
    ],
)
def test_the_cards_of_a_node(status: dict[str, Any], expected: tuple[float, float | None, bool]) -> None:
    found = make_node(**status)
    assert (found.cards, found.free, found.healthy) == expected


async def test_a_node_and_its_pool_count_the_same_cards() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        send = cloud._session.send

        async def answer(call: Any) -> Any:
            given = await send(call)
            if not call.path.endswith("/nodes"):
                return given
            document = json.loads(given.body)
            for item in document["items"]:
                item["status"]["resources"] = {"huawei.com/npu": "8"}
                item["status"]["availableResources"] = {"huawei.com/npu": "2.5", "cpu": 1, "memory": "1Gi"}
            return replace(given, body=json.dumps(document).encode())

        cloud._session.send = answer
        pool = (await list_first_page(cloud, "pools"))[0]
        nodes = await cloud.fetch_nodes(pool)
        (capacity,) = (
            one for one in await read_capacity([cloud], stage.clock, PriceList()) if one.id == pool.id
        )
    assert {(one.get_number("cards"), one.get_number("cards_free")) for one in nodes} == {(8, 2.5)}
    assert pool.get_number("gpu") == 2.5 * len(nodes) == sum(one.free or 0 for one in capacity.flavors)


def test_workloads_are_read_from_numbers_and_texts() -> None:
    rows = [
        {"type": "train", "jobUUID": "1", "jobName": "a", "status": "Running", "runningDuration": "60",
         "resourceRequirement": {"huawei.com/ascend-1980": "16"}},
        {"type": "x-infer", "name": "b", "status": "Queue", "pendingDuration": 5, "pendingPosition": "2"},
        {"type": "notebook", "jobUUID": "3", "status": "Completed"},
        {"type": "new", "jobUUID": "4", "status": "Something", "resourceRequirement": None},
    ]  # fmt: skip
    loads = list(build_workloads([wire.PoolWorkload.model_validate(row) for row in rows]))
    assert [(one.kind, one.id, one.cards, one.waits, one.position) for one in loads] == [
        ("jobs", "1", 16, False, None),
        ("services", "b", None, True, 2),
        ("new", "4", None, False, None),
    ]
    assert [(one.running_s, one.pending_s) for one in loads] == [(60, None), (None, 5), (None, None)]


@pytest.mark.parametrize(
    ("text", "megabytes"),
    [("512Gi", 524288), ("1024Mi", 1024), ("64", 65536), ("2Ti", 2097152), ("x", None), ("", None)],
)
def test_memory(text: str, megabytes: float | None) -> None:
    assert parse_memory_mb(text) == megabytes


def test_cpu_and_memory_are_no_cards() -> None:
    assert count_cards({"cpu": "8", "memory": "64Gi", "ephemeral-storage": "1Gi"}) is None


async def test_the_demo_has_a_job_that_wastes_its_cards() -> None:
    stage = Stage(scale=1, incident=True)
    async with stage.open_cloud() as cloud:
        found = await read_capacity([cloud], stage.clock, PriceList())
    whys = {one.why for pool in found for one in pool.waste}
    assert whys == {"3% used in the last 30 min", "runs without a time to stop"}
