"""``matui report`` reads capsules by the settings of logs, as the console does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from matui.base import clock as clocks
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.manifest import LogPart, Manifest
from matui.resources.codec import encode_resource
from matui.resources.model import Phase

LOG = b"2025-11-02 ERROR harmless\n2025-11-02 14:00:10 lost the disk\n"


@pytest.fixture
def failed(line, monkeypatch, tmp_path):
    """Let a job fail, with a capsule of it."""
    monkeypatch.setattr(clocks.SystemClock, "now", lambda _self: line.clock.time)
    line("get", "jobs")
    job = replace(line.cloud.rows["10"], status="JOBSTAT_FAILED", phase=Phase.FAILED)
    line.cloud.rows["10"] = job
    line.clock.time += 60
    line("get", "jobs")
    logs = (LogPart("worker-0", "logs/000.log", 2, len(LOG)),)
    manifest = Manifest(
        "c1", int(line.clock.time * 1000), "prod", "modelarts", "r", "jobs", "10", "train", job.status, logs
    )
    entries = {"resource.json": json.dumps(encode_resource(job)).encode(), "logs/000.log": LOG}
    line.clock.time += 10
    CapsuleStore(tmp_path / "state" / "matui" / "capsules", limit_bytes=10**9).write(manifest, entries)
    return line


def read_why(answer) -> str:
    return json.loads(answer.out)["failed"][0]["why"]


def test_the_errors_of_the_config_file_count(failed, tmp_path, monkeypatch):
    assert read_why(failed("report", "-o", "json")).startswith("2025-11-02 ERROR harmless")
    config = tmp_path / "config.toml"
    config.write_text('[logs]\nerrors = ["lost the disk"]\nnot_errors = ["harmless"]\n')
    monkeypatch.setenv("MATUI_CONFIG", str(config))
    assert "lost the disk" in read_why(failed("report", "-o", "json"))


def test_the_demo_says_that_nothing_was_read(line):
    answer = line("--demo", "report")
    assert "0 open" not in answer.out
    assert "Nothing was read: watched 0% of the time." in answer.out
    assert ":report in the console reads them" in answer.err


def test_a_wrong_config_file_is_noted(failed, tmp_path, monkeypatch):
    config = tmp_path / "config.toml"
    config.write_text("[logs]\nerror = 1\n")
    monkeypatch.setenv("MATUI_CONFIG", str(config))
    answer = failed("report", "-o", "json")
    assert answer.code == 0
    assert "harmless" in read_why(answer)
    assert "Reasons are read without [logs] of the config file" in answer.err
