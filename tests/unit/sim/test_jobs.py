"""Training jobs: rules, paging, sorting and the states they pass through."""

from __future__ import annotations

import json
from typing import Any

import pytest

JOBS = "/training-jobs"


def make_config(**changes: Any) -> dict[str, Any]:
    fields = {
        "worker_server_num": 1, "app_url": "/usr/app/", "boot_file_url": "/usr/app/boot.py", "spec_id": 1,
        "engine_id": 1, "data_url": "/usr/data/", "train_url": "/usr/train/",
    }  # fmt: skip
    return {name: value for name, value in (fields | changes).items() if value is not None}


async def test_a_new_job_passes_through_its_states_to_the_end(sim: Any) -> None:
    _, answer = await sim.ask("POST", JOBS, {"job_name": "train", "config": make_config()})
    assert answer["status"] == "1"
    assert isinstance(answer["job_id"], str)
    path = f"{JOBS}/{answer['job_id']}/versions/{answer['version_id']}"
    seen = []
    for _ in range(9000):
        status = (await sim.get(path))["status"]
        if not seen or seen[-1] != status:
            seen.append(status)
        if status in (10, 11):
            break
        sim.clock.jump(1 if len(seen) < 5 else 60)
    assert seen == [1, 2, 4, 7, 8, 10]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"spec_id": 999}, "0107"),
        ({"spec_id": 7}, "0105"),
        ({"worker_server_num": 3}, "0107"),
        ({"worker_server_num": 0}, "0107"),
        ({"worker_server_num": "1"}, "0107"),
        ({"engine_id": 999}, "0107"),
        ({"data_url": None}, "0115"),
        ({"boot_file_url": None}, "0115"),
        ({"boot_file_url": "/elsewhere/boot.py"}, "0107"),
        ({"data_source": [{"type": "obs", "data_url": "/x/"}]}, "0107"),
        ({"dataset_id": "d", "dataset_version_id": "v"}, "0107"),
        ({"data_url": None, "dataset_id": "d"}, "0107"),
        ({"train_url": None}, "0115"),
        ({"parameter": [{"label": "lr"}]}, "0107"),
        ({"volumes": [{}]}, "0107"),
    ],
)
async def test_a_configuration_that_breaks_a_table_is_refused(
    sim: Any, changes: dict[str, Any], code: str
) -> None:
    body = {"job_name": "train", "config": make_config(**changes)}
    assert await sim.read_code("POST", JOBS, body) == f"ModelArts.{code}"
    assert len(sim.world.jobs) == 0


@pytest.mark.parametrize(
    ("name", "code"), [("", "0115"), ("a b", "0104"), ("x" * 65, "0104"), ("taken", "0103"), (7, "0107")]
)
async def test_a_name_is_checked(sim: Any, name: Any, code: str) -> None:
    sim.world.add_job("taken")
    assert (
        await sim.read_code("POST", JOBS, {"job_name": name, "config": make_config()}) == f"ModelArts.{code}"
    )


@pytest.mark.parametrize(
    "query",
    [
        {"per_page": 0}, {"per_page": 1001}, {"page": 0}, {"page": 65536}, {"page": "x"}, {"sortBy": "owner"},
        {"order": "up"}, {"status": "22"}, {"status": "RUNNING"}, {"search_content": "x" * 65},
        {"workspace_id": "none"},
    ],
)  # fmt: skip
async def test_list_parameters_out_of_range_are_refused(sim: Any, query: dict[str, Any]) -> None:
    assert await sim.read_code("GET", JOBS, **query) in ("ModelArts.0107", "ModelArts.0104")


async def test_pages_shift_when_a_job_is_deleted(sim: Any) -> None:
    jobs = [sim.world.add_job(f"job-{turn:02d}", status="COMPLETED") for turn in range(12)]
    first = await sim.get(JOBS)
    assert [row["job_name"] for row in first["jobs"]] == [f"job-{turn:02d}" for turn in range(10)]
    assert (await sim.ask("DELETE", f"{JOBS}/{jobs[0].id}"))[1] == {"is_success": True}
    second = await sim.get(JOBS, page=2)
    assert [row["job_name"] for row in second["jobs"]] == ["job-11"]
    assert second["job_total_count"] == 11


