"""``matui get jobs`` filtered or sorted by what the logs of running jobs say."""

from __future__ import annotations

import json

import pytest

from matui.cli.main import run


def test_a_filter_on_the_loss_reads_the_logs_of_running_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "get", "jobs", "--filter", "loss>0 phase:running", "-o", "json"]) == 0
    items = json.loads(capsys.readouterr().out)["items"]
    assert items
    assert all(item["loss"] > 0 and item["step"] is not None for item in items)


def test_without_such_a_filter_no_log_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "get", "jobs", "--filter", "phase:running", "-o", "json"]) == 0
    assert {item["loss"] for item in json.loads(capsys.readouterr().out)["items"]} == {None}


def test_a_filter_that_finds_nothing_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "get", "jobs", "--filter", "loss>1000000", "-o", "name"]) == 0
    assert capsys.readouterr().out == ""
