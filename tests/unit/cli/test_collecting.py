"""When garbage is collected."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from matui.cli import gc_tuning


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_collecting_is_put_off_while_starting_and_goes_on_at_work() -> None:
    gc_tuning.start()
    starting = gc.get_threshold()[0]
    gc_tuning.work()
    assert gc.get_threshold()[0] * 10 == starting
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_work_leaves_a_process_alone_that_was_not_started_so() -> None:
    before = gc.get_threshold()
    gc_tuning.work()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
