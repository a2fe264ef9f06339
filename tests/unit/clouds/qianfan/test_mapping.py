"""Qianfan's jobs and tasks as resources and metrics."""

from __future__ import annotations

import pytest

from matui.clouds.qianfan.mapping import map_job, map_task, map_task_metrics
from matui.clouds.qianfan.models import FineTuningJob, FineTuningTask
from matui.console.panes.rendering import render_metrics
from matui.resources.model import build_empty_record
from matui.resources.times import find_earliest_since, get_state_since

BEGAN_MS = 1_700_000_000_000


def _make_task(**fields: object) -> FineTuningTask:
    return FineTuningTask.model_validate({"taskId": "t", "createDate": BEGAN_MS, **fields})


@pytest.mark.parametrize(
    ("status", "duration_ms"),
    [("Running", 60_000), ("Waiting", None), ("Starting", None), ("", None), ("Done", None)],
)
def test_only_a_running_task_has_a_running_duration(status: str, duration_ms: int | None) -> None:
    task = _make_task(runStatus=status)
    made = map_task(task, "j", profile="p", now_ms=BEGAN_MS + 60_000, raw=build_empty_record())
    assert made.duration_ms == duration_ms


def test_a_loss_is_shown_with_four_significant_digits() -> None:
    points = [{"step": 20, "trainingLoss": 0.0123412}, {"step": 10, "trainingLoss": 2.34567}, {"step": None}]
    metrics = map_task_metrics(_make_task(checkpointList=points))
    assert metrics.series[0].points == (2.34567, 0.0123412)
    [line] = [line for line in render_metrics(metrics, 100) if "loss" in line[0][0]]
    assert "min 0.01234  max 2.346  last 0.01234" in "".join(text for text, _style in line)


def test_a_failed_task_without_an_end_failed_after_it_was_made() -> None:
    made = FineTuningJob.model_validate({"jobId": "j", "createDate": BEGAN_MS - 60_000})
    failed = _make_task(runStatus="Failed", finishDate="0000-00-00T00:00:00Z")
    row = map_job(made, failed, 2, profile="p", now_ms=BEGAN_MS, raw=build_empty_record())
    assert (get_state_since(row), find_earliest_since(row)) == (None, BEGAN_MS)
