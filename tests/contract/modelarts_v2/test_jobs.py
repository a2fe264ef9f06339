"""Training jobs over the v2 API: phases, paging, details, events, metrics and actions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.base.errors import NotFoundError
from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.jobs.client import V2Jobs
from matui.clouds.modelarts.v2.jobs.mapping import build_job_sections, map_job, map_phase
from matui.clouds.modelarts.v2.jobs.models import V2Job
from matui.clouds.protocols import ActionResult, ListRequest
from matui.live.actions.outcome import report_accepted
from matui.resources.columns import STATUS
from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.triage import get_trouble_since
from matui.resources.model import Phase, Resource, build_empty_record
from tests.contract.modelarts_v2.stage import Stage, list_first_page


class Server:
    """Answers searches out of a list; how it counts an offset is up to ``first``."""

    def __init__(self, count: int, first: Any, *, counts_page: bool = False, most: int = 50) -> None:
        self.most = most
        self.counts_page = counts_page
        self.rows = [{"metadata": {"id": f"id-{n}", "name": f"job-{n}"}} for n in range(count)]
        self.first = first
        self.asked: list[dict[str, Any]] = []

    async def send(self, call: Call) -> Answer:
        asked = json.loads(call.body or b"{}")
        self.asked.append(asked)
        limit = min(asked["limit"], self.most)
        start = self.first(asked["offset"], limit)
        rows = self.rows[start : start + limit]
        told = {"total": 999, "count": len(self.rows)}
        if self.counts_page:
            told = {"total": len(self.rows), "count": len(rows)}
        body = told | {"items": rows}
        return Answer(200, json.dumps(body).encode(), "r", "u")


def make_jobs_client(server: Server) -> V2Jobs:
    return V2Jobs(server, Scope("p"))


@pytest.mark.parametrize("total", [None, 0])
async def test_jobs_are_read_on_where_the_count_is_of_the_page_and_no_total_is_stated(
    total: int | None,
) -> None:
    class Odd(Server):
        async def send(self, call: Call) -> Answer:
            answer = await super().send(call)
            body = json.loads(answer.body) | {"total": total}
            return Answer(200, json.dumps(body).encode(), "r", "u")

    server = Odd(5, lambda offset, limit: offset * limit, counts_page=True, most=2)
    page = await make_jobs_client(server).list_page(ListRequest("jobs", size=50))
    assert [job.name for job in page.resources] == [f"job-{n}" for n in range(5)]


@pytest.mark.parametrize("counts_page", [False, True], ids=["count of all", "count of the page"])
@pytest.mark.parametrize(
    "first",
    [lambda offset, _limit: offset, lambda offset, limit: offset * limit],
    ids=["items", "pages"],
)
async def test_all_jobs_are_listed_whatever_offset_and_count_count(first: Any, counts_page: bool) -> None:
    server = Server(170, first, counts_page=counts_page)
    page = await make_jobs_client(server).list_page(ListRequest("jobs", size=1000))
    assert [job.name for job in page.resources] == [f"job-{n}" for n in range(170)]
    assert page.total == 170
    assert page.stated is not None
    assert page.stated <= 170
    assert {asked["limit"] for asked in server.asked} == {50}


@pytest.mark.parametrize("counts_page", [False, True], ids=["count of all", "count of the page"])
@pytest.mark.parametrize(
    "first",
    [lambda offset, _limit: offset, lambda offset, limit: offset * limit],
    ids=["items", "pages"],
)
@pytest.mark.parametrize("size", [50, 1000])
async def test_all_jobs_are_listed_from_a_server_that_gives_shorter_pages(
    first: Any, counts_page: bool, size: int
) -> None:
    server = Server(45, first, counts_page=counts_page, most=20)
    page = await make_jobs_client(server).list_page(ListRequest("jobs", size=size))
    assert [job.name for job in page.resources] == [f"job-{n}" for n in range(45)]
    assert page.total == 45


@pytest.mark.parametrize("size", [50, 1000])
async def test_a_total_with_the_jobs_of_other_workspaces_costs_one_request_once(size: int) -> None:
    server = Server(20, lambda offset, _limit: offset)
    jobs = make_jobs_client(server)
    for _ in range(3):
        page = await jobs.list_page(ListRequest("jobs", size=size))
        assert (len(page.resources), page.total) == (20, 20)
    assert len(server.asked) <= 3 + 2  # one for each way to count an offset


async def test_a_server_that_ignores_the_offset_is_asked_no_further() -> None:
    server = Server(170, lambda _offset, _limit: 0)
    page = await make_jobs_client(server).list_page(ListRequest("jobs", size=1000))
    assert len(page.resources) == 50
    assert len(server.asked) <= 4


@pytest.mark.parametrize(
    ("phase", "secondary", "expected"),
    [
        ("Creating", "Creating", Phase.PENDING),
        ("Pending", "Queuing", Phase.PENDING),
        ("Waiting", "", Phase.PENDING),
        ("Running", "Running", Phase.RUNNING),
        ("Failed", "CreateFailed", Phase.FAILED),
        ("Completed", "Completed", Phase.DONE),
        ("Terminating", "Terminating", Phase.PENDING),
        ("Terminated", "Terminated", Phase.STOPPED),
        ("Abnormal", "Lost", Phase.FAILED),
        ("Rebalancing", "Running", Phase.RUNNING),
        ("Rebalancing", "New", Phase.UNKNOWN),
    ],
)
def test_each_phase_means_something(phase: str, secondary: str, expected: Phase) -> None:
    assert map_phase(phase, secondary) == (phase, expected)


async def test_a_secondary_phase_that_says_more_is_shown_with_the_phase() -> None:
    stage = Stage()
    stage.world.add_job("waits", status="WAITING")
    stage.world.add_job("runs", status="RUNNING")
    async with stage.open_cloud() as cloud:
        shown = {job.name: STATUS.text(job, 0) for job in await list_first_page(cloud, "jobs")}
    assert shown == {"waits": "◐ Pending · Queuing", "runs": "● Running"}


async def test_a_job_is_reported_with_tasks_runs_and_seconds_as_seconds() -> None:
    stage = Stage()
    stage.world.add_job("broken", status="FAILED", workers=2, fault="data")
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        detail = await cloud.describe(job)
    sections = {section.title: dict(section.rows) for section in detail.sections}
    assert "exit code 1" in str(sections["Tasks"]["worker-1"])
    assert "on 192.168.20.1" in str(sections["Tasks"]["worker-1"])
    run = stage.world.jobs.rows[next(iter(stage.world.jobs.rows))].versions[-1]
    assert sections["Runs"]["Run 1 started"].ms == run.started // 1000 * 1000  # type: ignore[union-attr]
    assert sections["Parameters"]["max_epochs"] == "90"


async def test_events_are_oldest_first_with_failures_marked() -> None:
    stage = Stage()
    stage.world.add_job("broken", status="FAILED")
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        events = await cloud.fetch_events(job)
    assert [event.at for event in events] == sorted(event.at or 0 for event in events)
    assert [event.abnormal for event in events].count(True) == 1
    assert events[-1].abnormal


async def test_events_are_asked_for_in_english() -> None:
    class Noting(Server):
        async def send(self, call: Call) -> Answer:
            self.headers = dict(call.headers)
            return Answer(200, b'{"events": [], "total": 0}', "r", "u")

    server = Noting(0, None)
    assert (
        await make_jobs_client(server).fetch_events(
            Resource("jobs", "j", "j", "", Phase.RUNNING, "modelarts", "p")
        )
        == ()
    )
    assert server.headers == {"X-Language": "en-us"}


async def test_every_task_has_its_own_metrics() -> None:
    stage = Stage()
    stage.world.add_job("runs", workers=2)
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        series = (await cloud.fetch_metrics(job)).series
    assert {one.group for one in series} == {"worker-0", "worker-1"}
    assert {one.label for one in series} >= {"CPU", "GPU memory"}
    assert all(one.interval_s == 60 for one in series)


async def test_stopping_terminates_and_says_what_the_job_has_become() -> None:
    stage = Stage()
    stage.world.add_job("runs")
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        (acted,) = await cloud.act("stop", [job])
        assert (acted.error, acted.status) == (None, "Terminating")
        (now,) = await list_first_page(cloud, "jobs")
        stop = JOBS.find_action("stop")
        assert stop is not None
        assert stop.why_not(now) == "it is already being canceled"
        (refused,) = await cloud.act("stop", [job])
        assert refused.error is not None
    assert ("POST", f"/v2/training-jobs/{job.id}/actions") in stage.list_sent()


async def test_the_sentence_after_a_stop_names_the_phase_v2_answered_with() -> None:
    stage = Stage()
    stage.world.add_job("runs")
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        (acted,) = await cloud.act("stop", [job])
    stop = JOBS.find_action("stop")
    assert stop is not None
    assert report_accepted(acted, stop).sentence.endswith("stop accepted, it is Terminating now.")
    assert report_accepted(ActionResult(job), stop).sentence.endswith("it should become Terminating.")


async def test_deleting_removes_the_job() -> None:
    stage = Stage()
    stage.world.add_job("done", status="COMPLETED")
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        (acted,) = await cloud.act("delete", [job])
        assert acted.error is None
        assert await list_first_page(cloud, "jobs") == ()
        with pytest.raises(NotFoundError):
            await cloud.read("jobs", job.id)


async def test_v2_has_no_versions_and_says_what_it_lacks() -> None:
    async with Stage().open_cloud() as cloud:
        assert not cloud.offers("jobs", "restart")
        assert not cloud.offers("notebooks", "restart")
        assert cloud.offers("notebooks", "start")
        assert "visualizations" not in cloud.kinds


def test_a_job_ended_when_its_last_run_did() -> None:
    status = {"phase": "Failed", "start_time": 1_700_000_005_000, "duration": 2_000}
    row = V2Job.model_validate({"metadata": {"id": "j", "create_time": 1_700_000_001_000}, "status": status})
    assert get_trouble_since(map_job(row, Scope("p"), build_empty_record())) == 1_700_000_007_000
    status["running_records"] = [
        {"start_at": 1_700_000_005, "end_at": 1_700_000_006},
        {"start_at": 1_700_000_008, "end_at": 1_700_000_009},
    ]  # type: ignore[assignment]
    row = V2Job.model_validate({"metadata": {"id": "j", "create_time": 1_700_000_001_000}, "status": status})
    assert get_trouble_since(map_job(row, Scope("p"), build_empty_record())) == 1_700_000_009_000


def test_a_failed_job_states_how_its_task_and_its_run_ended() -> None:
    status = {
        "phase": "Failed",
        "task_statuses": [
            {"task": "worker-0", "exit_code": 0},
            {"task": "worker-1", "exit_code": 137, "message": "OOMKilled"},
        ],
        "running_records": [{"start_at": 5, "end_at": 6, "end_reason": "worker-1 ended"}],
    }
    row = V2Job.model_validate({"metadata": {"id": "j"}, "status": status})
    failed = map_job(row, Scope("p"), build_empty_record())
    assert failed.get_text("failure") == "worker-1: exit code 137 (SIGKILL), OOMKilled; worker-1 ended"
    status["phase"] = "Completed"
    row = V2Job.model_validate({"metadata": {"id": "j"}, "status": status})
    assert map_job(row, Scope("p"), build_empty_record()).get_text("failure") == ""


def test_a_heterogeneous_job_states_the_resources_and_the_code_of_each_role() -> None:
    def build_role(role: str, flavor: str, nodes: int) -> dict[str, Any]:
        code = {
            "code_dir": f"/b/{role}",
            "boot_file": f"{role}.py",
            "inputs": {},
            "engine": {"engine_id": "e1"},
        }
        return {
            "role": role,
            "algorithm": code,
            "task_resource": {"flavor_id": flavor, "node_count": nodes, "pool_id": "pool-1"},
            "log_export_path": {"obs_url": f"/logs/{role}"},
        }

    tree = {
        "kind": "hetero_job",
        "metadata": {"id": "h", "name": "hetero"},
        "status": {"phase": "Running", "tasks": ["learner-0", "actor-0", "actor-1"]},
        "tasks": [build_role("learner", "gpu", 1), build_role("actor", "cpu", 2), None],
        "spec": {},
    }
    job = V2Job.model_validate(tree)
    resource = map_job(job, Scope("p"), build_empty_record())
    facts = resource.facts
    assert (facts["flavor"], facts["workers"], facts["pool_id"]) == ("gpu + cpu", 3, "pool-1")
    assert facts["engine"] == "e1"
    sections = {section.title: dict(section.rows) for section in build_job_sections(job, resource)}
    assert list(sections["Tasks"]) == ["learner-0", "actor-0", "actor-1"]
    roles = sections["Roles"]
    assert (roles["learner"], roles["actor"]) == ("1 × gpu e1", "2 × cpu e1")
    assert (roles["actor: boot file"], roles["actor: logs"]) == ("actor.py", "/logs/actor")
    bare = map_job(V2Job.model_validate(tree | {"tasks": []}), Scope("p"), build_empty_record())
    assert bare.get_text("flavor") == ""


@pytest.mark.parametrize(
    ("ends", "named"),
    [
        ([(1, ""), (137, "OOMKilled")], "worker-1"),
        ([(143, ""), (1, "exit 1")], "worker-1"),
        ([(1, ""), (139, "")], "worker-1"),
        ([(1, ""), (1, "")], "worker-0"),
        ([(0, "the training ended"), (137, "killed")], "worker-1"),
    ],
)
def test_the_task_whose_end_is_no_consequence_says_why_a_job_failed(
    ends: list[tuple[int, str]], named: str
) -> None:
    statuses = [
        {"task": f"worker-{place}", "exit_code": code, "message": words}
        for place, (code, words) in enumerate(ends)
    ]
    row = V2Job.model_validate(
        {
            "kind": "job",
            "metadata": {"id": "1", "name": "j"},
            "status": {"phase": "Failed", "task_statuses": statuses},
        }
    )
    assert map_job(row, Scope("p"), build_empty_record()).get_text("failure").startswith(f"{named}: ")
