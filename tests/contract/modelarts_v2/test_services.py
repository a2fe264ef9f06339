"""v2 services: pages by multiples, states in either case, deployments down to the pods, actions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from matui.base.errors import ServerFaultError
from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.services.client import V2Services
from matui.clouds.modelarts.v2.services.mapping import PartialList, build_deployment_section
from matui.clouds.modelarts.v2.services.scaling import HpaEvent, PolicyApi, _map_scaling_event
from matui.clouds.modelarts.v2.services.wire import Deployment, Instance, Pod
from matui.clouds.protocols import ListRequest
from matui.resources.kinds.services import SERVICES, STATUSES
from matui.resources.model import Phase, get_phase
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_official_sdk import Peer, peer

__all__ = ["peer"]


async def test_offsets_are_multiples_of_the_limit() -> None:
    stage = Stage()
    for number in range(25):
        stage.world.add_service(f"svc-{number:02}")
    async with stage.open_cloud() as cloud:
        pages = [await cloud.list_page(ListRequest("services", number, 10)) for number in range(4)]
        everything = await cloud.list_page(ListRequest("services"))
    assert [len(page.resources) for page in pages] == [10, 10, 5, 0]
    assert len({row.id for page in pages for row in page.resources}) == 25
    assert (len(everything.resources), everything.total) == (25, 25)


async def test_states_are_those_that_rules_and_filters_know() -> None:
    stage = Stage()
    stage.world.add_service("up", status="running")
    stage.world.add_service("ill", status="concerning")
    async with stage.open_cloud() as cloud:
        rows = {row.name: row for row in await list_first_page(cloud, "services")}
    assert (rows["up"].status, rows["up"].phase) == ("RUNNING", Phase.RUNNING)
    assert rows["ill"].phase is Phase.DEGRADED
    start = SERVICES.find_action("start")
    assert start is not None
    assert start.why_not(rows["up"]) == "it is already running"


@pytest.mark.parametrize(
    "word",
    [
        *("DEPLOYING", "FAILED", "STOPPED", "RUNNING", "DELETING", "STOPPING", "CONCERNING", "UPGRADING"),
        *("ERROR", "INTERRUPTING", "INIT", "RESTARTING", "DELETED"),
    ],
)
def test_every_status_is_known(word: str) -> None:
    assert get_phase(word.lower(), STATUSES) is not Phase.UNKNOWN


async def test_a_service_is_reported_down_to_its_pods() -> None:
    stage = Stage()
    stage.world.add_service("up", status="running")
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "services")
        detail = await cloud.describe(row)
    told = {section.title: dict(section.rows) for section in detail.sections}
    assert told["Overview"]["Version"] == "1.0.0 of 2"
    assert str(told["Addresses"]["PUBLIC"]).startswith("https://")
    deployment = told["Deployment infer-0"]
    assert deployment["Instance infer-0-0"] == "RUNNING, 1 of 1 pods run"
    assert deployment["Pod infer-0-0-worker-0"] == "RUNNING SERVER on node-7"


class Shown:
    """Shows a service as the official SDK has it: the user is in the list only, the rest in the version."""

    async def send(self, call: Call) -> Answer:
        body: dict[str, Any] = {"data": [], "total": 0}
        if call.path.endswith("/services/s-1"):
            invoke = {"auth_type": "API_KEY"}
            version = {
                "version": "1.0.1",
                "description": "answers questions",
                "runtime_config": {"service_invoke": invoke},
            }
            body = {"id": "s-1", "name": "chat", "status": "RUNNING", "version": version}
        return Answer(200, json.dumps(body).encode(), "r", "u")


async def test_what_a_shown_service_states_elsewhere_or_not_at_all_is_kept() -> None:
    services = V2Services(Shown(), Scope("p"))  # type: ignore[arg-type]
    listed_row = replace(await services.read("s-1"), owner="li.wei")
    detail = await services.describe(listed_row)
    overview = dict(detail.sections[0].rows)
    assert overview["Description"] == detail.resource.facts["description"] == "answers questions"
    assert overview["Authentication"] == "API_KEY"
    assert overview["Owner"] == detail.resource.owner == "li.wei"


async def test_start_stop_and_delete_are_sent_as_v2_has_them() -> None:
    stage = Stage()
    for name in ("a", "b", "c"):
        stage.world.add_service(name, status="running")
    async with stage.open_cloud() as cloud:
        rows = await list_first_page(cloud, "services")
        (stopped,) = await cloud.act("stop", rows[:1])
        assert (stopped.error, stopped.status) == (None, "STOPPING")
        await stage.clock.advance(10)
        (started,) = await cloud.act("start", [await cloud.read("services", rows[0].id)])
        assert (started.error, started.status) == (None, "DEPLOYING")
        assert cloud.batches("services", "delete")
        gone = await cloud.act("delete", rows[1:])
        assert [(one.error, one.status) for one in gone] == [(None, "DELETING")] * 2
    assert [path for method, path in stage.list_sent() if method == "POST"] == [
        f"/v2/services/{rows[0].id}/stop",
        f"/v2/services/{rows[0].id}/start",
        "/v2/services/delete",
    ]


async def test_events_come_oldest_first() -> None:
    stage = Stage()
    service = stage.world.add_service("up", status="running")
    service.add_event(stage.world.now - 1000, "abnormal", "pull image failed")
    service.add_event(stage.world.now - 5000, "normal", "start to deploy service")
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "services")
        events = await cloud.fetch_events(row)
    assert [(event.text, event.abnormal) for event in events][-2:] == [
        ("start to deploy service", False),
        ("pull image failed", True),
    ]


async def test_events_of_pods_are_among_them_not_only_the_warnings() -> None:
    stage = Stage()
    stage.world.add_service("up", status="running")
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "services")
        events = await cloud.fetch_events(row)
    said = [(event.source, event.text, event.abnormal) for event in events]
    assert ("infer-0", "Scheduled: Assigned infer-0-0-worker-0 to node-7.", False) in said
    assert ("infer-0", "Started: Started infer-0-0-worker-0.", False) in said
    assert [event.at or 0 for event in events] == sorted(event.at or 0 for event in events)


async def test_events_of_autoscaling_are_among_them() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        (row,) = [row for row in await list_first_page(cloud, "services") if row.name == "ocr-receipts-prod"]
        events = await cloud.fetch_events(row)
    (scaled,) = [event for event in events if event.text.startswith("Autoscaling")]
    assert scaled.text == "Autoscaling: 4 → 1 instances (SUCCESS: scaled by the rule night)"
    assert (scaled.source, scaled.abnormal) == ("infer-0", False)
    assert scaled.at == (stage.world.now - 9 * 3_600_000) // 1000 * 1000


@pytest.mark.parametrize(
    ("fields", "text", "is_bad"),
    [
        ({"status": "FAILED", "current_replicas": "2", "target_replicas": 4, "final_replicas": 2,
          "message": "no cards"}, "Autoscaling: 2 → 2 instances (aimed at 4) (FAILED: no cards)", True),
        ({"status": None, "current_replicas": None, "final_replicas": "x"}, "Autoscaling: ? → ? instances",
         False),
    ],
)  # fmt: skip
def test_an_event_of_autoscaling_states_what_is_known(fields: Any, text: str, is_bad: bool) -> None:
    event = _map_scaling_event(HpaEvent.model_validate(fields), "infer-0")
    assert (event.text, event.abnormal, event.at) == (text, is_bad, None)


async def test_unknown_events_of_pods_are_said_beside_those_of_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise ServerFaultError("HTTP 500.")

    monkeypatch.setattr(PolicyApi, "list_pod_events", fail)
    stage = Stage()
    service = stage.world.add_service("up", status="running")
    service.add_event(stage.world.now - 1000, "normal", "start to deploy service")
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "services")
        said = {event.text: event.abnormal for event in await cloud.fetch_events(row)}
    assert "start to deploy service" in said
    (unread,) = (text for text in said if text.startswith("Pod events of infer-0 are not known: HTTP 500"))
    assert not said[unread]  # no reason of the service's own, and its code is not the service's


def test_the_official_client_lists_and_acts(peer: Peer) -> None:
    page = peer.sdk.list_infer_services(sdk.ListInferServicesRequest(limit=2, offset=2))
    assert (page.current, page.size, len(page.data)) == (1, 2, 2)
    with pytest.raises(ClientRequestException):
        peer.sdk.list_infer_services(sdk.ListInferServicesRequest(limit=2, offset=1))
    running = peer.sdk.list_infer_services(sdk.ListInferServicesRequest(limit=100, status="RUNNING")).data[0]
    deployment = peer.sdk.list_infer_deployments(sdk.ListInferDeploymentsRequest(running.id)).data[0]
    asked = sdk.ListInferDeploymentInstancesRequest(id=running.id, name=deployment.name)
    instance = peer.sdk.list_infer_deployment_instances(asked).data[0]
    pods = sdk.ListInferDeploymentPodsRequest(
        id=running.id, deployment_name=deployment.name, name=instance.instance_name
    )
    assert peer.sdk.list_infer_deployment_pods(pods).data[0].status == "RUNNING"
    assert peer.sdk.show_infer_service(sdk.ShowInferServiceRequest(running.id)).version.version
    assert peer.sdk.list_infer_service_events(sdk.ListInferServiceEventsRequest(running.id)).data
    assert peer.sdk.stop_infer_service(sdk.StopInferServiceRequest(running.id)).status == "STOPPING"
    gone = sdk.BatchDeleteInferServicesRequest(sdk.DeleteServicesRequest([running.id]))
    assert peer.sdk.batch_delete_infer_services(gone).service_responses[0].status == "DELETING"


def test_a_pod_that_is_on_no_node_yet_names_none() -> None:
    pods = PartialList((Pod.model_validate({"pod_name": "p", "status": "PENDING"}),), 1)
    instances = PartialList((Instance(instance_name="i"),), 1)
    (section,) = build_deployment_section(Deployment(name="d"), instances, pods)
    assert dict(section.rows)["Pod p"] == "PENDING"


async def test_the_pods_of_all_instances_come_from_one_request() -> None:
    stage = Stage()
    service = stage.world.add_service("wide", status="running")
    service.config[0]["instance_count"] = 12
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "services")
        detail = await cloud.describe(row)
    labels = [label for section in detail.sections for label, _ in section.rows]
    assert sum(label.startswith("Pod ") for label in labels) == 12
    assert [path for _, path in stage.list_sent() if path.endswith("/pods")] == [
        f"/v2/services/{row.id}/deployments/infer-0/instances/all/pods"
    ]


class PagedServer:
    """Answers one deployment with many pods, a capped page at a time; offsets count rows or pages."""

    project_id, most = "p", 10

    def __init__(self, pods: int, *, counts_pages: bool) -> None:
        self.pods = [{"pod_name": f"other-{n}", "status": "RUNNING"} for n in range(pods)]
        self.counts_pages = counts_pages

    async def send(self, call: Call) -> Answer:
        query = dict(call.query)
        if call.path.endswith("/pods"):
            size = min(int(query["limit"]), self.most)
            start = int(query["offset"]) * (size if self.counts_pages else 1)
            body: object = {"data": self.pods[start : start + size], "total": len(self.pods)}
        elif call.path.endswith("/deployments"):
            body = {"data": [{"name": "d"}], "total": 6}
        else:
            body = {"data": [], "total": 0, "id": "s", "name": "s"}
        return Answer(200, json.dumps(body).encode(), "r", "https://x")


@pytest.mark.parametrize("counts_pages", [False, True])
async def test_pods_are_paged_and_the_rest_is_counted(counts_pages: bool) -> None:
    services = V2Services(PagedServer(63, counts_pages=counts_pages), Scope("p"))
    sections = {section.title: section for section in await services.fetch_more_sections("s")}
    labels = [label for label, _ in sections["Deployment d"].rows]
    assert labels[:-1] == [f"Pod other-{n}" for n in range(40)]
    assert sections["Deployment d"].rows[-1] == ("Not shown", "23 more pods")
    assert sections["Deployments"].rows == (("Not shown", "5 more"),)