async def test_each_sort_order_is_honoured_both_ways(make_sim: Any) -> None:
    sim = make_sim(scale=1)
    for field in ("job_name", "job_desc", "status", "duration", "version_count", "create_time"):
        rows = (await sim.get(JOBS, sortBy=field, per_page=1000))["jobs"]
        values = [row[field] for row in rows]
        assert values == sorted(values)
        back = (await sim.get(JOBS, sortBy=field, order="desc", per_page=1000))["jobs"]
        assert back == rows[::-1]


async def test_pages_join_to_the_whole_in_descending_order(make_sim: Any) -> None:
    sim = make_sim(scale=1)
    whole = (await sim.get(JOBS, per_page=1000, sortBy="create_time", order="desc"))["jobs"]
    pages = [
        (await sim.get(JOBS, per_page=7, page=n, sortBy="create_time", order="desc"))["jobs"]
        for n in range(1, 8)
    ]
    assert [row for page in pages for row in page] == whole


async def test_a_filter_by_states_and_words(sim: Any) -> None:
    sim.world.add_job("alpha", status="FAILED")
    sim.world.add_job("beta", status="IMAGE_FAILED")
    sim.world.add_job("gamma", status="RUNNING")
    names = {row["job_name"] for row in (await sim.get(JOBS, status="3,11"))["jobs"]}
    assert names == {"alpha", "beta"}
    assert (await sim.get(JOBS, search_content="GAM"))["job_total_count"] == 1


async def test_a_workspace_scopes_the_list(sim: Any) -> None:
    workspace = sim.world.add_workspace("vision")
    sim.world.add_job("inside", workspace=workspace.id)
    assert (await sim.get(JOBS))["job_total_count"] == 0
    assert (await sim.get(JOBS, workspace_id=workspace.id))["job_total_count"] == 1


async def test_a_running_version_is_stopped_once(sim: Any) -> None:
    job = sim.world.add_job("job", status="RUNNING")
    path = f"{JOBS}/{job.id}/versions/{job.latest.id}"
    assert (await sim.ask("POST", path + "/stop"))[1] == {"is_success": True}
    assert (await sim.get(path))["status"] == 9
    assert await sim.read_code("POST", path + "/stop") == "ModelArts.0105"
    assert await sim.read_code("DELETE", path) == "ModelArts.0105"
    sim.clock.jump(10)
    assert (await sim.get(path))["status"] == 12
    await sim.ask("DELETE", path)
    assert await sim.read_code("GET", f"{JOBS}/{job.id}/versions") == "ModelArts.0102"


async def test_a_new_version_follows_the_one_it_names(sim: Any) -> None:
    job = sim.world.add_job("job", status="FAILED")
    body = {"config": make_config(pre_version_id=job.latest.id)}
    _, answer = await sim.ask("POST", f"{JOBS}/{job.id}/versions/", body)
    rows = (await sim.get(f"{JOBS}/{job.id}/versions"))["versions"]
    assert [row["version_name"] for row in rows] == ["V0002", "V0001"]
    assert rows[0]["pre_version_id"] == rows[1]["version_id"]
    assert answer["version_id"] == rows[0]["version_id"]
    body = {"config": make_config(pre_version_id=1)}
    assert await sim.read_code("POST", f"{JOBS}/{job.id}/versions", body) == "ModelArts.0102"


async def test_metrics_are_an_object_in_the_detail_and_a_string_in_the_list(sim: Any) -> None:
    job = sim.world.add_job("job", began_s_ago=600)
    detail = await sim.get(f"{JOBS}/{job.id}/versions/{job.latest.id}")
    row = (await sim.get(f"{JOBS}/{job.id}/versions"))["versions"][0]
    assert json.loads(row["system_metric_list"]) == detail["system_metric_list"]
    assert len(detail["system_metric_list"]["cpuUsage"]) == 11
    assert all(isinstance(value, str) for value in detail["system_metric_list"]["gpuUtil"])
