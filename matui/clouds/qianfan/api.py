"""Qianfan's operations: V2 ``/v2/finetuning`` and V1 ``/wenxinworkshop/finetune``, all POST with JSON."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from matui.base.errors import ConflictError, UsageError
from matui.clouds.http.client import HttpClient
from matui.clouds.http.decode import build_bad_answer, parse, parse_model, read_object
from matui.clouds.http.messages import Answer, Call
from matui.clouds.qianfan.models import (
    FineTuningJobList,
    FineTuningTask,
    FineTuningTaskList,
    V1Job,
    is_denied,
)
from matui.clouds.wire_types import WireModel, to_text, unwrap_json
from matui.resources.model import RawPage, RawRecord, Resource

MOST = 100  # what maxKeys may be
M = TypeVar("M", bound=WireModel)
MOST_REQUESTS = 100


class QianfanApi:
    """Every call that matui makes, typed."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http

    async def list_jobs(self, marker: str = "", most: int = MOST) -> tuple[FineTuningJobList, RawPage]:
        """DescribeFineTuningJobs, from ``marker`` on."""
        answer = await self._send_v2("DescribeFineTuningJobs", **_build_page_fields(marker, most))
        return _parse_model(FineTuningJobList, answer, listed="jobList"), _read_page(answer, "jobList")

    async def list_tasks(self, job_id: str, marker: str = "") -> tuple[FineTuningTaskList, RawPage]:
        """DescribeFineTuningTasks of one job, from ``marker`` on."""
        answer = await self._send_v2(
            "DescribeFineTuningTasks", jobId=job_id, **_build_page_fields(marker, MOST)
        )
        return _parse_model(FineTuningTaskList, answer, listed="taskList"), _read_page(answer, "taskList")

    async def get_task(self, task_id: str) -> tuple[FineTuningTask, RawRecord]:
        """DescribeFineTuningTask."""
        answer = await self._send_v2("DescribeFineTuningTask", taskId=task_id)
        return _parse_model(FineTuningTask, answer), RawRecord(RawPage(answer.body, parse))

    async def stop_task(self, task_id: str) -> str:
        """StopFineTuningTask; return the request id. Raises ConflictError for a plain false."""
        return _read_request_id(await self._send_v2("StopFineTuningTask", action=True, taskId=task_id))

    async def delete_task(self, task_id: str) -> str:
        """DeleteFineTuningTask."""
        return _read_request_id(await self._send_v2("DeleteFineTuningTask", action=True, taskId=task_id))

    async def delete_job(self, job_id: str) -> str:
        """DeleteFineTuningJob, with all of its tasks."""
        return _read_request_id(await self._send_v2("DeleteFineTuningJob", action=True, jobId=job_id))

    async def get_v1_job(self, task_id: int, job_id: int) -> tuple[V1Job, RawRecord]:
        """V1 jobDetail."""
        answer = await self._send_v1("jobDetail", task_id, job_id)
        return _parse_model(V1Job, answer), RawRecord(RawPage(answer.body, parse))

    async def stop_v1_job(self, task_id: int, job_id: int) -> str:
        """V1 stopJob."""
        return _read_request_id(await self._send_v1("stopJob", task_id, job_id, action=True))

    async def _send_v2(self, name: str, *, action: bool = False, **body: Any) -> Answer:
        return await self._post("/v2/finetuning", body, (("Action", name),), action)

    async def _send_v1(self, name: str, task_id: int, job_id: int, *, action: bool = False) -> Answer:
        body = {"taskId": task_id, "jobId": job_id}
        return await self._post(f"/wenxinworkshop/finetune/{name}", body, (), action)

    async def _post(
        self, path: str, body: dict[str, Any], query: tuple[tuple[str, str], ...], action: bool
    ) -> Answer:
        try:
            payload = json.dumps(body).encode()
        except (ValueError, RecursionError):
            raise UsageError(
                "This is not an id.", remedy="See the ids with: matui get jobs -o wide"
            ) from None
        return await self.http.send(Call("POST", path, query, payload, action, repeatable=not action))


