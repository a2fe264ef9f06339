"""The world as a whole: repeatable, cheap, alive only when time passes, and hostile on request."""

from __future__ import annotations

import json
from typing import Any

from matui.base.clock import ManualClock
from tests.seeded_world import build_world

LISTS = (
    "/demanager/instances?de_type=Notebook", "/training-jobs?per_page=1000", "/services", "/workspaces",
    "/models",
    "/visualization-jobs?per_page=100", "/training-job-configs", "/clusters", "/job/resource-specs",
)  # fmt: skip


async def read_everything(sim: Any) -> str:
    return json.dumps([await sim.get(path) for path in LISTS])


async def test_the_same_seed_gives_the_same_world_and_another_does_not(make_sim: Any) -> None:
    one, same, other = make_sim(scale=2), make_sim(scale=2), make_sim(scale=2, seed=2)
    assert await read_everything(one) == await read_everything(same)
    assert await read_everything(one) != await read_everything(other)


async def test_it_does_not_matter_how_often_one_looks(make_sim: Any) -> None:
    often, once = make_sim(scale=1), make_sim(scale=1)
    for _ in range(60):
        often.clock.jump(60)
        await often.get("/workspaces")
    once.clock.jump(3600)
    assert await read_everything(often) == await read_everything(once)


async def test_nothing_changes_while_the_clock_stands_and_much_in_an_hour(make_sim: Any) -> None:
    sim = make_sim(scale=1)
    before = await read_everything(sim)
    assert await read_everything(sim) == before
    sim.clock.jump(3600)
    jobs = (await sim.get("/training-jobs", per_page=1000, sortBy="create_time", order="desc"))["jobs"]
    assert jobs[0]["create_time"] > sim.world.now - 3_600_000
    assert await read_everything(sim) != before


async def test_speed_multiplies_the_world_s_time(make_sim: Any) -> None:
    sim = make_sim(scale=0, speed=60.0)
    notebook = sim.world.add_notebook("nb", status="STOPPED")
    await sim.ask("POST", f"/demanager/instances/{notebook.id}/action", {"action": "start"})
    sim.clock.jump(1)
    assert (await sim.get(f"/demanager/instances/{notebook.id}"))["status"] == "RUNNING"


async def test_the_demo_world_shows_what_is_wrong(make_sim: Any) -> None:
    sim = make_sim(scale=1)
    world = sim.world
    assert [len(store) for store in (world.notebooks, world.jobs, world.services, world.workspaces)] == [
        14,
        40,
        9,
        5,
    ]
    assert "START_FAILED" in {row.compute_status(world.now) for row in world.notebooks}
    assert {"concerning", "failed", "deploying", "running"} <= {
        row.compute_status(world.now) for row in world.services
    }
    assert "DELETE_FAILED" in {row.timeline.find_state_at(world.now) for row in world.workspaces}
    statuses = {row["status"] for row in (await sim.get("/training-jobs", per_page=1000))["jobs"]}
    assert {3, 5, 7, 8, 10, 11, 12} <= statuses
    failed = next(job for job in world.jobs if job.name == "yolov5-helmet")
    path = f"/training-jobs/{failed.id}/versions/{failed.latest.id}"
    page = await sim.get(path + "/aom-log", log_file="job-yolov5-helmet.0")
    assert "CUDA out of memory" in page["content"]


def test_a_world_has_as_many_jobs_as_its_scale_says() -> None:
    assert len(build_world(clock=ManualClock(), scale=100).jobs) == 4_000


async def test_a_list_of_a_hostile_world_is_valid_json(make_sim: Any) -> None:
    sim = make_sim(hostile=True)
    text = await read_everything(sim)
    for piece in ("[red]", "[/b]", "\\u001b", "\\u202e", "x" * 300):
        assert piece in text
    rows = (await sim.get("/training-jobs", per_page=1000))["jobs"]
    assert {99, "8", None} <= {row["status"] for row in rows}
    assert any("duration" not in row for row in rows)


async def test_details_of_a_hostile_world_are_answered(make_sim: Any) -> None:
    sim = make_sim(hostile=True)
    world = sim.world
    paths = [f"/models/{key}" for key in world.models.rows] + [
        f"/services/{key}" for key in world.services.rows
    ]
    paths += [f"/visualization-jobs/{key}" for key in world.visualizations.rows]
    paths += [f"/training-jobs/{job.id}/versions/{job.latest.id}" for job in world.jobs]
    paths += [f"/demanager/instances/{key}" for key in world.notebooks.rows]
    paths += [f"/workspaces/{key}" for key in world.workspaces.rows]
    for path in paths:
        assert (await sim.ask("GET", path))[0] == 200, path


async def test_requests_are_counted(sim: Any) -> None:
    await sim.get("/training-jobs", page=1)
    assert sim.world.requests == [("GET", f"/v1/{sim.world.project_id}/training-jobs", "page=1")]


async def test_an_unknown_path_or_project_is_refused_by_the_gateway(sim: Any) -> None:
    status, body = await sim.ask("GET", "/no-such-kind")
    assert (status, body["error_code"]) == (404, "APIGW.0101")
    answer = await sim.client.get("/v1/" + "f" * 32 + "/workspaces")
    assert (answer.status_code, answer.json()["error_code"]) == (401, "ModelArts.0210")


async def test_a_body_that_is_no_json_is_refused(sim: Any) -> None:
    url = f"/v1/{sim.world.project_id}/training-jobs"
    for content in (b"{", b"", b"[]", b"\xff"):
        answer = await sim.client.post(url, content=content)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "ModelArts.0107")


async def test_a_list_s_offset_counts_pages_when_set_so(sim: Any) -> None:
    for name in "abcd":
        sim.world.add_service(name)
    items = await sim.get("/services", sort_by="service_name", order="asc", offset=1, limit=2)
    sim.world.offset_is_page = True
    pages = await sim.get("/services", sort_by="service_name", order="asc", offset=1, limit=2)
    assert [row["service_name"] for row in items["services"]] == ["b", "c"]
    assert [row["service_name"] for row in pages["services"]] == ["c", "d"]
