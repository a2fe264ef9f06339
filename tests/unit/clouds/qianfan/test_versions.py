"""The tasks of a job over pages whose markers do not behave."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.clouds.http.decode import parse
from matui.clouds.qianfan.cloud import QianfanCloud
from matui.clouds.qianfan.models import FineTuningTaskList
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
