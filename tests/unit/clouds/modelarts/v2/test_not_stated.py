"""What the cloud does not state, or states so that it cannot be read, is no number."""

from __future__ import annotations

from typing import Any

import pytest

from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.jobs.stages import StageRecords, describe_stage, select_newest_stages
from matui.clouds.modelarts.v2.pools.mapping import map_pool
from matui.clouds.modelarts.v2.pools.usage import sum_free
from matui.clouds.modelarts.v2.pools.wire import Node, V2Pool
from matui.clouds.modelarts.v2.wire import note_unread
from matui.resources.model import build_empty_record

NOW = 1_760_000_000_000


@pytest.mark.parametrize(
    ("ended", "text"),
    [(None, "running 1m00s"), ("", "running 1m00s"), ("soon", ""), (str(NOW - 120_000), "")],
)
def test_a_stage_lasts_only_while_it_has_no_end(ended: Any, text: str) -> None:
    stage = {"name": "running", "start_time": str(NOW - 60_000), "end_time": ended}
    stages = select_newest_stages(StageRecords.model_validate({"running_records": [{"stages": [stage]}]}))
    assert describe_stage(stages, NOW) == text


@pytest.mark.parametrize(
    ("resources", "ordered", "counts"),
    [
        ({"available": [{"count": 3}], "abnormal": [{"count": "1"}]}, [], (4, 3)),
        ({"available": [{"count": None}], "abnormal": [{"count": 1}]}, [{"count": 5}], (5, None)),
        ({"abnormal": [{"count": 2}]}, [], (2, 0)),
        ({}, [{"count": 5}], (5, None)),
        (None, None, (None, None)),
        ({"available": [None]}, [{"count": "many"}], (None, None)),
    ],
)
def test_the_nodes_of_a_pool_are_counted_where_each_count_is_stated(
    resources: Any, ordered: Any, counts: tuple[int | None, int | None]
) -> None:
    pool = V2Pool.model_validate({"spec": {"resources": ordered}, "status": {"resources": resources}})
    facts = map_pool(pool, Scope("p"), build_empty_record()).facts
    assert (facts.get("nodes"), facts.get("nodes_available")) == counts


def test_what_is_free_is_no_sum_of_those_nodes_that_state_it() -> None:
    stated = ({"cpu": "3", "nvidia.com/gpu": "2"}, {"cpu": "4"})
    rows = ({"phase": "Available", "availableResources": free} for free in stated)
    nodes = [Node.model_validate({"status": row}) for row in rows]
    assert sum_free(nodes) == {"cpu": 7}
    assert sum_free([]) == {}


def test_events_that_could_not_be_read_are_counted() -> None:
    assert note_unread([1, 2]) == ()
    assert [event.text for event in note_unread([None, 1])] == ["1 event could not be read."]
    assert [event.text for event in note_unread([None, None])] == ["2 events could not be read."]
