"""The merged log where one of its files cannot be read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matui.base.errors import UnreachableError
from matui.base.log_lines.times import TimestampParser
from matui.console.logs.files import MergedFiles
from matui.live.logs.line_store import LogStore
from matui.live.logs.page_store import PageRef
from matui.live.logs.tail import TailState
from matui.live.poll.freshness import Freshness

FAILED = Freshness(error=UnreachableError("no connection"))


class Stage:
    """Two files of an ended job: ``a`` has been read, ``b`` has failed."""

    def __init__(self) -> None:
        stores = {name: LogStore(1000) for name in "ab"}
        stores["a"].append(["2026-11-28 12:00:00 one", "2026-11-28 12:00:01 RuntimeError: x"], PageRef("x"))
        tails = {
            name: SimpleNamespace(store=store, caught_up_at=float("-inf")) for name, store in stores.items()
        }
        states = {
            "a": TailState("drained", at_top=True, loading_older=False, freshness=Freshness()),
            "b": TailState("opening", at_top=False, loading_older=False, freshness=FAILED),
        }
        self.logs: Any = SimpleNamespace(tails=tails, states=states, job_ended=True)
        self.merged = MergedFiles(self.logs, ("a", "b"), TimestampParser())

    def recover(self) -> None:
        self.logs.tails["b"].store.append(["2026-11-28 11:59:00 zero"], PageRef("x"))
        self.logs.states["b"] = TailState("drained", at_top=True, loading_older=False, freshness=Freshness())

    @property
    def texts(self) -> list[str]:
        log = self.merged.log
        return log.list_texts(log.first, log.end)


def test_a_file_that_cannot_be_read_is_waited_for_ten_seconds() -> None:
    stage = Stage()
    for now in (0.0, 9.0):
        stage.merged.step(now)
        assert stage.texts == []
    assert stage.merged.describe_held_back(9.0) == "2 lines wait for b"
    stage.merged.step(10.0)
    assert [text[20:] for text in stage.texts] == ["one", "RuntimeError: x"]
    assert stage.merged.describe_held_back(10.0) == "without b"


@pytest.mark.parametrize("after_s", [5.0, 15.0])
def test_its_lines_are_merged_once_it_can_be_read(after_s: float) -> None:
    stage = Stage()
    for now in range(0, int(after_s), 5):
        stage.merged.step(float(now))
    stage.recover()
    stage.merged.step(after_s)
    assert sorted(text[20:] for text in stage.texts) == ["RuntimeError: x", "one", "zero"]
    assert stage.merged.describe_held_back(after_s) == ""
