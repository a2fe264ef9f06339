"""The tasks of a job over pages whose markers do not behave, and jobs that are gone."""

from __future__ import annotations

import gc
import json
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import NotFoundError
from matui.clouds.detail_cache import UNWANTED_S
from matui.clouds.http.decode import parse
from matui.clouds.protocols import ListRequest
from matui.clouds.qianfan.cloud import QianfanCloud
from matui.clouds.qianfan.models import FineTuningJobList, FineTuningTaskList
from matui.resources.model import Phase, RawPage, Resource, build_empty_record

JOB = Resource("jobs", "job-1", "a", "Done", Phase.DONE, "qianfan", "qf", raw=build_empty_record())
PAGES = {"": (["t1", "t2"], "A"), "A": (["t2", "t3"], "B"), "B": (["t4"], "")}


def make_cloud(pages: dict[str, tuple[list[str], str]]) -> tuple[QianfanCloud, list[str]]:
    asked: list[str] = []

    async def tasks(_job: str, marker: str = "") -> tuple[FineTuningTaskList, RawPage]:
        asked.append(marker)
        ids, following = pages[marker]
        page = {"isTruncated": bool(following), "nextMarker": following}
        tree: dict[str, Any] = {"taskList": [{"taskId": one} for one in ids], "pageInfo": page}
        return FineTuningTaskList.model_validate(tree), RawPage(json.dumps(tree).encode(), parse)

    api: Any = SimpleNamespace(http=SimpleNamespace(clock_offset_s=None), list_tasks=tasks)
    return QianfanCloud(api, profile="qf", clock=ManualClock()), asked


async def test_a_task_on_two_pages_is_listed_once() -> None:
    cloud, asked = make_cloud(PAGES)
    assert [row.name for row in await cloud.fetch_versions(JOB)] == ["t1", "t2", "t3", "t4"]
    assert asked == ["", "A", "B"]


@pytest.mark.parametrize("back_to", ["A", "B"])
async def test_a_marker_that_leads_back_ends_the_list_with_a_mark(back_to: str) -> None:
    cloud, asked = make_cloud({**PAGES, "B": (["t4"], back_to)})
    rows = await cloud.fetch_versions(JOB)
    assert [row.name for row in rows[:4]] == ["t1", "t2", "t3", "t4"]
    assert len(rows) == 5
    assert asked == ["", "A", "B", "B"]


async def test_tasks_of_another_job_are_none_of_the_job_that_was_asked_for() -> None:
    foreign = [
        {"taskId": "t9", "jobId": "job-9", "runStatus": "Running", "createDate": "2026-11-28T10:00:00Z"}
    ]
    own = {"taskId": "t1", "jobId": "job-1", "runStatus": "Done", "createDate": "2026-11-27T10:00:00Z"}

    async def tasks(_job: str, _marker: str = "") -> tuple[FineTuningTaskList, RawPage]:
        tree: dict[str, Any] = {"taskList": [*foreign, own]}
        return FineTuningTaskList.model_validate(tree), RawPage(json.dumps(tree).encode(), parse)

    async def jobs(_marker: str = "", _most: int = 0) -> tuple[FineTuningJobList, RawPage]:
        tree: dict[str, Any] = {"jobList": []}
        return FineTuningJobList.model_validate(tree), RawPage(json.dumps(tree).encode(), parse)

    api: Any = SimpleNamespace(http=SimpleNamespace(clock_offset_s=None), list_tasks=tasks, list_jobs=jobs)
    cloud = QianfanCloud(api, profile="qf", clock=ManualClock())
    assert (await cloud.read("jobs", "job-1")).status == "Done"
    assert [row.name for row in await cloud.fetch_versions(JOB)] == ["t1"]
    with pytest.raises(NotFoundError):
        await cloud.read("jobs", "job-7")


class Answer(RawPage):
    """An answer of which can be told when it is released."""


async def test_a_day_after_a_job_is_gone_the_last_answer_that_had_it_is_released() -> None:
    clock, answers = ManualClock(), list[weakref.ref[Answer]]()
    listed = ["gone", "stays"]

    async def list_jobs(_marker: str, _most: int) -> tuple[FineTuningJobList, RawPage]:
        tree = {"jobList": [{"jobId": one} for one in listed], "pageInfo": {"isTruncated": False}}
        answer = Answer(json.dumps(tree).encode(), parse)
        answers.append(weakref.ref(answer))
        return FineTuningJobList.model_validate(tree), answer

    async def list_tasks(_job: str) -> tuple[FineTuningTaskList, RawPage]:
        return FineTuningTaskList(), RawPage(b"{}", parse)

    api: Any = SimpleNamespace(
        http=SimpleNamespace(clock_offset_s=None), list_jobs=list_jobs, list_tasks=list_tasks
    )
    cloud = QianfanCloud(api, profile="qf", clock=clock)
    for _ in range(4):
        page = await cloud.list_page(ListRequest("jobs", 0, 50))
        listed[:] = ["stays"]
        await clock.advance(UNWANTED_S / 2)
    gc.collect()
    assert [row.id for row in page.resources] == ["stays"]
    assert [answer() is None for answer in answers] == [True, True, True, False]
