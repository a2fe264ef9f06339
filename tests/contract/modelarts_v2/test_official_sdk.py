"""The cloud's own client on our simulator, and our requests beside those it sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from matui.base.clock import SystemClock
from matui.clouds.factory import open_cloud
from matui.config.settings import Profile
from matui.resources.model import Resource
from matui.sim.app import build_app
from matui.sim.modelarts_v2.operations import OPERATIONS
from matui.sim.server.auth import SimAuth
from matui.sim.world.build import PROJECT_ID
from tests.contract.modelarts_v2.stage import list_first_page
from tests.seeded_world import SeededWorld, build_world
from tests.threaded_sim import ThreadedSim


class Peer:
    """The simulator behind a socket, and two clients of it."""

    def __init__(self, url: str, auth: SimAuth, world: SeededWorld) -> None:
        (self.ak, self.sk), *_ = auth.keys.items()
        self.url, self.world = url, world
        keys = BasicCredentials(self.ak, self.sk, PROJECT_ID)
        self.sdk = sdk.ModelArtsClient.new_builder().with_credentials(keys).with_endpoint(url).build()

    async def open_ours(self) -> Any:
        profile = Profile.model_validate(
            {
                "name": "sim",
                "api": "v2",
                "region": "cn-north-4",
                "project_id": PROJECT_ID,
                "ak": self.ak,
                "sk": self.sk,
                "endpoint": self.url,
            }
        )
        return await open_cloud(profile, clock=SystemClock(), cache_dir=None)

    def get_last_request(self) -> tuple[str, str, list[str]]:
        """Return method, path and sorted query of the last request."""
        method, path, query = self.world.requests[-1]
        return method, path, sorted(part for part in query.split("&") if part)


@pytest.fixture
def peer() -> Iterator[Peer]:
    auth = SimAuth.demo()
    world = build_world(seed=7, scale=1, clock=SystemClock())
    with ThreadedSim(build_app(world, auth=auth, generations=("v2",))) as running:
        yield Peer(running.url, auth, world)


def search(**body: Any) -> sdk.ListTrainingJobsRequest:
    return sdk.ListTrainingJobsRequest(body=sdk.JobSearches(**body))


def find_job(peer: Peer, phase: str = "Running") -> Any:
    found = peer.sdk.list_training_jobs(search(offset=0, limit=50, sort_by="create_time", order="desc"))
    return next(job for job in found.items if job.status.phase == phase)


def test_the_official_client_searches_and_pages_by_items(peer: Peer) -> None:
    all_of_them = peer.sdk.list_training_jobs(search(offset=0, limit=50)).items
    second = peer.sdk.list_training_jobs(search(offset=3, limit=4))
    assert [job.metadata.id for job in second.items] == [job.metadata.id for job in all_of_them[3:7]]
    running = sdk.Filter(key="phase", operator="in", value=["Running"])
    some = peer.sdk.list_training_jobs(search(offset=0, limit=50, filters=[running]))
    assert 0 < some.count < some.total
    assert {job.status.phase for job in some.items} == {"Running"}


def test_the_official_client_reads_all_about_a_job(peer: Peer) -> None:
    job = find_job(peer)
    key, task = job.metadata.id, job.status.tasks[0]
    assert peer.sdk.show_training_job_details(sdk.ShowTrainingJobDetailsRequest(key)).metadata.name
    assert peer.sdk.list_training_job_tasks(sdk.ListTrainingJobTasksRequest(key)).body[0].task == task
    assert peer.sdk.list_training_job_events(sdk.ListTrainingJobEventsRequest(key)).events[0].level
    metrics = peer.sdk.show_training_job_metrics(sdk.ShowTrainingJobMetricsRequest(key, task)).metrics
    assert metrics[0].metric == "cpuUsage"
    lines = peer.sdk.show_training_job_logs_from_aom(
        sdk.ShowTrainingJobLogsFromAomRequest(key, task, lines=5, order="desc")
    )
    assert lines.lines == 5
    preview = peer.sdk.show_training_job_logs_preview(sdk.ShowTrainingJobLogsPreviewRequest(key, task))
    assert preview.current_size == preview.full_size == len(preview.content.encode())


def test_the_official_client_acts(peer: Peer) -> None:
    key = find_job(peer).metadata.id
    terminate = sdk.StopTrainingJobRequest(key, sdk.JobActionType("terminate"))
    assert peer.sdk.stop_training_job(terminate).status.phase == "Terminating"
    done = find_job(peer, "Completed").metadata.id
    peer.sdk.delete_training_job(sdk.DeleteTrainingJobRequest(done))
    with pytest.raises(ClientRequestException) as gone:
        peer.sdk.show_training_job_details(sdk.ShowTrainingJobDetailsRequest(done))
    assert gone.value.status_code == 404


def test_the_official_client_starts_and_stops_notebooks(peer: Peer) -> None:
    page = peer.sdk.list_notebooks(sdk.ListNotebooksRequest(limit=50, status="STOPPED"))
    assert page.data[0].lease.duration >= 3_600_000
    key = page.data[0].id
    started = peer.sdk.start_notebook(sdk.StartNotebookRequest(id=key, duration=7_200_000, type="TIMING"))
    assert (started.status, started.lease.duration) == ("STARTING", 7_200_000)
    running = peer.sdk.list_notebooks(sdk.ListNotebooksRequest(limit=50, status="RUNNING")).data[0].id
    assert peer.sdk.stop_notebook(sdk.StopNotebookRequest(running)).status == "STOPPING"


@pytest.mark.parametrize(
    "request_",
    [
        lambda c: c.list_training_jobs(search(offset=0, limit=51)),
        lambda c: c.list_notebooks(sdk.ListNotebooksRequest(limit=30)),
        lambda c: c.start_notebook(sdk.StartNotebookRequest(id="DE-1", duration=1000)),
    ],
    ids=["too many jobs", "a page of 30", "a lease of a second"],
)
def test_limits_are_held(peer: Peer, request_: Any) -> None:
    with pytest.raises(ClientRequestException) as refused:
        request_(peer.sdk)
    assert refused.value.status_code in (400, 404)


@pytest.mark.slow
async def test_our_requests_are_those_of_the_official_client(peer: Peer) -> None:
    cloud = await peer.open_ours()
    try:
        for ours, theirs in await _fetch_pairs(cloud, peer):
            await ours()
            sent = peer.get_last_request()
            theirs()
            assert sent == peer.get_last_request()
    finally:
        await cloud.aclose()


async def _fetch_pairs(cloud: Any, peer: Peer) -> list[tuple[Any, Any]]:
    job = next(job for job in await list_first_page(cloud, "jobs") if job.status == "Running")
    still: Resource = next(nb for nb in await list_first_page(cloud, "notebooks") if nb.status == "STOPPED")
    client, key = peer.sdk, job.id
    page = sdk.ListNotebooksRequest(offset=0, limit=50, sort_key="create_at", sort_dir="DESC")
    events = sdk.ListTrainingJobEventsRequest(key, offset=0, limit=100, order="desc")
    return [
        (lambda: cloud.read("jobs", key), lambda: client.show_training_job_details(
            sdk.ShowTrainingJobDetailsRequest(key))),
        (lambda: cloud.fetch_events(job), lambda: client.list_training_job_events(events)),
        (lambda: cloud.describe(job), lambda: client.list_training_job_tasks(
            sdk.ListTrainingJobTasksRequest(key))),
        (lambda: list_first_page(cloud, "notebooks"), lambda: client.list_notebooks(page)),
        (lambda: cloud.read("notebooks", still.id), lambda: client.show_notebook(
            sdk.ShowNotebookRequest(still.id))),
        (lambda: cloud.read_log_bytes(job, "worker-0", start=-1, length=9), lambda:
            client.show_training_job_logs_preview(sdk.ShowTrainingJobLogsPreviewRequest(key, "worker-0"))),
    ]  # fmt: skip


@pytest.mark.slow
def test_the_simulator_serves_the_paths_of_the_official_client() -> None:
    """Each path and method of ours is one of the official client's, but the monitor of the reference."""
    import inspect
    import re

    source = inspect.getsource(sdk.ModelArtsClient)
    known = set(re.findall(r'"method": "(\w+)",\s+"resource_path": "([^"]+)"', source))
    shapes = {(method, re.sub(r"{\w+}", "{}", path)) for method, path in known}
    of_the_reference = {("GET", "/v1/{}/services/{}/monitor")}
    served = {(op.method, re.sub(r"{\w+}", "{}", op.path)) for op in OPERATIONS}
    assert served - of_the_reference <= shapes
