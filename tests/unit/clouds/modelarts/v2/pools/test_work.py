"""What runs on the nodes of a pool."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from matui.clouds.modelarts.v2.pools.wire import PoolWorkload
from matui.clouds.modelarts.v2.pools.work import PoolWork, describe_work, list_notes, read_work


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


def test_work_that_is_not_known_is_not_called_nothing() -> None:
    assert list_notes("node-1", [], "no answer") == ("node-1: what runs on it is not known: no answer",)
    notes = list_notes("node-1", [load(type="train", name="job-1")], "more than 2,000")
    assert notes[1:] == ("· job job-1", "node-1: what more runs on it is not known: more than 2,000")
    assert PoolWork({"": [load(name="x")]}).get_work("")[1] == "the node states no address"


async def test_ended_work_is_on_no_node_and_what_cannot_be_read_is_stated() -> None:
    rows = [load(name=state, status=state, hostIps="10.0.0.1") for state in ("Running", "Completed", "Queue")]

    class Api:
        async def workloads(self, _pool: str, _query: object) -> Any:
            return SimpleNamespace(value=SimpleNamespace(items=[*rows, *self.more]), answer=None)

        more: tuple[Any, ...] = ()

    work = await read_work(cast("Any", Api()), "pool")
    assert [one.name for one in work.get_work("10.0.0.1")[0]] == ["Running"]
    assert work.error == ""
    Api.more = (None,)
    assert "could not be read" in (await read_work(cast("Any", Api()), "pool")).error
    Api.more = (load(name="more"),) * 497
    assert "more than 2,000" in (await read_work(cast("Any", Api()), "pool")).error


def test_a_long_list_is_cut_with_its_count() -> None:
    notes = list_notes("node-1", [load(type="train", name=f"job-{n}") for n in range(14)])
    assert notes[0] == "node-1: 14 workloads on it will be interrupted:"
    assert len(notes) == 14
    assert notes[-1] == "… and 2 more"