def _build_page_fields(marker: str, most: int) -> dict[str, Any]:
    return {"maxKeys": most} | ({"marker": marker} if marker else {})


def _parse_tree(answer: Answer) -> dict[str, Any]:
    """Return the object below ``result`` where there is one, else the whole."""
    tree = read_object(answer)
    inner = unwrap_json(tree.get("result"))
    return inner if isinstance(inner, dict) else tree


def _parse_model(model: type[M], answer: Answer, listed: str = "") -> M:
    tree = _parse_tree(answer)
    if listed and not isinstance(unwrap_json(tree.get(listed)), list) and tree.get("pageInfo") is None:
        raise build_bad_answer(answer, f"holds no {listed}")
    return parse_model(model, tree, answer)


def _read_page(answer: Answer, listed: str) -> RawPage:
    return RawPage(answer.body, partial(_parse_rows, listed))


def _parse_rows(listed: str, body: bytes) -> Any:
    tree = parse(body)
    inner = unwrap_json(tree.get("result"))
    rows = unwrap_json((inner if isinstance(inner, dict) else tree).get(listed))
    return rows if isinstance(rows, list) else [rows]


def _read_request_id(answer: Answer) -> str:
    """Return the request id of an action. Raises ConflictError when the answer is false."""
    try:
        tree = parse(answer.body) if answer.body.strip() else {}
    except ValueError:
        raise build_bad_answer(answer, "is not JSON") from None
    reported = tree if isinstance(tree, dict) else {}
    request_id = next(
        (to_text(reported[n]) for n in ("requestId", "log_id") if reported.get(n)), answer.request_id
    )
    if is_denied(reported.get("result")):
        raise ConflictError(
            "The cloud did not do it and gave no reason (result: false).",
            request_id=request_id,
            status=answer.status,
            remedy="Look at its state; if it stays, report the request id to the cloud's support.",
        )
    return request_id


class MarkerSlice(NamedTuple):
    """Rows from one marker on; ``marker`` is the next one, ``""`` at the end of the list.

    ``is_cut`` is whether the cloud states that there are more rows without a marker that leads to them.
    """

    rows: tuple[Resource, ...]
    marker: str
    is_cut: bool = False


class PagedRows(NamedTuple):
    """Rows of a page, whether the list ends with them, and the number of rows read up to the last one.

    ``is_cut`` is as in :class:`MarkerSlice`.
    """

    rows: tuple[Resource, ...]
    at_end: bool
    end: int
    is_cut: bool = False


class MarkerPager:
    """Pages by row number over a list that continues by markers; known markers are kept."""

    def __init__(self, fetch: Callable[[str, int], Awaitable[MarkerSlice]], most: int) -> None:
        self._fetch = fetch
        self._most = most
        self._markers: dict[int, str] = {0: ""}

    async def read_rows(self, start: int, size: int) -> PagedRows:
        """Return at most ``size`` rows from ``start`` on, and whether the list ends with them.

        Where a list is cut it is asked for once more from there.
        """
        at = max(known for known in self._markers if known <= start)
        rows: list[Resource] = []
        came_from = set[str]()
        for _request in range(MOST_REQUESTS):
            wanted = start + size - at
            most = min(self._most, wanted) if wanted > 0 else self._most
            part = await self._read(self._markers[at], most, came_from)
            rows += part.rows[max(0, start - at) :]
            at += len(part.rows)
            if not part.marker:
                self._markers = {row: marker for row, marker in self._markers.items() if row < at or row == 0}
                return PagedRows(tuple(rows[:size]), len(rows) <= size, at, part.is_cut)
            self._markers[at] = part.marker
            if at >= start + size:
                break
        return PagedRows(tuple(rows[:size]), False, at)

    async def _read(self, marker: str, most: int, came_from: set[str]) -> MarkerSlice:
        """Return the rows from ``marker`` on; a marker of ``came_from`` leads back, and cuts the list."""
        came_from.add(marker)
        part = await self._fetch(marker, most)
        if part.is_cut or part.marker in came_from - {""}:
            part = await self._fetch(marker, most)
        return MarkerSlice(part.rows, "", True) if part.marker in came_from - {""} else part
