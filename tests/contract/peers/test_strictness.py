"""The simulator refuses what the clouds would: tampered, stale, replayed and malformed requests."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from matui.clouds.opensearch.auth import sign as sign_acs3
from matui.clouds.peer_cloud import AccessKey
from matui.clouds.qianfan.auth import sign as sign_bce
from tests.contract.peers.rig import HERE, Rig

_TASKS = "/v4/openapi/app-groups/my_app/functions/ctr/instances/ctr_search/tasks?pageSize=10"


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def send(rig: Rig, request: httpx.Request) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=rig.app)) as client:
        return await client.send(request)


def sign_qianfan(
    rig: Rig, body: object = None, *, action: str = "DescribeFineTuningJobs", at: float = 0
) -> httpx.Request:
    payload = json.dumps({} if body is None else body)
    headers = {"content-type": "application/json"}
    request = httpx.Request("POST", f"{HERE}/v2/finetuning?Action={action}", content=payload, headers=headers)
    sign_bce(request, AccessKey(*next(iter(rig.qianfan.keys.items()))), rig.clock.now() + at)
    return request


def sign_opensearch(
    rig: Rig, method: str = "GET", *, action: str = "ListFunctionTasks", at: float = 0
) -> httpx.Request:
    request = httpx.Request(method, HERE + _TASKS, headers={"x-acs-action": action})
    key = AccessKey(*next(iter(rig.opensearch.keys.items())))
    sign_acs3(request, key, rig.clock.now() + at, "n1")
    return request


def _set_header(name: str, value: str) -> Callable[[httpx.Request], None]:
    return lambda request: request.headers.update({name: value})


async def test_a_good_request_passes(rig: Rig) -> None:
    assert (await send(rig, sign_qianfan(rig))).status_code == 200
    assert (await send(rig, sign_opensearch(rig))).status_code == 200


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_set_header("x-bce-date", "2020-09-13T12:26:41Z"), "SignatureDoesNotMatch"),
        (_set_header("content-type", "application/json; x=1"), "SignatureDoesNotMatch"),
        (_set_header("authorization", "bce-auth-v1/x"), "InvalidHTTPAuthHeader"),
        (_set_header("authorization", ""), "InvalidHTTPAuthHeader"),
    ],
)
async def test_baidus_spoilt_requests_are_refused(
    rig: Rig, spoil: Callable[[httpx.Request], None], code: str
) -> None:
    request = sign_qianfan(rig)
    spoil(request)
    answer = await send(rig, request)
    assert answer.status_code in (400, 403)
    assert answer.json()["code"] == code


@pytest.mark.parametrize("names", ["x-bce-date;content-type;host", "host;x-bce-date;content-type"])
async def test_baidus_signed_names_may_stand_in_any_order(rig: Rig, names: str) -> None:
    """The vendor's SDK lists them as a set happens to hold them; the signature is over the sorted headers."""
    request = sign_qianfan(rig)
    parts = request.headers["authorization"].split("/")
    assert sorted(names.split(";")) == parts[4].split(";")
    request.headers["authorization"] = "/".join([*parts[:4], names, parts[5]])
    assert (await send(rig, request)).status_code == 200


async def test_baidus_host_must_be_signed(rig: Rig) -> None:
    request = sign_qianfan(rig)
    parts = request.headers["authorization"].split("/")
    request.headers["authorization"] = "/".join([*parts[:4], "content-type;x-bce-date", parts[5]])
    assert (await send(rig, request)).json()["code"] == "InvalidHTTPAuthHeader"


@pytest.mark.parametrize("at", [-1801, 901])
async def test_baidus_signature_is_good_for_its_time_only(rig: Rig, at: float) -> None:
    assert (await send(rig, sign_qianfan(rig, at=at))).json()["code"] == "RequestExpired"


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("Nonsense", {}, "InvalidAction"),
        ("DescribeFineTuningJobs", [], "InappropriateJSON"),
        ("DescribeFineTuningJobs", {"maxKeys": 101}, "InvalidParameter"),
        ("DescribeFineTuningJobs", {"maxKeys": "10"}, "InvalidParameter"),
        ("DescribeFineTuningJobs", {"marker": "job-x"}, "InvalidParameter"),
        ("DescribeFineTuningJobs", {"pageReverse": "yes"}, "InvalidParameter"),
        ("DescribeFineTuningJobs", {"limit": 10}, "InvalidParameter"),
        ("DescribeFineTuningTasks", {}, "InvalidParameter"),
        ("DescribeFineTuningTasks", {"jobId": "job-x"}, "JobNotFound"),
        ("StopFineTuningTask", {"taskId": "task-x"}, "TaskNotFound"),
    ],
)
async def test_baidus_rules(rig: Rig, action: str, body: object, code: str) -> None:
    assert (await send(rig, sign_qianfan(rig, body, action=action))).json()["code"] == code


async def test_baidus_list_is_narrowed_and_turned(rig: Rig) -> None:
    async def names(**asked: object) -> list[str]:
        told = (await send(rig, sign_qianfan(rig, asked))).json()
        return [row["name"] for row in told["result"]["jobList"]]

    everything = await names()
    assert await names(pageReverse=True) == everything[::-1]
    for key in ("trainMode", "trainModel"):
        assert await names(**{key: "DPO"}) == ["answer-ranking-dpo"]
    assert set(await names(model="ERNIE-Speed-8K")) < set(everything)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_set_header("x-acs-content-sha256", "0" * 64), "SignatureDoesNotMatch"),
        (_set_header("x-acs-signature-nonce", "n2"), "SignatureDoesNotMatch"),
        (_set_header("x-acs-extra", "1"), "IncompleteSignature"),
        (_set_header("x-acs-version", "2018-01-01"), "InvalidAction.NotFound"),
        (_set_header("authorization", ""), "IncompleteSignature"),
    ],
)
async def test_alibabas_spoilt_requests_are_refused(
    rig: Rig, spoil: Callable[[httpx.Request], None], code: str
) -> None:
    request = sign_opensearch(rig)
    spoil(request)
    assert (await send(rig, request)).json()["Code"] == code


async def test_alibabas_requests_are_good_once_in_their_time_and_for_their_action(rig: Rig) -> None:
    request = sign_opensearch(rig)
    assert (await send(rig, request)).status_code == 200
    assert (await send(rig, request)).json()["Code"] == "SignatureNonceUsed"
    assert (await send(rig, sign_opensearch(rig, at=1000))).json()["Code"] == "InvalidTimeStamp.Expired"
    assert (await send(rig, sign_opensearch(rig, "POST"))).json()["Code"] == "InvalidAction.NotFound"


async def test_without_a_page_size_one_training_is_reported(rig: Rig) -> None:
    request = httpx.Request(
        "GET", HERE + _TASKS.partition("?")[0], headers={"x-acs-action": "ListFunctionTasks"}
    )
    sign_acs3(request, AccessKey(*next(iter(rig.opensearch.keys.items()))), rig.clock.now(), "n3")
    told = (await send(rig, request)).json()
    assert (len(told["Result"]), told["TotalCount"]) == (1, 2)
