"""What runs on the nodes of a pool."""

from __future__ import annotations

import pytest

from matui.clouds.modelarts.v2.pools.wire import PoolWorkload
from matui.clouds.modelarts.v2.pools.work import describe_work, list_notes


def load(**fields: object) -> PoolWorkload:
    return PoolWorkload.model_validate(fields)


@pytest.mark.parametrize(
    ("work", "text"),
    [
        (
            load(type="train", jobName="llm", userName="li", runningDuration=10_800),
            "job llm of li, running 3h00m",
        ),
        (load(type="infer", name="chat"), "service chat"),
        (load(type="odd", name="x"), "odd x"),
    ],
)
def test_work_is_described(work: PoolWorkload, text: str) -> None:
    assert describe_work(work) == text


def test_an_idle_node_says_so() -> None:
    assert list_notes("node-1", []) == ("node-1: nothing runs on it.",)


def test_a_long_list_is_cut_with_its_count() -> None:
    notes = list_notes("node-1", [load(type="train", name=f"job-{n}") for n in range(14)])
    assert notes[0] == "node-1: 14 workloads on it will be interrupted:"
    assert len(notes) == 14
    assert notes[-1] == "… and 2 more"
