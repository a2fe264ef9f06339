"""Services, models, pools, workspaces, quotas, visualizations and configurations: their rules."""

from __future__ import annotations

from typing import Any

import pytest

SERVICES, MODELS, SPACES, BOARDS = "/services", "/models", "/workspaces", "/visualization-jobs"


def make_service(*models: tuple[Any, Any], **changes: Any) -> dict[str, Any]:
    config = [
        {"model_id": model.id, "weight": weight, "specification": "modelarts.vm.cpu.2u", "instance_count": 1}
        for model, weight in models
    ]
    return {"service_name": "svc", "infer_type": "real-time", "config": config} | changes


async def test_a_new_service_deploys_with_progress_and_runs(sim: Any) -> None:
    model = sim.world.add_model("m")
    _, answer = await sim.ask("POST", SERVICES, make_service((model, "100")))
    path = f"{SERVICES}/{answer['service_id']}"
    progress = []
    for _ in range(5):
        sim.clock.jump(10)
        progress.append((await sim.get(path))["progress"])
    assert progress == sorted(progress)
    assert progress[0] < 50
    running = await sim.get(path)
    assert (running["status"], running["config"][0]["status"], running["config"][0]["weight"]) == (
        "running",
        "ready",
        100,
    )
    assert (await sim.get(path + "/logs"))["logs"][0]["result"] == "SUCCESS"
    events = await sim.get(path + "/events", order="asc")
    assert [event["event_info"] for event in events["events"]][-1] == "start model success"


async def test_calls_and_failures_grow_while_it_runs_only(sim: Any) -> None:
    service = sim.world.add_service("svc", calls_per_s=10)
    service.failure_rate = 0.1
    path = f"{SERVICES}/{service.id}"
    before = await sim.get(path)
    sim.clock.jump(100)
    after = await sim.get(path)
    assert after["invocation_times"] - before["invocation_times"] == 1000
    assert after["failed_times"] - before["failed_times"] == 100
    await sim.ask("PUT", path, {"status": "stopped"})
    sim.clock.jump(1000)
    stopped = await sim.get(path)
    assert (stopped["status"], stopped["invocation_times"]) == ("stopped", after["invocation_times"])


async def test_weights_must_sum_to_a_hundred_over_different_versions(sim: Any) -> None:
    one, two = sim.world.add_model("m"), sim.world.add_model("m", version="2.0.0")
    same = sim.world.add_model("n")
    assert await sim.read_code("POST", SERVICES, make_service((one, 70), (two, 20))) == "ModelArts.0107"
    assert await sim.read_code("POST", SERVICES, make_service((one, 70), (same, 30))) == "ModelArts.3516"
    assert (await sim.ask("POST", SERVICES, make_service((one, 70), (two, "30"))))[0] == 200
    assert await sim.read_code("POST", SERVICES, make_service((one, 100))) == "ModelArts.3503"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"infer_type": "online"}, "0107"),
        ({"config": []}, "0115"),
        ({"config": [{"model_id": "none", "specification": "modelarts.vm.cpu.2u"}]}, "3507"),
        ({"cluster_id": "none"}, "3547"),
        ({"schedule": [{"type": "stop", "time_unit": "WEEKS", "duration": 1}]}, "0107"),
        ({"vpc_id": "vpc"}, "0115"),
        ({"description": "x" * 101}, "0107"),
        ({"infer_type": "batch"}, "0115"),
        ({"infer_type": "edge"}, "0115"),
    ],
)
async def test_a_service_that_breaks_a_table_is_refused(sim: Any, changes: dict[str, Any], code: str) -> None:
    body = make_service((sim.world.add_model("m"), 100), **changes)
    assert await sim.read_code("POST", SERVICES, body) == f"ModelArts.{code}"


@pytest.mark.parametrize(
    ("status", "asked"), [("running", "running"), ("stopped", "stopped"), ("deploying", "running")]
)
async def test_a_switch_that_changes_nothing_is_refused(sim: Any, status: str, asked: str) -> None:
    service = sim.world.add_service("svc", status=status, published_s_ago=1)
    assert await sim.read_code("PUT", f"{SERVICES}/{service.id}", {"status": asked}) == "ModelArts.3519"


async def test_several_services_are_deleted_together_or_not_at_all(sim: Any) -> None:
    ids = [sim.world.add_service(name).id for name in "abc"]
    assert await sim.read_code("DELETE", f"{SERVICES}/{ids[0]},none") == "ModelArts.3502"
    assert await sim.ask("DELETE", f"{SERVICES}/{ids[0]},{ids[1]}") == (200, {})
    rows = (await sim.get(SERVICES, sort_by="service_name", order="asc"))["services"]
    assert [row["status"] for row in rows] == ["deleting", "deleting", "running"]
    sim.clock.jump(10)
    assert (await sim.get(SERVICES))["total_count"] == 1


