"""The vendors' own clients, pointed at the simulator, list and act."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_opensearch20171225 import models
from alibabacloud_opensearch20171225.client import Client
from alibabacloud_tea_openapi.models import Config
from baidubce import protocol
from baidubce.auth import bce_v1_signer
from baidubce.auth.bce_credentials import BceCredentials
from baidubce.bce_client_configuration import DEFAULT_CONFIG, BceClientConfiguration
from baidubce.exception import BceHttpClientError
from baidubce.http import bce_http_client, handler
from baidubce.retry.retry_policy import NoRetryPolicy

from matui.base.clock import SystemClock
from matui.sim.app import SimApp, build_app
from matui.sim.server.auth import SimAuth
from tests.seeded_world import build_world
from tests.threaded_sim import ThreadedSim


class Served:
    """A simulator on a socket."""

    def __init__(self, app: SimApp, url: str) -> None:
        self.app = app
        self.url = url
        self.qianfan, self.opensearch = app.peers.qianfan, app.peers.opensearch


@pytest.fixture
def served() -> Iterator[Served]:
    app = build_app(build_world(clock=SystemClock()), auth=SimAuth.demo())
    assert isinstance(app, SimApp)
    with ThreadedSim(app) as sim:
        yield Served(app, sim.url)


def call_bce(served: Served, path: str, body: dict[str, Any], action: str = "", secret: str = "") -> Any:
    """Send one request with the vendor's signer and HTTP client."""
    (ak, sk), *_ = served.qianfan.keys.items()
    config = BceClientConfiguration(
        BceCredentials(ak, secret or sk), served.url, protocol=protocol.HTTP, retry_policy=NoRetryPolicy()
    )
    whole = copy.deepcopy(DEFAULT_CONFIG)
    whole.merge_non_none_values(config)
    answer = bce_http_client.send_request(
        whole,
        bce_v1_signer.sign,
        [handler.parse_error, handler.parse_json],
        b"POST",
        path.encode(),
        json.dumps(body).encode(),
        {b"Content-Type": b"application/json"},
        {b"Action": action.encode()} if action else None,
    )
    return json.loads(answer.raw_data)


def test_baidus_signer_lists_and_stops(served: Served) -> None:
    listed = call_bce(served, "/v2/finetuning", {"maxKeys": 100}, "DescribeFineTuningJobs")["result"]
    job = next(row for row in listed["jobList"] if row["name"] == "intent-router-sft")
    tasks = call_bce(served, "/v2/finetuning", {"jobId": job["jobId"]}, "DescribeFineTuningTasks")["result"]
    running = tasks["taskList"][0]["taskId"]
    assert call_bce(served, "/v2/finetuning", {"taskId": running}, "StopFineTuningTask")["result"] is True
    shown = call_bce(served, "/v2/finetuning", {"taskId": running}, "DescribeFineTuningTask")["result"]
    assert shown["runStatus"] == "Stopped"
    old = call_bce(served, "/wenxinworkshop/finetune/jobDetail", {"taskId": 7263, "jobId": 4612})["result"]
    assert old["trainStatus"] == "RUNNING"


def test_baidus_signer_with_a_wrong_secret_is_refused(served: Served) -> None:
    with pytest.raises(BceHttpClientError) as refused:
        call_bce(served, "/v2/finetuning", {}, "DescribeFineTuningJobs", secret="wrong")
    assert refused.value.last_error.code == "SignatureDoesNotMatch"


def make_alibaba_client(served: Served, ak: str, sk: str, token: str | None = None) -> Client:
    """Return the vendor's client for the simulator."""
    host = served.url.removeprefix("http://")
    return Client(
        Config(access_key_id=ak, access_key_secret=sk, security_token=token, endpoint=host, protocol="http")
    )


def test_alibabas_client_lists_trains_and_deletes(served: Served) -> None:
    (ak, sk), *_ = served.opensearch.keys.items()
    client = make_alibaba_client(served, ak, sk)
    request = models.ListFunctionInstancesRequest(page_size=50, output="normal")
    listed = client.list_function_instances("my_app", "ctr", request).body
    assert [row.instance_name for row in listed.result] == ["ctr_home_feed", "ctr_search", "ctr_new"]
    client.create_function_task("my_app", "ctr", "ctr_new")
    tasks = client.list_function_tasks("my_app", "ctr", "ctr_new", models.ListFunctionTasksRequest()).body
    assert [(task.status, task.generation) for task in tasks.result] == [("running", "1")]
    with pytest.raises(Exception, match=r"Task\.IsRunning"):
        client.create_function_task("my_app", "ctr", "ctr_new")
    client.delete_function_task("my_app", "pop", "pop_daily", "1")
    shown = client.get_function_task("my_app", "pop", "pop_daily", "2").body.result
    assert json.loads(shown.extend_info)["errors"] == []
    detail = models.GetFunctionInstanceRequest(output="detail")
    assert (
        client.get_function_instance("my_app", "ctr", "ctr_new", detail).body.result.task.dag_status
        == "running"
    )


def test_alibabas_client_signs_what_is_hard_to_spell(served: Served) -> None:
    (ak, sk), *_ = served.opensearch.keys.items()
    request = models.ListFunctionInstancesRequest(
        page_size=5, model_type="tf check~中文+/=&", function_type=""
    )
    assert (
        make_alibaba_client(served, ak, sk).list_function_instances("my_app", "ctr", request).status_code
        == 200
    )


def test_alibabas_client_with_temporary_and_wrong_keys(served: Served) -> None:
    ak, sk, token = served.opensearch.issue_temporary()
    request = models.ListFunctionTasksRequest(page_size=10)
    asked = ("my_app", "pop", "pop_daily", request)
    assert make_alibaba_client(served, ak, sk, token).list_function_tasks(*asked).body.total_count == 3
    with pytest.raises(Exception, match="InvalidSecurityToken"):
        make_alibaba_client(served, ak, sk).list_function_tasks(*asked)
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        make_alibaba_client(served, *(next(iter(served.opensearch.keys)), "wrong")).list_function_tasks(
            *asked
        )
