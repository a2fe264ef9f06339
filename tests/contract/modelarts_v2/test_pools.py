"""v2 resource pools: no pages, nodes by continue token, workloads in seconds, monitoring, events."""

from __future__ import annotations

import json
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.pools.client import V2Pools
from matui.clouds.modelarts.v2.pools.mapping import build_series, list_workload_fields
from matui.clouds.modelarts.v2.pools.wire import PoolMetric, PoolWorkload
from matui.clouds.protocols import ListRequest
from matui.resources.kinds.pools import STATUSES
from matui.resources.model import Phase, get_phase
from matui.sim.world.world import build_node_name, make_pool_id
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_official_sdk import Peer, peer

__all__ = ["peer"]


async def test_pools_are_listed_at_once_newest_first() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        page = await cloud.list_page(ListRequest("pools"))
        beyond = await cloud.list_page(ListRequest("pools", 1))
    assert page.newest_first
    assert page.total == 4
    assert beyond.resources == ()
    pools = {pool.name: pool for pool in page.resources}
    shared = pools["v100-shared"]
    assert (shared.status, shared.phase) == ("Running", Phase.RUNNING)
    assert (shared.get_number("nodes_available"), shared.get_number("nodes")) == (7, 8)
    assert pools["edge-trial"].phase is Phase.PENDING


@pytest.mark.parametrize("word", ["Creating", "Running", "Abnormal", "Deleting", "Error"])
def test_every_phase_is_known(word: str) -> None:
    assert get_phase(word.lower(), STATUSES) is not Phase.UNKNOWN


async def test_a_pool_is_reported_with_nodes_and_what_waits_on_it() -> None:
    stage = Stage()
    stage.world.add_pool("shared")
    stage.world.add_job("queued", status="WAITING", workers=2, began_s_ago=7200)
    async with stage.open_cloud() as cloud:
        (pool,) = await list_first_page(cloud, "pools")
        detail = await cloud.describe(pool)
    told = {section.title: dict(section.rows) for section in detail.sections}
    assert str(told["Nodes"]["os-node-shared-001"]).startswith("Available modelarts.vm.cpu.8ud 192.168.40.3")
    assert told["Workloads"]["queued"] == "Queue train waits 2h00m place 1 of ops_dev_env"


