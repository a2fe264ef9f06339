"""Answers of the peers that are valid but awkward: moving pages, nulls, failures in fields of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import BadAnswerError, PermissionDeniedError
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.opensearch import errors as opensearch_errors
from matui.clouds.opensearch.api import OpenSearchApi
from matui.clouds.opensearch.cloud import OpenSearchCloud
from matui.clouds.protocols import ListRequest
from matui.clouds.qianfan import errors as qianfan_errors
from matui.clouds.qianfan.api import QianfanApi
from matui.clouds.qianfan.cloud import QianfanCloud
from matui.live.compare.comparison import read_settings
from matui.live.poll.list_all import find_incompleteness, list_all
from matui.live.why.card import MetricReading
from matui.live.why.parts import read_values
from matui.resources.codec import decode_metrics, encode_metrics
from matui.resources.detail import Instant
from matui.resources.model import Phase
from matui.resources.times import get_state_since
from tests.contract.peers.rig import make_job, map_rows

JOBS = ListRequest("jobs")
Answers = Callable[[httpx.Request], Any]


def _make_http_client(answers: Answers, raise_for_error: Callable[..., None]) -> HttpClient:
    def handle(request: httpx.Request) -> httpx.Response:
        answer = answers(request)
        return (
            answer if isinstance(answer, httpx.Response) else httpx.Response(200, content=json.dumps(answer))
        )

    clock = ManualClock()
    client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    return HttpClient(
        "http://127.0.0.1:1",
        client,
        clock=clock,
        budget=Budget(100_000, clock),
        raise_for_error=raise_for_error,
        retries=0,
    )


def make_opensearch(answers: Answers) -> OpenSearchCloud:
    api = OpenSearchApi(_make_http_client(answers, opensearch_errors.raise_for_error), "a")
    return OpenSearchCloud(api, profile="p", region="r", functions=["f"], clock=ManualClock())


def _make_list_answer(rows: list[Any] | None, total: Any) -> dict[str, Any]:
    return {"Status": "OK", "HttpCode": 200, "TotalCount": total, "Result": rows}


@pytest.mark.parametrize("totals", [(5, 5, 5, 5), (5, 3, 3, 3), ("5", "3", None, None)])
async def test_rows_that_move_between_pages_neither_end_a_list_nor_come_twice(totals: Any) -> None:
    pages = (["a", "b"], ["b", "c"], ["d", "e"], [])

    def answer(request: httpx.Request) -> Any:
        number = int(request.url.params["pageNumber"]) - 1
        field = "Generation" if request.url.path.endswith("/tasks") else "InstanceName"
        if field == "Generation" and request.url.params["pageSize"] == "1":
            return _make_list_answer([], 0)
        return _make_list_answer([{field: name} for name in pages[number]], totals[number])

    cloud = make_opensearch(answer)
    page = await cloud.list_page(JOBS)
    assert sorted(row.name for row in page.resources) == ["a", "b", "c", "d", "e"]
    assert [row.name for row in await cloud.fetch_versions(make_job("f/i", "opensearch"))] == [
        "a",
        "b",
        "c",
        "d",
        "e",
    ]


async def test_a_list_without_rows_whose_total_is_not_zero_cannot_be_read() -> None:
    cloud = make_opensearch(lambda _request: _make_list_answer(None, 5))
    with pytest.raises(BadAnswerError, match="holds no row, although its total is 5"):
        await cloud.list_page(JOBS)
    assert (
        await make_opensearch(lambda _request: _make_list_answer(None, 0)).list_page(JOBS)
    ).resources == ()


async def test_what_an_instance_says_of_its_failure_is_shown_where_its_training_says_nothing() -> None:
    training = {"Generation": "1", "Status": "failed", "Progress": "30%"}
    instance = {"InstanceName": "i", "ExtendInfo": json.dumps({"recall": 7, "errors": ["特征字段缺失"]})}

    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/tasks"):
            return _make_list_answer([training], 1)
        return _make_list_answer([instance], 1) | (
            {} if request.url.path.endswith("/instances") else {"Result": instance}
        )

    cloud = make_opensearch(answer)
    row = (await cloud.list_page(JOBS)).resources[0]
    assert (row.get_text("error"), row.get_number("progress")) == ("特征字段缺失", 30)
    assert row.get_text("failure") == "特征字段缺失"
    shown = map_rows(await cloud.describe(row))
    assert (shown["Error"], shown["recall"]) == ("特征字段缺失", "7")
    training["ExtendInfo"] = json.dumps({"errors": [{"code": "E1", "message": "样本不足"}]})
    assert (await cloud.read("jobs", "f/i")).get_text("error") == "E1: 样本不足"


async def test_a_failed_training_has_no_recall_of_an_earlier_one() -> None:
    good = {"Generation": "1", "Status": "success", "ExtendInfo": json.dumps({"recall": 91})}
    failed = {"Generation": "2", "Status": "failed", "ExtendInfo": "{}"}
    instance = {"InstanceName": "i", "ExtendInfo": good["ExtendInfo"]}
    tasks = [failed, good]

    def answer(request: httpx.Request) -> Any:
        return _make_list_answer(tasks if request.url.path.endswith("/tasks") else [instance], len(tasks))

    cloud = make_opensearch(answer)
    row = (await cloud.list_page(JOBS)).resources[0]
    metrics = decode_metrics(encode_metrics(await cloud.fetch_metrics(row)))
    assert (row.get_number("recall"), read_values(metrics)) == (None, [])
    assert metrics.series[0].points == (91, None)
    del tasks[0]
    assert read_values(await cloud.fetch_metrics(row)) == [MetricReading("recall", 91, total=100, unit="%")]
    tasks.insert(0, good | {"Generation": "3"})
    assert [one.label for one in read_values(await cloud.fetch_metrics(row))] == ["recall"]


def make_qianfan(jobs: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> QianfanCloud:
    """Return a cloud whose list of jobs has one job a page, after an empty page."""

    def answer(request: httpx.Request) -> Any:
        asked, marker = request.url.params["Action"], json.loads(request.content).get("marker", "")
        if asked == "DescribeFineTuningJobs":
            rows = [] if not marker else [jobs[int(marker)]]
            at = 0 if not marker else int(marker) + 1
            more = {"isTruncated": at < len(jobs), "nextMarker": str(at)}
            return {"result": {"jobList": rows, "pageInfo": more}}
        if asked == "DescribeFineTuningTasks":
            return {"result": {"taskList": tasks, "pageInfo": {"isTruncated": False}}}
        return {"result": tasks[0]}

    api = QianfanApi(_make_http_client(answer, qianfan_errors.raise_for_error))
    return QianfanCloud(api, profile="p", clock=ManualClock())


JOB = {"jobId": "job-1", "name": "n", "createDate": "2024-01-02T03:04:05Z"}
TASK = {"taskId": "task-1", "jobId": "job-1", "createDate": "2024-01-02T06:00:00Z"}


async def test_an_empty_page_that_names_a_next_one_does_not_end_the_list() -> None:
    cloud = make_qianfan([JOB, JOB | {"jobId": "job-2"}], [TASK])
    assert {row.id for row in (await cloud.list_page(JOBS)).resources} == {"job-1", "job-2"}


@pytest.mark.parametrize(("marker", "recovers"), [(None, False), ("1", False), ("", True), ("0", False)])
async def test_a_list_of_jobs_that_names_no_next_page_is_asked_again_then_incomplete(
    marker: str | None, recovers: bool
) -> None:
    asks = 0

    def answer(request: httpx.Request) -> Any:
        nonlocal asks
        if request.url.params["Action"] != "DescribeFineTuningJobs":
            return {"result": {"taskList": [TASK], "pageInfo": {"isTruncated": False}}}
        at = int(json.loads(request.content).get("marker", "0"))
        asks += at
        following = str(at + 1) if at == 0 or (recovers and asks > 1) else marker
        info = {"isTruncated": at < 2, "nextMarker": following}
        return {"result": {"jobList": [JOB | {"jobId": f"job-{at}"}], "pageInfo": info}}

    api = QianfanApi(_make_http_client(answer, qianfan_errors.raise_for_error))
    cloud = QianfanCloud(api, profile="p", clock=ManualClock())
    rows, total = await list_all(cloud, "jobs")
    error = find_incompleteness("jobs", rows, total)
    assert len(rows) == (3 if recovers else 2)
    assert (error is None) == recovers
    assert error is None or "2 of at least 3 came" in str(error)
    if error is not None:
        with pytest.raises(BadAnswerError, match="ends early"):
            await cloud._is_listed("job-9", 9)


async def test_tasks_without_a_next_page_are_followed_by_a_placeholder() -> None:
    body = {"result": {"taskList": [TASK], "pageInfo": {"isTruncated": True, "nextMarker": None}}}
    api = QianfanApi(_make_http_client(lambda _request: body, qianfan_errors.raise_for_error))
    rows = await QianfanCloud(api, profile="p", clock=ManualClock()).fetch_versions(
        make_job("job-1", "qianfan")
    )
    assert [row.name for row in rows][1:] == ["unreadable row"]


async def test_a_list_of_null_without_a_marker_cannot_be_read() -> None:
    body = {"result": {"jobList": None, "pageInfo": None}}
    cloud = QianfanCloud(
        QianfanApi(_make_http_client(lambda _request: body, qianfan_errors.raise_for_error)),
        profile="p",
        clock=ManualClock(),
    )
    with pytest.raises(BadAnswerError, match="holds no jobList"):
        await cloud.list_page(JOBS)


async def test_a_failed_task_states_its_reason_in_whatever_field_it_comes() -> None:
    failed = TASK | {"runStatus": "Failed", "failReason": "第 3 行缺少字段", "errorCode": 500007}
    cloud = make_qianfan([JOB], [failed])
    row = (await cloud.list_page(JOBS)).resources[0]
    assert row.get_text("failure") == "500007: 第 3 行缺少字段"
    assert map_rows(await cloud.describe(row))["Failure"] == "500007: 第 3 行缺少字段"
    waiting = make_qianfan([JOB], [TASK | {"runStatus": "Waiting", "reason": "资源排队"}])
    row = (await waiting.list_page(JOBS)).resources[0]
    assert (row.phase, row.get_text("failure")) == (Phase.PENDING, "")
    assert map_rows(await waiting.describe(row))["Stated reason"] == "资源排队"


async def test_a_job_waits_since_its_newest_task_and_was_created_when_the_list_says() -> None:
    cloud = make_qianfan([JOB], [TASK | {"runStatus": "Waiting"}])
    detail = await cloud.describe(make_job("job-1", "qianfan"))
    assert map_rows(detail)["Created"] == Instant(1_704_164_645_000)
    assert (detail.resource.created_at, get_state_since(detail.resource)) == (
        1_704_164_645_000,
        1_704_175_200_000,
    )


async def test_a_loss_that_is_not_finite_is_shown() -> None:
    points = [
        {"step": 1, "trainingLoss": 2.094},
        {"step": "2", "trainingLoss": "NaN", "perplexity": float("inf")},
        {"trainingLoss": 1.5},
        {},
    ]
    cloud = make_qianfan([JOB], [TASK | {"runStatus": "Done", "checkpointList": points}])
    told = map_rows(await cloud.describe(make_job("job-1", "qianfan")))
    assert (told["Step 1"], told["Step 2"]) == ("loss 2.094", "loss NaN, perplexity Infinity")
    assert told["Step not stated"] == "loss 1.5"
    loss = read_values(await cloud.fetch_metrics(make_job("job-1", "qianfan")))[0]
    assert isinstance(loss, MetricReading)
    assert (str(loss.last), loss.most) == ("nan", 2.094)


async def test_the_request_id_in_the_header_is_shown_where_the_body_is_empty() -> None:
    def deny(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, headers={"x-acs-request-id": "acs-1", "x-bce-request-id": "bce-1"})

    for cloud, own in (
        (make_opensearch(deny), "acs-1"),
        (
            QianfanCloud(
                QianfanApi(_make_http_client(deny, qianfan_errors.raise_for_error)),
                profile="p",
                clock=ManualClock(),
            ),
            "bce-1",
        ),
    ):
        with pytest.raises(PermissionDeniedError) as denied:
            await cloud.list_page(JOBS)
        assert denied.value.request_id == own


def test_what_differs_between_any_two_runs_of_the_peers_is_no_setting() -> None:
    task = TASK | {"runStatus": "Done", "finishDate": "x", "checkpointList": [{"step": 1}], "model": "m"}
    assert set(read_settings({"requestId": "r", "result": task})) == {"result.model"}
    training = {"Generation": "1", "RunId": "r", "StartTime": 1, "EndTime": 2, "FunctionName": "ctr"}
    assert set(read_settings({"RequestId": "r", "Latency": 3, "Result": training})) == {"Result.FunctionName"}
