"""OpenSearch's instances and trainings as resources."""

from __future__ import annotations

from matui.clouds.opensearch.mapping import OpenSearchScope, map_job
from matui.clouds.opensearch.models import InstanceRow, Training
from matui.resources.model import build_empty_record
from matui.resources.times import find_earliest_since, get_state_since

MADE_MS, BEGAN_MS, ENDED_MS = 1_582_214_400_000, 1_582_300_800_000, 1_582_304_400_000


def _map_since(end: int) -> tuple[int | None, int | None]:
    instance = InstanceRow.model_validate({"instanceName": "i", "createTime": MADE_MS})
    failed = Training.model_validate({"status": "failed", "startTime": BEGAN_MS, "endTime": end})
    row = map_job(instance, failed, 1, "f", OpenSearchScope("p", "r", ENDED_MS), build_empty_record())
    return get_state_since(row), find_earliest_since(row)


def test_a_failed_training_without_an_end_failed_after_it_started() -> None:
    assert _map_since(0) == (None, BEGAN_MS)
    assert _map_since(ENDED_MS) == (ENDED_MS, None)