async def test_a_schedule_stops_a_service_when_due(sim: Any) -> None:
    rule = [{"type": "stop", "time_unit": "MINUTES", "duration": 5}]
    body = make_service((sim.world.add_model("m"), 100), schedule=rule)
    _, answer = await sim.ask("POST", SERVICES, body)
    path = f"{SERVICES}/{answer['service_id']}"
    assert (await sim.get(path))["due_time"] == sim.world.now + 300_000
    sim.clock.jump(85)
    assert (await sim.get(path))["invocation_times"] == 100
    sim.clock.jump(235)
    assert (await sim.get(path))["status"] == "stopped"


async def test_a_batch_service_has_no_monitoring(sim: Any) -> None:
    service = sim.world.add_service("svc", infer_type="batch")
    assert await sim.read_code("GET", f"{SERVICES}/{service.id}/monitor") == "ModelArts.3508"


async def test_an_edge_node_is_switched_only_to_the_other_state(make_sim: Any) -> None:
    sim = make_sim(scale=1)
    service = next(service for service in sim.world.services if service.kind == "edge")
    running, failed = service.nodes[0], service.nodes[2]
    path = f"{SERVICES}/{service.id}/nodes"
    assert (
        await sim.read_code("PUT", f"{path}/{running.id}/status", {"status": "running"}) == "ModelArts.3513"
    )
    assert await sim.ask("PUT", f"{path}/{running.id}/status", {"status": "stopped"}) == (200, {})
    assert await sim.read_code("PUT", f"{path}/{failed.id}/status", {"status": "stopped"}) == "ModelArts.3513"
    assert await sim.read_code("PUT", f"{path}/none/status", {"status": "stopped"}) == "ModelArts.3512"


async def test_monitored_numbers_are_strings(sim: Any) -> None:
    service = sim.world.add_service("svc")
    shown = (await sim.get(f"{SERVICES}/{service.id}/monitor"))["monitors"][0]
    assert all(isinstance(value, str) for name, value in shown.items() if name.startswith(("cpu", "gpu")))
    assert isinstance(shown["invocation_times"], int)


async def test_a_model_in_use_stays_and_says_why(sim: Any) -> None:
    used, free = sim.world.add_model("m"), sim.world.add_model("m", version="2.0.0")
    sim.world.add_service("svc", model=used)
    _, answer = await sim.ask("DELETE", f"{MODELS}/{used.id}", cascade="true")
    assert answer["delete_success_list"] == [free.id]
    assert answer["delete_failed_list"][0]["error_code"] == "ModelArts.3009"


@pytest.mark.parametrize("version", ["1.0", "01.1.1", "1.0.100", "v1.0.0"])
async def test_a_model_version_has_three_parts_without_leading_zero(sim: Any, version: str) -> None:
    body = {
        "model_name": "m",
        "model_version": version,
        "source_location": "https://x",
        "model_type": "Image",
    }
    assert await sim.read_code("POST", MODELS, body) == "ModelArts.3037"


async def test_a_workspace_with_resources_is_not_deleted(sim: Any) -> None:
    full, empty = sim.world.add_workspace("full"), sim.world.add_workspace("empty")
    sim.world.add_job("job", workspace=full.id)
    for workspace in (full, empty):
        assert await sim.ask("DELETE", f"{SPACES}/{workspace.id}") == (200, {"workspace_id": workspace.id})
        assert (await sim.get(f"{SPACES}/{workspace.id}"))["status"] == "DELETING"
    sim.clock.jump(15)
    assert (await sim.get(f"{SPACES}/{full.id}"))["status"] == "DELETE_FAILED"
    assert await sim.read_code("GET", f"{SPACES}/{empty.id}") == "ModelArts.0104"
    assert await sim.read_code("DELETE", f"{SPACES}/0") == "ModelArts.0105"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "abc"}, "0104"),
        ({"name": "default"}, "0104"),
        ({"name": "spaces", "auth_type": "SECRET"}, "0104"),
        ({"name": "spaces", "auth_type": "INTERNAL"}, "0104"),
        ({"name": "spaces", "auth_type": "INTERNAL", "grants": [{}]}, "0104"),
        ({}, "0104"),
        ({"name": "taken"}, "0103"),
    ],
)
async def test_a_workspace_that_breaks_a_table_is_refused(sim: Any, body: dict[str, Any], code: str) -> None:
    sim.world.add_workspace("taken")
    status, answer = await sim.ask("POST", SPACES, body)
    assert status >= 400
    assert answer["error_code"] == f"ModelArts.{code}"
    assert answer["request_id"]


