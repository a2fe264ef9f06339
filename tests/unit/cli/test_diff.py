"""``matui diff``: two versions side by side, as text and as JSON; a job with its last good version."""

from __future__ import annotations

import json

import pytest

from matui.cli.main import run

JOB = "resnet50-imagenet-8p"


def list_versions(capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert run(["--demo", "get", "jobs", JOB, "--versions", "-o", "json"]) == 0
    return [item["id"] for item in json.loads(capsys.readouterr().out)["items"]]


@pytest.mark.slow
def test_two_versions_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    newest, before, *_others = list_versions(capsys)
    assert run(["--demo", "diff", "jobs", newest, before, "-o", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert (tree["a"]["id"], tree["b"]["id"]) == (newest, before)
    assert "parameter.learning_rate" in [one["path"] for one in tree["differs"]]
    assert tree["equal"] > 10
    loss = next(one for one in tree["series"] if one["name"] == "loss")
    assert len(loss["a"]) > 50
    assert len(loss["b"]) > 50


@pytest.mark.slow
def test_a_job_alone_is_compared_with_its_last_good_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "diff", "jobs", JOB]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Compared"
    assert [line.split()[0] for line in out[1:4]] == ["name", "id", "status"]
    assert "COMPLETED" in out[3]


def test_what_has_no_versions_needs_a_second_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "diff", "svc", "asr-streaming"]) == 1
    assert "Only a job has runs" in capsys.readouterr().err
    assert run(["--demo", "diff", "svc", "asr-streaming", "helmet-detector"]) == 0
    assert "Settings: " in capsys.readouterr().out
