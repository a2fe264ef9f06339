"""Faults: named, rated, narrowed, and really breaking what they say they break."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import UsageError
from matui.sim.app import build_app
from matui.sim.server.faults import KINDS, Faults, parse_faults
from tests.seeded_world import build_world
from tests.threaded_sim import ThreadedSim


def test_a_specification_is_read_part_by_part() -> None:
    faults = parse_faults(
        "429:0.1, 500:0.05@training-jobs,hang:0.02,expire:30,latency:0.2,skew:-1200,limit:60"
    )
    assert [(rule.kind, rule.rate, rule.path) for rule in faults.rules] == [
        ("429", 0.1, ""), ("500", 0.05, "training-jobs"), ("hang", 0.02, ""),
    ]  # fmt: skip
    assert (faults.token_ttl_s, faults.latency_s, faults.skew_s, faults.limit_per_minute) == (
        30,
        0.2,
        -1200,
        60,
    )
    assert parse_faults("").rules == ()


@pytest.mark.parametrize(
    "part", ["418:0.1", "429:2", "429:-0.1", "429:x", "expire:soon", "expire", "skew:nan", "limit:1@x"]
)
def test_a_wrong_part_is_named(part: str) -> None:
    with pytest.raises(UsageError, match=part.replace(".", r"\.")):
        parse_faults(f"500:0.1,{part}")


def test_the_same_seed_meets_the_same_faults() -> None:
    def met(seed: int) -> list[str | None]:
        faults = parse_faults("429:0.2,500:0.2", seed=seed)
        return [faults.pick("/v1/x", 0) for _ in range(200)]

    assert met(1) == met(1) != met(2)
    assert 50 < sum(kind is not None for kind in met(1)) < 100


async def test_a_path_narrows_a_fault(make_sim: Callable[..., Any]) -> None:
    sim = make_sim(faults=parse_faults("403:1@services"))
    assert (await sim.ask("GET", "/services"))[0] == 403
    assert (await sim.ask("GET", "/workspaces"))[0] == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [("429", 429), ("429bare", 429), ("0114", 429), ("400", 400), ("401", 401), ("403", 403), ("404", 404),
     ("409", 409),
     ("500", 500), ("502", 502), ("503", 503), ("504", 504), ("html", 200), ("proxy", 200), ("redirect", 302),
     ("empty", 200), ("wrongtype", 200), ("garbage", 200)],
)  # fmt: skip
async def test_a_canned_fault_answers_with_its_status(
    make_sim: Callable[..., Any], kind: str, status: int
) -> None:
    sim = make_sim(faults=parse_faults(f"{kind}:1"))
    answer = await sim.client.get(f"/v1/{sim.world.project_id}/training-jobs")
    assert answer.status_code == status
    assert answer.headers["X-Request-Id"]
    assert ("Retry-After" in answer.headers) == (kind == "429")
    if kind == "429":
        assert answer.json()["error_code"] == "APIGW.0308"
        assert "limit:100,time:1 minute" in answer.json()["error_msg"]


async def test_a_queue_of_faults_goes_before_chance(make_sim: Callable[..., Any]) -> None:
    faults = Faults()
    faults.queue_faults(["500", None, "429"])
    sim = make_sim(faults=faults)
    assert [(await sim.ask("GET", "/workspaces"))[0] for _ in range(4)] == [500, 200, 429, 200]


async def test_a_limit_lasts_for_the_minute(make_sim: Callable[..., Any]) -> None:
    sim = make_sim(faults=parse_faults("limit:2"))
    assert [(await sim.ask("GET", "/workspaces"))[0] for _ in range(3)] == [200, 200, 429]
    sim.clock.jump(60)
    assert (await sim.ask("GET", "/workspaces"))[0] == 200


@pytest.mark.parametrize("kind", ["reset", "truncate", "lost"])
async def test_a_break_in_process_is_a_connection_error(make_sim: Callable[..., Any], kind: str) -> None:
    sim = make_sim(faults=parse_faults(f"{kind}:1"))
    with pytest.raises(ConnectionResetError):
        await sim.ask("GET", "/workspaces")


async def test_a_lost_answer_follows_a_done_request(make_sim: Callable[..., Any]) -> None:
    sim = make_sim(faults=parse_faults("lost:1@action"))
    notebook = sim.world.add_notebook("nb", status="RUNNING")
    with pytest.raises(ConnectionResetError):
        await sim.ask("POST", f"/demanager/instances/{notebook.id}/action", {"action": "stop"})
    assert notebook.compute_status(sim.world.now) == "STOPPING"


async def test_latency_and_drip_take_the_clock_s_time(make_sim: Callable[..., Any]) -> None:
    sim = make_sim(faults=parse_faults("latency:2,drip:1"))
    asked = asyncio.create_task(sim.get("/workspaces"))
    await sim.clock.advance(1.9)
    assert not asked.done()
    await sim.clock.advance(0.2)
    assert not asked.done()
    await sim.clock.advance(5)
    assert (await asked)["total_count"] == 1


async def test_a_hang_ends_when_the_caller_gives_up_on_a_real_socket() -> None:
    app = build_app(build_world(clock=ManualClock()), faults=parse_faults("hang:1"))
    with ThreadedSim(app) as sim:
        async with httpx.AsyncClient(timeout=0.2) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(sim.url + "/v1/x/workspaces")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("reset", httpx.NetworkError), ("lost", httpx.NetworkError), ("truncate", httpx.RemoteProtocolError)],
)
def test_a_break_on_a_real_socket_breaks_it(kind: str, error: type[Exception]) -> None:
    world = build_world(clock=ManualClock())
    with ThreadedSim(build_app(world, faults=parse_faults(f"{kind}:1"))) as sim, pytest.raises(error):
        httpx.get(f"{sim.url}/v1/{world.project_id}/workspaces")


async def test_a_huge_body_is_fifty_megabytes(make_sim: Callable[..., Any]) -> None:
    sim = make_sim(faults=parse_faults("huge:1"))
    answer = await sim.client.get("/v1/x/workspaces")
    assert len(answer.content) > 50 * 2**20


def test_every_kind_is_explained() -> None:
    assert all(words for words in KINDS.values())
