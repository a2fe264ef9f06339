"""What the commands print of the worst resources there are: nothing in it moves a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable

import pytest
import yaml

from matui.cli.main import run
from tests.unit.faults.fault_rig import serve_simulator

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
KINDS = ("nb", "jobs", "svc", "ws", "vis", "models", "pools", "configs")
Matui = Callable[..., str]


@pytest.fixture
def matui(monkeypatch, capsys, tmp_path):
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    with serve_simulator(hostile=True) as site:
        site.world.add_notebook("odd-id").override = {"id": "\x1b[31m/../\u202eid", "name": "\ud7ff\x9b2J"}
        file = site.write(tmp_path, read_timeout=20.0)

        def call(*arguments: str, code: int = 0) -> str:
            assert run(["--config", file, *arguments]) == code
            out, err = capsys.readouterr()
            for text in (out, err):
                assert not UNSAFE.search(text), UNSAFE.search(text)
            return out

        yield call


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_of_every_kind_is_harmless(matui: Matui, kind: str):
    for output in ("table", "wide", "name"):
        assert matui("get", kind, "-o", output)
    assert json.loads(matui("get", kind, "-o", "json"))["items"]
    assert all(json.loads(line) for line in matui("get", kind, "-o", "jsonl").splitlines())
    assert yaml.safe_load(matui("get", kind, "-o", "yaml"))["items"]


def test_a_description_of_every_hostile_row_is_harmless(matui: Matui):
    for kind in ("nb", "jobs"):
        items = json.loads(matui("get", kind, "-o", "json", "--filter", "hostile"))["items"]
        for item in items[:8]:
            for output in ("text", "json", "yaml"):
                assert matui("describe", kind, item["id"], "-o", output)


def test_a_log_on_a_terminal_and_an_error_about_a_hostile_name_are_harmless(matui: Matui, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    jobs = json.loads(matui("get", "jobs", "-o", "json"))["items"]
    log = next(job["id"] for job in jobs if "hostile-log" in job["name"])
    assert matui("logs", log)
    matui("describe", "nb", "\x1b[2J\u202e[/]", code=1)
