"""Notebooks with leases: pages of 10, 20 or 50, start with a duration in ms, time left."""

from __future__ import annotations

from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.clouds.factory import open_cloud
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.notebooks.client import map_notebook
from matui.clouds.modelarts.v2.notebooks.wire import V2Notebook
from matui.clouds.protocols import ListRequest
from matui.resources.kinds.notebooks import AUTO_STOP, STATUSES
from matui.resources.model import Phase, build_empty_record, get_phase
from tests.contract.modelarts_v2.stage import START, Stage, list_first_page


async def test_pages_have_a_size_the_cloud_allows() -> None:
    stage = Stage()
    for number in range(130):
        stage.world.add_notebook(f"nb-{number:03}", status="STOPPED")
    async with stage.open_cloud() as cloud:
        page = await cloud.list_page(ListRequest("notebooks"))
        few = await cloud.list_page(ListRequest("notebooks", size=3))
    assert len({row.id for row in page.resources}) == page.total == 130
    assert len(few.resources) == 3
    limits = [query for _, path, query in stage.world.requests if path.endswith("/notebooks")]
    assert all("limit=50" in query or "limit=10" in query for query in limits)


async def test_a_lease_states_when_a_running_notebook_stops() -> None:
    stage = Stage()
    stage.world.add_notebook("timed", auto_stop_s=7200)
    stage.world.add_notebook("free")
    async with stage.open_cloud() as cloud:
        rows = {row.name: row for row in await list_first_page(cloud, "notebooks")}
    ends = rows["timed"].get_number("auto_stop_at")
    assert ends is not None
    assert 0 < ends / 1000 - START <= 7200
    assert AUTO_STOP.text(rows["timed"], START * 1000).startswith(("1h", "2h"))
    assert AUTO_STOP.text(rows["free"], START * 1000) == "off"


async def test_starting_asks_for_the_lease_it_had_in_ms() -> None:
    stage = Stage()
    notebook = stage.world.add_notebook("timed", status="STOPPED")
    notebook.auto_stop, notebook.stop_after = True, 7200
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "notebooks")
        (acted,) = await cloud.act("start", [row])
    assert (acted.error, acted.status) == (None, "STARTING")
    method, path, query = stage.world.requests[-1]
    assert (method, path.rpartition("/")[2]) == ("POST", "start")
    assert sorted(query.split("&")) == ["duration=7200000", "type=TIMING"]


async def test_a_notebook_without_a_lease_starts_with_the_clouds_own() -> None:
    stage = Stage()
    stage.world.add_notebook("free", status="STOPPED")
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "notebooks")
        await cloud.act("start", [row])
    assert stage.world.requests[-1][2] == ""


async def test_stop_and_delete_go_to_their_own_paths() -> None:
    stage = Stage()
    stage.world.add_notebook("runs")
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "notebooks")
        (running,) = await cloud.act("delete", [row])
        assert running.error is not None
        (stopped,) = await cloud.act("stop", [row])
        assert stopped.status == "STOPPING"
        await stage.clock.advance(10)
        (gone,) = await cloud.act("delete", [await cloud.read("notebooks", row.id)])
    assert gone.error is None
    assert ("POST", f"/v1/notebooks/{row.id}/stop") in stage.list_sent()


@pytest.mark.parametrize(
    "word",
    [
        *("INIT", "CREATING", "STARTING", "STOPPING", "DELETING", "RUNNING", "STOPPED", "SNAPSHOTTING"),
        *("CREATE_FAILED", "START_FAILED", "DELETE_FAILED", "ERROR", "DELETED", "FROZEN"),
    ],
)
def test_every_status_is_known(word: str) -> None:
    assert get_phase(word, STATUSES) is not Phase.UNKNOWN


@pytest.mark.parametrize(
    ("begun", "renewed", "ends"),
    [
        (-1800, -1800, 5400),
        (-1800, None, 5400),
        (-90_000, -600, 6600),
        (-90_000, -80_000, None),
        (None, None, None),
    ],
)
def test_a_lease_ends_so_long_after_it_began_or_was_renewed(
    begun: int | None, renewed: int | None, ends: int | None
) -> None:
    clock = ManualClock(START)
    at = {"create_at": begun, "update_at": renewed}
    lease: dict[str, Any] = {name: int((START + s) * 1000) for name, s in at.items() if s is not None}
    lease |= {"duration": 7_200_000, "enable": True}
    row = V2Notebook.model_validate({"id": "n", "status": "RUNNING", "lease": lease | {"type": "TIMING"}})
    shown = map_notebook(row, Scope("p", clock=clock), build_empty_record())
    assert shown.facts.get("auto_stop_left_s") == ends


async def test_the_notebooks_of_all_users_are_asked_for_where_the_profile_says_so() -> None:
    stage = Stage()
    stage.world.add_notebook("mine")
    for fields, path in (({}, "/v1/notebooks"), ({"all_users": True}, "/v1/notebooks/all")):
        cloud = await open_cloud(
            stage.build_profile("v2", **fields), clock=stage.clock, cache_dir=None, asgi_app=stage.app
        )
        assert len(await list_first_page(cloud, "notebooks")) == 1
        assert stage.list_sent()[-1] == ("GET", path)
        await cloud.aclose()


def test_the_age_comes_from_the_lease_where_nothing_else_states_it() -> None:
    row = V2Notebook.model_validate(
        {"id": "n", "lease": {"create_at": 1_700_000_001_000, "update_at": 1_700_000_002}}
    )
    notebook = map_notebook(row, Scope("p"), build_empty_record())
    assert (notebook.created_at, notebook.updated_at) == (1_700_000_001_000, 1_700_000_002_000)