class Nodes:
    """Answers pages of nodes whose tokens lead round in a circle after the third."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def send(self, call: Call) -> Answer:
        token = dict(call.query).get("continue", "")
        self.tokens.append(token)
        at = int(token or 0)
        body: dict[str, Any] = {
            "metadata": {"continue": str(at % 2 + 1), "remainingItemCount": 9},
            "items": [{"metadata": {"name": f"node-{at}"}}],
        }
        return Answer(200, json.dumps(body).encode(), "r", "u")


async def test_a_continue_token_that_comes_again_ends_the_nodes() -> None:
    server = Nodes()
    nodes = await V2Pools(server, Scope("p"))._fetch_all_nodes("pool-1")  # type: ignore[arg-type]
    assert server.tokens == ["", "1", "2"]
    assert [str(node.metadata.name) for node in nodes] == ["node-0", "node-1", "node-2"]


async def test_an_hour_of_monitoring_is_a_value_a_minute() -> None:
    stage = Stage()
    stage.world.add_pool("shared")
    async with stage.open_cloud() as cloud:
        (pool,) = await list_first_page(cloud, "pools")
        series = (await cloud.fetch_metrics(pool)).series
    assert [one.label for one in series] == ["cpuUsage", "memUsage", "gpuUtil"]
    assert {len(one.points) for one in series} == {60}
    assert "time_range=-1.-1.60" in stage.world.requests[-1][2]


def test_a_metric_of_minus_one_is_a_gap() -> None:
    points = [
        {
            "timestamp": 1_760_000_000_000 + 60_000 * minute,
            "unit": "Percent",
            "statistics": [{"value": value}],
        }
        for minute, value in enumerate((-1, 12.5, -1.0, 0))
    ]
    given = {"metric": {"metricName": "npuUtil"}, "dataPoints": points}
    series = build_series(PoolMetric.model_validate(given))
    assert series.points == (None, 12.5, None, 0)


async def test_events_of_a_pool_mark_warnings() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        pool = next(pool for pool in await list_first_page(cloud, "pools") if pool.name == "ascend-910")
        events = await cloud.fetch_events(pool)
    assert [event.abnormal for event in events] == [False, True]
    assert "NodeNotReady" in events[1].text


async def test_a_suspended_task_is_in_the_detail_and_the_events_of_its_pool() -> None:
    stage = Stage(scale=1, incident=True)
    async with stage.open_cloud() as cloud:
        (pool,) = [row for row in await list_first_page(cloud, "pools") if row.name == "llm-pretrain"]
        detail = {part.title: dict(part.rows) for part in (await cloud.describe(pool)).sections}
        events = await cloud.fetch_events(pool)
    words = "llama-7b-pretrain holds cards of the node"
    assert detail["Tasks on nodes"] == {
        "replace-node": f"os-node-llm-pretrain-007; Running (suspended); {words}"
    }
    assert (events[-1].abnormal, events[-1].text) == (
        True,
        f"replace-node of os-node-llm-pretrain-007 is suspended: {words}",
    )


def test_the_official_client_lists_the_task_of_a_reboot(peer: Peer) -> None:
    pool = next(one for one in peer.world.pools if one.name == "v100-shared")
    node = build_node_name(pool, 0)
    body = sdk.BatchRebootPoolNodesRequestBody(node_names=[node])
    peer.sdk.batch_reboot_pool_nodes(sdk.BatchRebootPoolNodesRequest(make_pool_id(pool), body))
    (task,) = peer.sdk.list_jobs(sdk.ListJobsRequest(resource="pools", name=make_pool_id(pool))).items
    assert (task.type, task.phase, task.suspend, task.involved_objects) == (
        "reboot-node", "Running", False, node,
    )  # fmt: skip


def test_the_official_client_reads_pools(peer: Peer) -> None:
    pools = peer.sdk.list_pools(sdk.ListPoolsRequest()).items
    key = next(pool.metadata.name for pool in pools if pool.status.phase == "Abnormal")
    assert peer.sdk.show_pool(sdk.ShowPoolRequest(pool_name=key)).metadata.name == key
    first = peer.sdk.list_pool_nodes(sdk.ListPoolNodesRequest(pool_name=key, limit=5))
    token = getattr(first.metadata, "_continue", None) or first.metadata.to_dict()["_continue"]
    rest = peer.sdk.list_pool_nodes(sdk.ListPoolNodesRequest(pool_name=key, _continue=token, limit=500))
    assert len(first.items) == 5
    assert first.metadata.remaining_item_count == len(rest.items) > 0
    with pytest.raises(ClientRequestException):
        peer.sdk.list_pool_nodes(sdk.ListPoolNodesRequest(pool_name=key, _continue="no-such-token"))
    assert peer.sdk.list_workloads(sdk.ListWorkloadsRequest(pool_name=key)).items[0].status
    monitor = sdk.ShowPoolMonitorRequest(pool_name=key, time_range="-1.-1.10")
    assert len(peer.sdk.show_pool_monitor(monitor).metrics[0].data_points) == 10
    assert peer.sdk.list_events(sdk.ListEventsRequest(resource="pools", name=key)).items[0].reason


def test_a_workload_names_job_owner_cards_and_duration() -> None:
    load = PoolWorkload.model_validate(
        {
            "type": "train",
            "jobName": "gpt",
            "status": "Running",
            "userName": "mia",
            "runningDuration": 7200,
            "resourceRequirement": {"nvidia.com/gpu": "8", "cpu": "64"},
        }
    )
    assert list(list_workload_fields([load])) == [("gpt", "Running train 8 cards 2h00m of mia")]
