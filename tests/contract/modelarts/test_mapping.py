"""The reference's sample bodies become exactly these rows."""

from __future__ import annotations

from typing import Any

import pytest

from matui.clouds.protocols import ListRequest
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS
from tests.contract.modelarts.samples import answer, build_cloud, run

NOW = 1_600_000_000_000.0

LISTS = {
    "notebooks": "4.2",
    "jobs": "5.1.2",
    "services": "7.2",
    "workspaces": "8.2",
    "visualizations": "5.3.2",
    "models": "6.1.2",
    "pools": "7.11",
    "configs": "5.2.2",
}

CELLS = {
    "notebooks": [
        (
            "notebook-c6fd|● RUNNING|modelarts.bm.gpu.v100NV32|57m|59d|ops_dev_env|0"
            "|DE-7d558ef8-c73d-11ea-964c-0255ac100033"
        ),
        (
            "notebook-b1b8|○ STOPPED|modelarts.vm.cpu.2u|–|59d|ops_dev_env|0"
            "|DE-7936a360-c734-11ea-a72b-0255ac100033"
        ),
    ],
    "jobs": ["testModelArtsJob|✓ COMPLETED|–|–|–|–|–|10|5|8m52s|877d|This is ModelArts job|–|10"],
    "services": [
        "service-demo|○ stopped|real-time|100%|0|–|–|177d|xxx|0|8da30673-908d-45a7-90a4-65f98e69fc34",
        "service-demo2|○ stopped|real-time|100%|0|–|–|178d|xxx|0|912f1a4a-5962-455c-b11c-5fdf06045cb3",
    ],
    "workspaces": [
        "default|● NORMAL|PUBLIC|default|testUser|4y|–|0",
        (
            "test-workspace|● NORMAL|PUBLIC|test-eps|testUser|4y|It's a test workspace"
            "|02862d4c505a47288dc1ae50a2aabca9"
        ),
    ],
    "visualizations": [
        "visualization-job|◐ INIT|–|25m|–|/obs/name/|This is a visualization job|–|1",
    ],
    "models": [
        (
            "mnist|1.0.0|? |tensorflow|4.8 MiB|–|774d|6d28e85aa78b4e1a9b4bd83501bcd4a1|mnist model|0"
            "|10eb0091-887f-4839-9929-cbc884f1e20e"
        ),
    ],
    "pools": [
        (
            "my-cluster|● running|1/1|5.5|4.0 GiB|0.5|modelarts.vm.cpu.8ud|290d|owner_id|–"
            "|ff808081673fbb3d01673fbb824d0000"
        ),
    ],
    "configs": [
        "testConfig|custom|TF-1.4.0-python2.7|877d|This is config|testConfig",
        "testConfig|sample|TF-1.4.0-python2.7|877d|This is config|sample/testConfig",
    ],
}


def list_rows(kind: str) -> tuple[Resource, ...]:
    return run(build_cloud(answer(LISTS[kind])).list_page(ListRequest(kind))).resources


@pytest.mark.parametrize("kind", list(LISTS))
def test_a_sample_list_becomes_these_cells(kind: str) -> None:
    got = ["|".join(c.text(r, NOW) for c in KINDS[kind].columns) for r in list_rows(kind)]
    assert got == CELLS[kind]


@pytest.mark.parametrize("kind", [k for k in LISTS if k != "configs"])
def test_raw_is_the_clouds_own_record(kind: str) -> None:
    listed: list[Any] = next(v for v in answer(LISTS[kind]).values() if isinstance(v, list))
    assert [r.raw.parse_value() for r in list_rows(kind)] == listed


def test_the_kinds_are_in_the_order_of_their_digit_keys() -> None:
    order = ["notebooks", "jobs", "services", "workspaces", "visualizations", "models", "pools", "configs"]
    assert list(KINDS) == [*order, "devservers", "maintenance"]
    assert list(build_cloud({}).kinds) == order


READ = [
    ("notebooks", "DE-7d", "4.3", "notebook-c6fd", "RUNNING", Phase.RUNNING),
    ("jobs", "10", "5.1.5", "testModelArtsJob", "JOBSTAT_COMPLETED", Phase.DONE),
    ("versions", "10/10", "5.1.3", "jobVersion", "JOBSTAT_COMPLETED", Phase.DONE),
    ("services", "f76", "7.3", "service-demo", "running", Phase.RUNNING),
    ("workspaces", "ccd", "8.4", "test-workspace", "NORMAL", Phase.RUNNING),
    ("visualizations", "197", "5.3.3", "apiTest-11", "JOBSTAT_WAITING", Phase.PENDING),
    ("models", "10eb", "6.1.3", "mnist", "published", Phase.DONE),
    ("pools", "ff808081673fbb3d01673fbb824d0000", "7.11", "my-cluster", "running", Phase.RUNNING),
    ("configs", "trainconfig-test", "5.2.5", "trainconfig-test", "", Phase.DONE),
]


@pytest.mark.parametrize(("kind", "wire_id", "section", "name", "status", "phase"), READ)
def test_one_is_read(kind: str, wire_id: str, section: str, name: str, status: str, phase: Phase) -> None:
    cloud = build_cloud(answer(section))
    read = run(cloud.read(kind, wire_id))
    assert (read.kind, read.name, read.status, read.phase) == (kind, name, status, phase)
    assert read.cloud == "modelarts"
    assert read.profile == "prod"
    assert run(cloud.describe(read)).resource == read


def test_a_job_with_a_version_in_its_id_is_read_as_that_version() -> None:
    cloud = build_cloud(answer("5.1.3"))
    read = run(cloud.read("jobs", "10/7"))
    assert (read.kind, read.id, read.facts["version_id"]) == ("versions", "10/10", "10")


def test_a_job_shows_the_version_number_only_when_it_is_known() -> None:
    listed = list_rows("jobs")[0]
    assert "version_name" not in listed.facts
    read = run(build_cloud(answer("5.1.5")).read("jobs", "10"))
    assert read.facts["version_name"] == "V0004"


def test_a_jobs_workspace_is_the_one_asked_for() -> None:
    cloud = build_cloud(answer("5.1.2"), workspace="team-a")
    assert run(cloud.list_page(ListRequest("jobs"))).resources[0].workspace == "team-a"
    assert run(cloud.list_page(ListRequest("jobs", workspace="b"))).resources[0].workspace == "b"


def test_a_workspace_is_only_sent_when_there_is_one() -> None:
    cloud = build_cloud(answer("5.1.2"))
    run(cloud.list_page(ListRequest("jobs")))
    run(cloud.list_page(ListRequest("jobs", workspace="b")))
    sent = [dict(call.query).get("workspace_id") for call in cloud._session.calls]  # type: ignore[attr-defined]
    assert sent == [None, "b"]


def test_versions_come_newest_first_with_their_job_in_the_id() -> None:
    body = answer("5.1.5")
    older = {**body["versions"][0], "version_id": 9, "version_name": "V0003", "create_time": 1524189990000}
    cloud = build_cloud({**body, "versions": [older, *body["versions"]]})
    found = run(cloud.fetch_versions(run(cloud.read("jobs", "10"))))
    assert [v.id for v in found] == ["10/10", "10/9"]
    assert [v.name for v in found] == ["V0004", "V0003"]
    assert found[1].raw.parse_value()["version_id"] == 9
