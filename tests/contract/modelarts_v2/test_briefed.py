"""Roll back, scale, act on nodes, accept maintenance, save images: bodies, notes and refusals."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from matui.base.errors import NotFoundError, UsageError
from matui.base.text.formatting import format_local_time
from matui.clouds.modelarts.v2.services.revisions import find_differences
from matui.live.actions.executor import Executor
from matui.live.actions.policy import Policy
from matui.live.audit.trail import Audit
from matui.resources.kinds.deployments import REVISIONS
from matui.resources.kinds.maintenance import MAINTENANCE
from matui.resources.kinds.poolnodes import POOLNODES
from matui.resources.kinds.services import SERVICES
from matui.resources.model import Resource
from matui.resources.registry import get_kind
from tests.contract.modelarts_v2.rebuild import is_same_by_sdk
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_forms import record_bodies
from tests.contract.modelarts_v2.test_official_sdk import Peer, peer

__all__ = ["peer"]


def make_executor(cloud: Any, stage: Stage, tmp_path: Any, **rules: Any) -> Executor:
    return Executor(
        cloud, clock=stage.clock, audit=Audit(tmp_path, clock=stage.clock), policy=Policy(**rules)
    )


async def fetch_versions(cloud: Any) -> tuple[Resource, ...]:
    for service in await list_first_page(cloud, "services"):
        rows: tuple[Resource, ...] = await cloud.fetch_versions(service)
        if len(rows) > 2:
            return rows
    raise AssertionError("no service has several versions")


async def fetch_nodes(cloud: Any, pool: str = "v100-shared") -> tuple[Resource, ...]:
    found = next(row for row in await list_first_page(cloud, "pools") if row.name == pool)
    nodes: tuple[Resource, ...] = await cloud.fetch_nodes(found)
    return nodes


async def test_a_deployment_is_rolled_back_and_what_differs_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        newest, before, *_ = await fetch_versions(cloud)
        assert (newest.status, before.status) == ("current", "earlier")
        executor = make_executor(cloud, stage, tmp_path)
        assert (
            executor.plan(REVISIONS, "rollback", [newest]).targets[0].refusal == "it is the current version"
        )
        plan = await executor.brief(executor.plan(REVISIONS, "rollback", [before]), {})
        assert "unit_configs.0.envs.MAX_BATCH: 64 → 32" in plan.notes
        assert not any("hf_not" in note for note in plan.notes)
        assert plan.countdown_s == 5
        with record_bodies(monkeypatch) as sent:
            (outcome,) = await executor.run(plan)
        assert outcome.result == "done"
        assert is_same_by_sdk("SwitchInferDeploymentVersionRequestBody", sent[-1])
        assert (await cloud.read("revisions", before.id)).status == "current"
        detail = await cloud.describe(newest)
        assert "Switching to it changes" in {section.title for section in detail.sections}
        with pytest.raises(NotFoundError):
            await cloud.read("revisions", before.id.rpartition("/")[0] + "/9.9.9")


async def test_a_deployment_is_scaled(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        service_id = (await fetch_versions(cloud))[0].get_text("service_id")
        service = await cloud.read("services", service_id)
        executor = make_executor(cloud, stage, tmp_path)
        plan = await executor.brief(executor.plan(SERVICES, "scale", [service]), {"count": "5"})
        assert plan.notes == ("infer-0: from 2 to 5 instances",)
        with record_bodies(monkeypatch) as sent:
            (outcome,) = await executor.run(plan)
        assert (outcome.result, sent[-1]) == ("done", {"count": 5})
        assert is_same_by_sdk("UpdateInferDeploymentScale", sent[-1])
        with pytest.raises(UsageError, match="no deployment"):
            await executor.brief(plan, {"count": "5", "deployment": "nope"})
    assert stage.world.current.deployments[service_id][0].count == 5
    lines = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert '"count": "5"' in lines or '"count":"5"' in lines


@pytest.mark.parametrize("argument", ["", "0", "129", "x", "-1", "1.5"])
def test_scale_takes_a_number_of_instances(argument: str) -> None:
    scale = SERVICES.find_action("scale")
    assert scale is not None
    assert scale.parse is not None
    with pytest.raises(UsageError, match="1 to 128"):
        scale.parse(argument)


BODIES = {
    "lock": "BatchLockPoolNodesRequestBody",
    "unlock": "BatchLockPoolNodesRequestBody",
    "drain": "BatchDrainPoolNodesReq",
    "reboot": "BatchRebootPoolNodesRequestBody",
    "reset": "ResetNodesRequest",
}


@pytest.mark.parametrize("action", BODIES)
async def test_nodes_are_acted_on_after_a_countdown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, action: str
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        nodes = [node for node in await fetch_nodes(cloud) if node.status == "Available"]
        busy = next(node for node in nodes if (node.get_number("work") or 0) > 0)
        executor = make_executor(cloud, stage, tmp_path)
        plan = await executor.brief(executor.plan(POOLNODES, action, nodes[:2]), {})
        assert plan.countdown_s == 10
        busy_plan = await executor.brief(executor.plan(POOLNODES, action, [busy]), {})
        said = " ".join(busy_plan.notes)
        assert ("will be interrupted" in said and busy.get_text("on_it").split(",")[0] in said) is (
            action not in ("lock", "unlock")
        )
        with record_bodies(monkeypatch) as sent:
            outcomes = await executor.run(plan)
        assert [outcome.result for outcome in outcomes] == ["done", "done"]
        assert sent[-1]["nodeNames"] == [node.name for node in nodes[:2]]
        assert is_same_by_sdk(BODIES[action], sent[-1])
        now = await cloud.read("poolnodes", nodes[0].id)
        assert now.status == ("Checking" if action in ("reboot", "reset") else "Available")


async def test_more_than_ten_nodes_take_several_requests(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        nodes = [n for n in await fetch_nodes(cloud, "ascend-910") if n.status == "Available"]
        assert len(nodes) == 13
        executor = make_executor(cloud, stage, tmp_path)
        outcomes = await executor.run(executor.plan(POOLNODES, "lock", nodes))
        assert {outcome.result for outcome in outcomes} == {"done"}
    assert [path.rpartition("/")[2] for _, path in stage.list_sent()].count("batch-lock") == 2


@pytest.mark.parametrize(
    ("body", "results"),
    [
        ({"nodes": [{"name": "0", "status": "success"}, {"name": "1", "status": "failed"}]},
         ["done", "refused", "unknown"]),
        ({"nodeNames": ["0", "2"]}, ["done", "unknown", "done"]),
        ({"nodes": [{"name": "other", "status": "success"}, None]}, ["done"] * 3),
        ({"nodes": None, "nodeNames": None}, ["done"] * 3),
    ],
)  # fmt: skip
async def test_each_node_has_the_result_that_the_answer_states(
    tmp_path: Any, body: dict[str, Any], results: list[str]
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        nodes = [node for node in await fetch_nodes(cloud) if node.status == "Available"][:3]
        names = {str(at): node.name for at, node in enumerate(nodes)}
        send = cloud._session.send

        async def answer(call: Any) -> Any:
            given = await send(call)
            if not call.action:
                return given
            text = json.dumps(body)
            for number, name in names.items():
                text = text.replace(f'"{number}"', f'"{name}"')
            return replace(given, body=text.encode())

        cloud._session.send = answer
        executor = make_executor(cloud, stage, tmp_path)
        run = executor.run(executor.plan(POOLNODES, "lock", nodes))
        outcomes, _ = await asyncio.gather(run, stage.clock.advance(60))
    assert [outcome.result for outcome in outcomes] == results


async def test_work_of_a_node_without_an_address_is_not_known(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        node = (await fetch_nodes(cloud))[0]
        hidden = replace(node, facts={name: value for name, value in node.facts.items() if name != "address"})
        executor = make_executor(cloud, stage, tmp_path)
        plan = await executor.brief(executor.plan(POOLNODES, "reset", [hidden]), {})
        assert plan.notes == (f"{node.name}: what runs on it is not known: the node states no address",)
        assert "work" not in (await cloud.read("poolnodes", node.id)).facts


async def test_a_drained_node_is_left_and_its_job_records_the_recovery(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        busy = next(n for n in await fetch_nodes(cloud, "ascend-910") if "pangu-13b" in n.get_text("on_it"))
        executor = make_executor(cloud, stage, tmp_path)
        await executor.run(executor.plan(POOLNODES, "drain", [busy]))
        after = next(n for n in await fetch_nodes(cloud, "ascend-910") if n.id == busy.id)
        job = next(j for j in await list_first_page(cloud, "jobs") if j.name == "pangu-13b-pretrain")
    assert after.get_text("on_it") == ""
    assert (job.get_number("recoveries"), job.get_text("fault")) == (3, "node fault")


async def test_maintenance_is_listed_with_what_it_interrupts_and_accepted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        rows = await list_first_page(cloud, "maintenance")
        assert [row.status for row in rows] == ["inquiring", "scheduled", "completed"]
        event = rows[0]
        assert event.get_text("on_it")
        executor = make_executor(cloud, stage, tmp_path)
        plan = await executor.brief(executor.plan(MAINTENANCE, "accept", [event]), {})
        begins = format_local_time(event.get_number("begins_at"))
        assert plan.notes[0].endswith(f"node reboot, begins {begins}")
        assert any("will be interrupted" in note for note in plan.notes)
        with record_bodies(monkeypatch) as sent:
            (outcome,) = await executor.run(plan)
        assert outcome.result == "done"
        assert is_same_by_sdk("EventUpdate", sent[-1])
        assert (await cloud.read("maintenance", event.id)).status == "scheduled"
        refused = executor.plan(MAINTENANCE, "accept", [await cloud.read("maintenance", event.id)])
        assert refused.targets[0].refusal == "it is accepted already"
        detail = await cloud.describe(rows[1])
        assert "Begins" in dict(detail.sections[0].rows)


async def test_the_work_of_every_accepted_maintenance_is_read() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        event = (await list_first_page(cloud, "maintenance"))[0]
        events = stage.world.current.maintenance
        first = events[event.id]
        for number in range(8):
            events[f"more-{number}"] = replace(first, id=f"more-{number}")
        rows = [row for row in await list_first_page(cloud, "maintenance") if row.status == "inquiring"]
        assert len(rows) == 9
        briefing = await cloud.brief("accept", rows, {})
    assert briefing is not None
    assert all(briefing.work[row.id] for row in rows)


async def test_maintenance_that_begins_at_another_time_by_now_is_not_accepted(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        event = (await list_first_page(cloud, "maintenance"))[0]
        executor = make_executor(cloud, stage, tmp_path)
        plan = await executor.brief(executor.plan(MAINTENANCE, "accept", [event]), {})
        stage.world.current.maintenance[event.id].not_before += 3_600_000
        await stage.clock.advance(10)
        (outcome,) = await executor.run(plan)
        assert outcome.result == "changed"
        assert "begins" in outcome.sentence
        assert (await cloud.read("maintenance", event.id)).status == "inquiring"


async def test_maintenance_whose_time_has_passed_is_accepted_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        event = (await list_first_page(cloud, "maintenance"))[0]
        stage.world.current.maintenance[event.id].not_before = stage.world.now - 60_000
        executor = make_executor(cloud, stage, tmp_path)
        plan = await executor.brief(executor.plan(MAINTENANCE, "accept", [event]), {})
        assert plan.notes[0].endswith("begins at once")
        with record_bodies(monkeypatch) as sent:
            (outcome,) = await executor.run(plan)
        assert (outcome.result, sent[-1]) == ("done", {})


async def test_a_time_of_ones_own_for_maintenance_is_written_as_every_time(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        event = (await list_first_page(cloud, "maintenance"))[0]
        executor = make_executor(cloud, stage, tmp_path)
        given = {"not_before": "2026-12-01T03:00:00Z"}
        plan = await executor.brief(executor.plan(MAINTENANCE, "accept", [event]), given)
    assert plan.notes[0].endswith(f"begins {format_local_time(1_796_094_000_000)}")


async def test_an_image_is_saved_of_a_task_and_of_a_notebook(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    stage = Stage()
    stage.world.add_job("train", workers=2)
    stage.world.add_notebook("desk")
    async with stage.open_cloud() as cloud:
        executor = make_executor(cloud, stage, tmp_path)
        for kind, model in (("jobs", "ImageSaveJob"), ("notebooks", "ImageCreateReq")):
            (row,) = await list_first_page(cloud, kind)
            options = {"namespace": "my-org", "name": "debug"}
            plan = await executor.brief(executor.plan(get_kind(kind), "save-image", [row]), options)
            assert "my-org/debug:20251009085320" in plan.notes[0]
            with record_bodies(monkeypatch) as sent:
                (outcome,) = await executor.run(plan)
            assert outcome.result == "done"
            assert is_same_by_sdk(model, sent[-1])
        (job,) = await list_first_page(cloud, "jobs")
        with pytest.raises(UsageError, match="no task"):
            await cloud.brief("save-image", [job], {"namespace": "o", "name": "n", "task": "worker-9"})
    assert {image["status"] for image in stage.world.current.images.values()} == {"CREATING"}


def test_differences_leave_out_what_is_no_configuration_and_hide_secrets() -> None:
    now = {"id": "1", "version": "2", "envs": {"TOKEN": "a", "N": 1}, "units": [{"cmd": "x"}], "gone": True}
    then = {"id": "2", "version": "1", "envs": {"TOKEN": "b", "N": 2}, "units": [{"cmd": "y"}], "new": None}
    rows = dict(find_differences(now, then))
    assert (rows["envs.N"], rows["units.0.cmd"], rows["gone"]) == ("1 → 2", "x → y", "true → –")
    assert "id" not in rows
    assert all("a →" not in value for value in rows.values())


@pytest.mark.parametrize("answer", [None, [], "x", 7])
def test_any_two_configurations_can_be_compared(answer: Any) -> None:
    assert list(find_differences(answer, {"a": 1})) == []
    list(find_differences({"a": answer}, {"a": {"b": 1}}))


def test_the_official_client_switches_scales_drains_and_accepts(peer: Peer) -> None:
    client, world = peer.sdk, peer.world
    service_id = next(key for key, rows in world.current.deployments.items() if len(rows[0].versions) > 2)
    (row,) = client.list_infer_deployments(sdk.ListInferDeploymentsRequest(service_id)).data
    versions = client.list_infer_deployment_versions(
        sdk.ListInferDeploymentVersionsRequest(service_id, row.id)
    ).data
    assert [one.version for one in versions] == ["1.2.0", "1.1.0", "1.0.0"]
    body = sdk.SwitchInferDeploymentVersionRequestBody(infer_name=row.infer_name)
    client.switch_infer_deployment_version(
        sdk.SwitchInferDeploymentVersionRequest(service_id, row.id, "1.1.0", body)
    )
    shown = client.show_infer_deployment(sdk.ShowInferDeploymentRequest(service_id, row.id))
    assert (shown.version, shown.count) == ("1.1.0", 2)
    much = sdk.UpdateInferDeploymentScale(count=129)
    scale = sdk.UpdateInferDeploymentScaleRequest(service_id, row.name, much)
    with pytest.raises(ClientRequestException):
        client.update_infer_deployment_scale(scale)
    hpa = client.show_infer_deployment_hpa(sdk.ShowInferDeploymentHpaRequest(service_id, row.id))
    assert (hpa.min_replicas, hpa.max_replicas) == (1, 4)
    pool = next(p for p in client.list_pools(sdk.ListPoolsRequest()).items if p.status.phase == "Abnormal")
    name = pool.metadata.name
    node = client.list_pool_nodes(sdk.ListPoolNodesRequest(pool_name=name)).items[0].metadata.name
    client.batch_drain_pool_nodes(
        sdk.BatchDrainPoolNodesRequest(name, sdk.BatchDrainPoolNodesReq(node_names=[node]))
    )
    events = client.list_scheduled_events(sdk.ListScheduledEventsRequest(state=["inquiring"])).events
    asked = sdk.AcceptScheduledEventRequest(events[0].id, body=sdk.EventUpdate())
    assert client.accept_scheduled_event(asked).state in ("scheduled", "executing")


def test_the_official_client_scales(peer: Peer) -> None:
    client, world = peer.sdk, peer.world
    service_id = next(key for key, rows in world.current.deployments.items() if len(rows[0].versions) > 2)
    (row,) = client.list_infer_deployments(sdk.ListInferDeploymentsRequest(service_id)).data
    more = sdk.UpdateInferDeploymentScale(count=3)
    scale = sdk.UpdateInferDeploymentScaleRequest(service_id, row.name, more)
    assert client.update_infer_deployment_scale(scale).count == 3
    shown = client.show_infer_deployment(sdk.ShowInferDeploymentRequest(service_id, row.id))
    assert (shown.count, shown.status) == (3, "UPGRADING")


def test_the_official_client_locks_reboots_and_resets_nodes(peer: Peer) -> None:
    client, world = peer.sdk, peer.world
    name = client.list_pools(sdk.ListPoolsRequest()).items[0].metadata.name
    nodes = [
        one.metadata.name for one in client.list_pool_nodes(sdk.ListPoolNodesRequest(pool_name=name)).items
    ]
    node = nodes[:1]
    lock = sdk.BatchLockPoolNodesRequestBody(node_names=node, actions=["lock"])
    locked = client.batch_lock_pool_nodes(sdk.BatchLockPoolNodesRequest(name, lock)).nodes
    assert [one.name for one in locked] == node
    reboot = sdk.BatchRebootPoolNodesRequestBody(node_names=node)
    assert client.batch_reboot_pool_nodes(sdk.BatchRebootPoolNodesRequest(name, reboot)).node_names == node
    rolling = sdk.ResetNodesRequestRollingConfig(strategy="RollingByNumber", max_unavailable=1)
    reset = sdk.ResetNodesRequest(node_names=node, rolling_config=rolling)
    assert client.batch_reset_pool_nodes(sdk.BatchResetPoolNodesRequest(name, reset)).job_id
    many = sdk.BatchRebootPoolNodesRequestBody(node_names=node * 11)
    with pytest.raises(ClientRequestException):
        client.batch_reboot_pool_nodes(sdk.BatchRebootPoolNodesRequest(name, many))
    assert any(path.endswith("/batch-reset") for _, path, _ in world.requests)


async def test_a_service_shows_its_autoscaling_and_what_its_pods_warn_of() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        service_id = (await fetch_versions(cloud))[0].get_text("service_id")
        scaled = await cloud.describe(await cloud.read("services", service_id))
        sick = next(row for row in await list_first_page(cloud, "services") if row.status == "CONCERNING")
        ill = await cloud.describe(sick)
        await cloud.describe(sick)
    rows = {section.title: dict(section.rows) for section in (*scaled.sections, *ill.sections)}
    assert rows["Deployment infer-0"]["Pod warning Unhealthy"]
    said = dict(next(s for s in scaled.sections if s.title == "Deployment infer-0").rows)
    assert said["Autoscaling"] == "1 to 4 instances, ACTIVE"
    assert "CRON_HPA 0 22 * * * to 1" in str(said["Rule night"])
    asked = [path for _, path in stage.list_sent() if path.endswith("/hpa") and sick.id in path]
    assert len(asked) == 1


async def test_a_further_deployment_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        service_id = (await fetch_versions(cloud))[0].get_text("service_id")
        form = await cloud.create_form("deployments", "")
        unit = {"flavor": "modelarts.vm.cpu.2u", "image": {"source": "SWR", "swr_path": "g/i:1"}}
        values = {
            "service_id": service_id,
            "deployment": {
                "name": "canary",
                "weight": 10,
                "count": 1,
                "unit_configs": [unit],
            },
        }
        assert cloud.find_problems(form, values) == ()
        assert cloud.find_problems(form, values | {"service_id": ""})
        with record_bodies(monkeypatch) as sent:
            made = await cloud.send_form(form, values)
        assert is_same_by_sdk("GroupConfig", sent[-1])
        assert made.resource_id == f"{service_id}/canary"
        assert (await cloud.read("deployments", made.resource_id)).name == "canary"


async def test_a_saved_notebook_is_found_among_the_images() -> None:
    stage = Stage(scale=1)
    image = {"namespace": "my-org", "name": "debug", "tag": "1"}
    async with stage.open_cloud() as cloud:
        notebook = next(row for row in await list_first_page(cloud, "notebooks") if row.status == "RUNNING")
        assert await cloud.read_effect("save-image", notebook, image) == "not yet"
        await cloud.act_with("save-image", [notebook], image)
        assert await cloud.read_effect("save-image", notebook, image) == "done"
        assert await cloud.read_effect("save-image", notebook, image | {"tag": "2"}) == "not yet"
        assert await cloud.read_effect("stop", notebook, {}) is None
