"""The demo's profiles."""

from __future__ import annotations

import json

from matui.cli.main import run
from tests.unit.cli.test_peer_clouds import served

__all__ = ["served"]


def test_the_demo_has_a_profile_of_each_cloud(capsys) -> None:
    assert run(["--demo", "--all-profiles", "get", "jobs", "-o", "json"]) == 0
    clouds = {item["cloud"] for item in json.loads(capsys.readouterr().out)["items"]}
    assert clouds == {"modelarts", "qianfan", "opensearch"}
    assert run(["--demo", "--all-profiles", "doctor"]) == 0
    assert "demo-qianfan: qianfan" in capsys.readouterr().out
    assert run(["--demo", "-p", "prod", "get", "jobs"]) == 2
    assert "demo-qianfan" in capsys.readouterr().err