async def test_grants_show_in_the_detail_only(sim: Any) -> None:
    body = {"name": "team", "auth_type": "internal", "grants": [{"user_name": "li.wei"}]}
    _, made = await sim.ask("POST", SPACES, body)
    assert made["auth_type"] == "internal"
    assert "grants" not in made
    detail = await sim.get(f"{SPACES}/{made['id']}")
    assert detail["auth_type"] == "INTERNAL"
    assert detail["grants"][0]["user_name"] == "li.wei"


async def test_quotas_are_set_within_bounds_all_or_none(sim: Any) -> None:
    path = f"{SPACES}/0/quotas"
    minutes = {item["resource"]: item for item in (await sim.get(path))["quotas"]}
    assert {item["used_quota"] for item in minutes.values() if item["quota"] == -1} <= {None}
    good, bad = (
        {"resource": "trainJob.gpu_duration", "quota": 500},
        {"resource": "trainJob.cpu_duration", "quota": 10**7},
    )
    assert await sim.read_code("PUT", path, {"quotas": [good, bad]}) == "ModelArts.0104"
    assert (
        await sim.read_code("PUT", path, {"quotas": [{"resource": "none", "quota": 1}]}) == "ModelArts.0104"
    )
    assert (
        await sim.read_code("PUT", path, {"quotas": [{"resource": "trainJob.cpu_duration", "quota": 0}]})
        == "ModelArts.0104"
    )
    assert {
        item["quota"] for item in (await sim.get(path))["quotas"] if item["resource"] == good["resource"]
    } == {-1}
    _, answer = await sim.ask("PUT", path, {"quotas": [good]})
    assert (answer["quotas"][0]["quota"], "used_quota" in answer["quotas"][0]) == (500, False)


async def test_workspaces_sort_descending_unless_reported(make_sim: Any) -> None:
    sim = make_sim(scale=1)
    names = [row["name"] for row in (await sim.get(SPACES))["workspaces"]]
    assert names == sorted(names, reverse=True)
    page = await sim.get(SPACES, limit=2, offset=3)
    assert ([row["name"] for row in page["workspaces"]], page["count"], page["total_count"]) == (
        names[3:5],
        2,
        5,
    )


async def test_a_visualization_stops_restarts_and_counts_down(sim: Any) -> None:
    body = {"job_name": "board", "train_url": "/obs/name/"}
    _, made = await sim.ask("POST", BOARDS, body)
    path = f"{BOARDS}/{made['job_id']}"
    assert await sim.read_code("POST", BOARDS, body) == "ModelArts.0103"
    sim.clock.jump(30)
    assert 0 < (await sim.get(path))["remaining_duration"] < 3_600_000
    assert await sim.read_code("POST", path + "/restart") == "ModelArts.0105"
    await sim.ask("POST", path + "/stop")
    assert await sim.read_code("DELETE", path) == "ModelArts.0105"
    sim.clock.jump(10)
    assert (await sim.get(path))["status"] == 12
    assert await sim.read_code("POST", path + "/stop") == "ModelArts.0105"
    assert (await sim.ask("POST", path + "/restart"))[1] == {"is_success": True}
    assert await sim.read_code("GET", BOARDS, per_page=101) == "ModelArts.0107"


async def test_a_configuration_is_kept_edited_and_deleted(sim: Any) -> None:
    body = {
        "config_name": "conf", "worker_server_num": 1, "app_url": "/a/", "boot_file_url": "/a/b.py",
        "spec_id": 4,
        "engine_id": 3, "data_url": "/d/",
    }  # fmt: skip
    assert (await sim.ask("POST", "/training-job-configs", body))[1] == {"is_success": True}
    assert await sim.read_code("POST", "/training-job-configs", body) == "ModelArts.0103"
    path = "/training-job-configs/conf"
    await sim.ask("PUT", path, {"dataset_id": "d", "dataset_version_id": "v", "config_desc": "new"})
    detail = await sim.get(path)
    assert (detail["config_desc"], detail["dataset_id"], detail["data_url"]) == ("new", "d", None)
    assert (detail["core"], detail["cpu"]) == ("8", "64")
    assert await sim.read_code("GET", path, config_type="sample") == "ModelArts.0102"
    await sim.ask("DELETE", path)
    assert await sim.read_code("GET", path) == "ModelArts.0102"
