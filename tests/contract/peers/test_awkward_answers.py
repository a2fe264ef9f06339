"""Answers of the peers that are valid but awkward: moving pages, nulls, failures in fields of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import BadAnswerError
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.opensearch import errors as opensearch_errors
from matui.clouds.opensearch.api import OpenSearchApi
from matui.clouds.opensearch.cloud import OpenSearchCloud
from matui.clouds.protocols import PageAsk
from tests.contract.peers.rig import job, rows_told

JOBS = PageAsk("jobs")
Answers = Callable[[httpx.Request], Any]


def _http(answers: Answers, raise_for_error: Callable[..., None]) -> HttpClient:
    def handle(request: httpx.Request) -> httpx.Response:
        answer = answers(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

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


def opensearch(answers: Answers) -> OpenSearchCloud:
    api = OpenSearchApi(_http(answers, opensearch_errors.raise_for_error), "a")
    return OpenSearchCloud(api, profile="p", region="r", functions=["f"], clock=ManualClock())


def _listed(rows: list[Any] | None, total: Any) -> dict[str, Any]:
    return {"Status": "OK", "HttpCode": 200, "TotalCount": total, "Result": rows}


@pytest.mark.parametrize("totals", [(5, 5, 5, 5), (5, 3, 3, 3), ("5", "3", None, None)])
async def test_rows_that_move_between_pages_neither_end_a_list_nor_come_twice(totals: Any) -> None:
    pages = (["a", "b"], ["b", "c"], ["d", "e"], [])

    def answer(request: httpx.Request) -> Any:
        number = int(request.url.params["pageNumber"]) - 1
        field = "Generation" if request.url.path.endswith("/tasks") else "InstanceName"
        if field == "Generation" and request.url.params["pageSize"] == "1":
            return _listed([], 0)
        return _listed([{field: name} for name in pages[number]], totals[number])

    cloud = opensearch(answer)
    page = await cloud.list_page(JOBS)
    assert sorted(row.name for row in page.resources) == ["a", "b", "c", "d", "e"]
    assert [row.name for row in await cloud.versions(job("f/i", "opensearch"))] == ["a", "b", "c", "d", "e"]


async def test_a_list_without_rows_whose_total_is_not_zero_cannot_be_read() -> None:
    cloud = opensearch(lambda _request: _listed(None, 5))
    with pytest.raises(BadAnswerError, match="holds no row, although its total is 5"):
        await cloud.list_page(JOBS)
    assert (await opensearch(lambda _request: _listed(None, 0)).list_page(JOBS)).resources == ()


async def test_what_an_instance_says_of_its_failure_is_shown_where_its_training_says_nothing() -> None:
    training = {"Generation": "1", "Status": "failed", "Progress": "30%"}
    instance = {"InstanceName": "i", "ExtendInfo": json.dumps({"recall": 7, "errors": ["特征字段缺失"]})}

    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/tasks"):
            return _listed([training], 1)
        return _listed([instance], 1) | (
            {} if request.url.path.endswith("/instances") else {"Result": instance}
        )

    cloud = opensearch(answer)
    row = (await cloud.list_page(JOBS)).resources[0]
    assert (row.text_fact("error"), row.number_fact("progress")) == ("特征字段缺失", 30)
    shown = rows_told(await cloud.describe(row))
    assert (shown["Error"], shown["recall"]) == ("特征字段缺失", "7")
    training["ExtendInfo"] = json.dumps({"errors": [{"code": "E1", "message": "样本不足"}]})
    assert (await cloud.read("jobs", "f/i")).text_fact("error") == "E1: 样本不足"
