"""Whatever JSON a server sends, nothing but the errors of matui comes out, and nothing unsafe is shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.opensearch import errors as opensearch_judging
from matui.clouds.opensearch.api import OpenSearchApi
from matui.clouds.opensearch.cloud import OpenSearchCloud
from matui.clouds.protocols import ListRequest
from matui.clouds.qianfan import errors as qianfan_judging
from matui.clouds.qianfan.api import QianfanApi
from matui.clouds.qianfan.cloud import QianfanCloud
from matui.resources.detail import Instant
from matui.resources.registry import get_kind
from tests.contract.modelarts.test_fuzz import JSON, is_unsafe, shake_value
from tests.contract.peers.rig import make_job

QIANFAN = {
    "requestId": "r",
    "result": {
        "jobList": [{"jobId": "job-1", "name": "n", "createDate": "2024-01-02T03:04:05Z", "model": "m"}],
        "taskList": [{"taskId": "task-1", "jobId": "job-1", "runStatus": "Done", "createDate": "0000-00-00"}],
        "pageInfo": {"isTruncated": True, "nextMarker": "job-2"},
        "taskId": "task-1",
        "jobId": "job-1",
        "id": 1,
        "taskName": "t",
        "runStatus": "Running",
        "trainStatus": "FINISH",
        "runProgress": "51%",
        "progress": 51,
        "startTime": "2023-05-05 00:00:00",
        "metrics": {"BLEU-4": "12.5%"},
        "checkpointList": [{"step": 64, "perplexity": 2.5, "trainingLoss": "1.5"}],
        "hyperParameterConfig": {"epoch": 1},
    },
}
_ROW = {
    "instanceName": "i",
    "generation": "1",
    "status": "success",
    "progress": 90,
    "startTime": 100010,
    "endTime": 1582214400,
    "createTime": 1582214400,
    "extendInfo": '{"recall":91,"errors":["e"]}',
    "createParameters": [{"name": "n", "value": "v"}],
}
OPENSEARCH = {"Status": "OK", "HttpCode": 200, "totalCount": 1, "Result": [_ROW]}


def _make_http_client(body: bytes, raise_for_error: Callable[..., None]) -> HttpClient:
    clock = ManualClock()
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _request: httpx.Response(200, content=body))
    )
    return HttpClient(
        "http://127.0.0.1:1",
        client,
        clock=clock,
        budget=Budget(100_000, clock),
        raise_for_error=raise_for_error,
        retries=0,
    )


def make_qianfan(body: bytes) -> QianfanCloud:
    api = QianfanApi(_make_http_client(body, qianfan_judging.raise_for_error))
    return QianfanCloud(api, profile="p", clock=ManualClock(), v1_pairs=[(1, 2)])


def make_opensearch(body: bytes) -> OpenSearchCloud:
    api = OpenSearchApi(_make_http_client(body, opensearch_judging.raise_for_error), "a")
    return OpenSearchCloud(api, profile="p", region="r", functions=["f"], clock=ManualClock())


CASES = {
    "qianfan": (make_qianfan, QIANFAN, ("job-1", "1/2"), "job-1/task-1"),
    "opensearch": (make_opensearch, OPENSEARCH, ("f/i",), "f/i/1"),
}


def try_work(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what comes of it, None where it fails as it may."""
    try:
        return asyncio.run(work)
    except MatuiError:
        return None


def show(name: str, body: bytes) -> None:
    """Ask for everything, and show every cell, section and number of it."""
    make, _sample, jobs, version = CASES[name]
    page = try_work(make(body).list_page(ListRequest("jobs", 0, 3)))
    rows = list(page.resources) if page else []
    rows += try_work(make(body).fetch_versions(make_job(jobs[0], name))) or ()
    asked = [*(make_job(one, name) for one in jobs), make_job(version, name, "versions")]
    for one in asked:
        read = try_work(make(body).read(one.kind, one.id))
        rows += [read] if read else []
        detail = try_work(make(body).describe(one))
        for section in detail.sections if detail else ():
            for text in (section.title, *(part for row in section.rows for part in row)):
                assert isinstance(text, Instant) or not any(map(is_unsafe, text))
        metrics = try_work(make(body).fetch_metrics(one))
        values = [gauge.used for gauge in metrics.gauges] if metrics else []
        values += [point for series in metrics.series for point in series.points] if metrics else []
        assert all(value is None or isinstance(value, int | float) for value in values)
        try_work(make(body).act("delete", [one]))
    for row in rows:
        row.raw.parse_value()
        for column in get_kind(row.kind).columns:
            assert not any(map(is_unsafe, column.text(row, 1.6e12)))
            column.sort(row)


@pytest.mark.slow
@settings(max_examples=60)
@given(data=st.data())
@pytest.mark.parametrize("name", list(CASES))
def test_a_shaken_answer_is_reported_or_a_plain_error(name: str, data: st.DataObject) -> None:
    show(name, json.dumps(shake_value(data.draw, CASES[name][1])).encode())


@pytest.mark.slow
@settings(max_examples=40)
@given(body=JSON)
@pytest.mark.parametrize("name", list(CASES))
def test_any_json_is_reported_or_a_plain_error(name: str, body: Any) -> None:
    show(name, json.dumps(body).encode())


@settings(max_examples=25)
@given(body=st.binary(max_size=40))
@pytest.mark.parametrize("name", list(CASES))
def test_any_bytes_are_reported_or_a_plain_error(name: str, body: bytes) -> None:
    show(name, body)
