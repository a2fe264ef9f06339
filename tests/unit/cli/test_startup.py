"""What makes the start faster can be switched off, and ends with the start."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from matui.cli import startup


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_collecting_is_put_off_while_starting_and_goes_on_at_work() -> None:
    startup.start_process()
    starting = gc.get_threshold()[0]
    startup.end_of_start()
    assert gc.get_threshold()[0] * 10 == starting
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_work_leaves_a_process_alone_that_was_not_started_so() -> None:
    before = gc.get_threshold()
    startup.end_of_start()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_each_measure_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gc.get_threshold()
    monkeypatch.setenv("MATUI_STARTUP_OFF", "gc,httpx")
    startup.start_process()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    assert not startup.is_on("httpx")
    assert startup.is_on("defer")


def test_httpx_that_is_loaded_already_stays_whole() -> None:
    modules: dict[str, object] = {"httpx._main": "loaded"}
    startup.skip_httpx_command_line(modules)
    assert modules == {"httpx._main": "loaded"}


def test_the_modules_that_are_deferred_exist() -> None:
    startup._load_deferred()
