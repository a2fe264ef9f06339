"""Notebooks: the codes of section 10.2 and states that change by themselves."""

from __future__ import annotations

from typing import Any

import pytest

LIST = "/demanager/instances"


def make_notebook(**changes: Any) -> dict[str, Any]:
    spec = {"storage": {"type": "evs", "location": {"volume_size": 5}}}
    return {"name": "nb", "profile_id": "Python3", "flavor": "modelarts.vm.cpu.2u", "spec": spec} | changes


@pytest.mark.parametrize(
    ("status", "action", "code"),
    [
        ("RUNNING", "start", "6305"),
        ("STARTING", "start", "6306"),
        ("STARTING", "stop", "6306"),
        ("STOPPED", "stop", "6307"),
        ("STOPPED", "restart", "6307"),
        ("STOPPING", "start", "6308"),
        ("CREATE_FAILED", "start", "6357"),
        ("RUNNING", "fly", "6336"),
        ("STOPPED", "queue", "6336"),
    ],
)
async def test_an_action_that_the_state_forbids_is_refused(
    sim: Any, status: str, action: str, code: str
) -> None:
    notebook = sim.world.add_notebook("nb", status=status)
    got = await sim.read_code("POST", f"{LIST}/{notebook.id}/action", {"action": action})
    assert got == f"ModelArts.{code}"


async def test_a_running_notebook_is_not_deleted(sim: Any) -> None:
    notebook = sim.world.add_notebook("nb", status="RUNNING")
    assert await sim.read_code("DELETE", f"{LIST}/{notebook.id}") == "ModelArts.6304"


async def test_a_stopped_notebook_starts_within_seconds_and_stops_when_its_time_is_up(sim: Any) -> None:
    notebook = sim.world.add_notebook("nb", status="STOPPED", auto_stop_s=3600)
    path = f"{LIST}/{notebook.id}"
    status, answer = await sim.ask("POST", path + "/action", {"action": "start"})
    assert (status, answer) == (200, {"current_status": "STARTING", "previous_state": "STOPPED"})
    sim.clock.jump(20)
    running = await sim.get(path)
    assert running["status"] == "RUNNING"
    assert 3570 < running["spec"]["auto_stop"]["remain_time"] < 3600
    sim.clock.jump(3595)
    assert (await sim.get(path))["status"] in ("STOPPING", "STOPPED")
    sim.clock.jump(10)
    assert (await sim.get(path))["status"] == "STOPPED"


async def test_a_deleted_notebook_leaves_the_list(sim: Any) -> None:
    notebook = sim.world.add_notebook("nb", status="STOPPED")
    assert await sim.ask("DELETE", f"{LIST}/{notebook.id}") == (200, {"instance_id": notebook.id})
    assert await sim.read_code("GET", f"{LIST}/{notebook.id}") == "ModelArts.6309"
    sim.clock.jump(10)
    assert (await sim.get(LIST, de_type="Notebook"))["total_count"] == 0


@pytest.mark.parametrize("query", [{}, {"de_type": "notebook"}, {"de_type": "Notebook", "status": "running"}])
async def test_the_list_takes_the_exact_words_only(sim: Any, query: dict[str, str]) -> None:
    assert (await sim.read_code("GET", LIST, **query)) in ("ModelArts.6335", "ModelArts.6336")


async def test_the_list_sorts_by_name_and_pages_by_item(sim: Any) -> None:
    for name in ("b", "c", "a"):
        sim.world.add_notebook(name)
    answer = await sim.get(LIST, de_type="Notebook", offset=1, limit=1)
    assert [row["name"] for row in answer["instances"]] == ["b"]
    assert answer["total_count"] == 3
    assert await sim.read_code("GET", LIST, de_type="Notebook", sortby="flavor") == "ModelArts.6303"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "no spaces"}, "6336"),
        ({"flavor": "modelarts.vm.none"}, "6323"),
        ({"flavor": "modelarts.vm.gpu.t4", "profile_id": "Python3-gpu"}, "6329"),
        ({"flavor": "modelarts.vm.gpu.p100"}, "6330"),
        ({"spec": {"auto_stop": {}}}, "6316"),
        ({"spec": {"storage": {"type": "obs"}}}, "6317"),
        ({"spec": {"storage": {"type": "obs", "location": {"path": "/bucket/dir"}}}}, "6318"),
        ({"spec": {"storage": {"type": "obs", "location": {"path": "/bucket/"}}}}, "6358"),
        ({"spec": {"storage": {"type": "nfs"}}}, "6324"),
        ({"spec": {"storage": {"type": "evs", "location": {"volume_size": 5000}}}}, "6331"),
        ({"spec": {"storage": {"type": "evs"}, "auto_stop": {"enable": True}}}, "6348"),
        ({"spec": {"storage": {"type": "evs"}, "auto_stop": {"enable": True, "duration": 60}}}, "6349"),
        ({"description": "a<b"}, "6334"),
        ({"workspace": {"id": "nowhere"}}, "7005"),
        ({"name": 5}, "6332"),
    ],
)
async def test_a_creation_that_breaks_a_table_is_refused(
    sim: Any, changes: dict[str, Any], code: str
) -> None:
    assert await sim.read_code("POST", LIST, make_notebook(**changes)) == f"ModelArts.{code}"
    assert len(sim.world.notebooks) == 0


async def test_a_name_is_taken_once(sim: Any) -> None:
    assert (await sim.ask("POST", LIST, make_notebook()))[1]["status"] == "CREATING"
    assert await sim.read_code("POST", LIST, make_notebook()) == "ModelArts.6301"


async def test_an_edit_of_auto_stop_counts_from_the_next_start(sim: Any) -> None:
    notebook = sim.world.add_notebook("nb", auto_stop_s=3600)
    body = {"description": "new", "spec": {"auto_stop": {"enable": True, "duration": 7200}}}
    _, answer = await sim.ask("PUT", f"{LIST}/{notebook.id}", body)
    assert answer["description"] == "new"
    assert answer["spec"]["auto_stop"]["duration"] == 7200
    assert answer["spec"]["auto_stop"]["remain_time"] < 3600
