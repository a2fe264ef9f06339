"""Qianfan and OpenSearch from the command line, over a socket, by the profiles ``matui sim`` prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matui.base.clock import SystemClock
from matui.cli.main import run
from matui.cli.sim import format_peer_profiles, format_profiles
from matui.sim.app import SimApp, build_app
from matui.sim.server.auth import SimAuth
from tests.seeded_world import build_world
from tests.threaded_sim import ThreadedSim
from tests.unit.cli.conftest import Said

Matui = Callable[..., Said]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[SimApp, str]]:
    world = build_world(clock=SystemClock(), speed=600)
    auth = SimAuth.demo()
    app = build_app(world, auth=auth)
    assert isinstance(app, SimApp)
    with ThreadedSim(app) as sim:
        peers = format_peer_profiles(sim.url, app.peers)
        yield app, format_profiles(sim.url, auth.keys, world.project_id, peers)


@pytest.fixture
def matui(served, tmp_path: Path, monkeypatch, capsys) -> Matui:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "sim.toml"
    file.touch(0o600)
    file.write_text(f"{served[1]}\n[refresh]\njobs = 1\n")

    def command(profile: str, *arguments: str) -> Said:
        code = run(["--config", str(file), "-p", profile, *arguments])
        return Said(code, *capsys.readouterr())

    return command


@pytest.mark.parametrize(("profile", "cloud", "count"), [("qf", "qianfan", 8), ("os", "opensearch", 5)])
def test_get_lists_the_jobs_of_each_cloud(matui: Matui, profile: str, cloud: str, count: int) -> None:
    tree = json.loads(matui(profile, "get", "jobs", "-o", "json").out)
    assert len(tree["items"]) == count
    assert tree["profile"] == profile
    actions = {action for item in tree["items"] for action in item["actions"]}
    assert actions == ({"stop", "delete"} if profile == "qf" else {"start", "delete"})
    assert cloud in matui(profile, "doctor").out


def test_doctor_finds_everything_in_order(matui: Matui) -> None:
    for profile in ("qf", "os"):
        said = matui(profile, "doctor")
        assert said.code == 0
        assert "✓ list jobs" in said.out
        assert "✗" not in said.out


def test_doctor_names_what_is_missing(matui: Matui, served) -> None:
    keys = served[0].peers.qianfan.keys
    kept = dict(keys)
    try:
        keys.clear()
        said = matui("qf", "doctor")
    finally:
        keys.update(kept)
    assert said.code == 3
    assert "InvalidAccessKeyId" in said.out


def test_qianfan_describe_stop_wait_and_delete(matui: Matui, served) -> None:
    now, year_ms = served[0].world.tick(), 365 * 86_400_000  # it runs for as long as the test may take
    made = served[0].peers.qianfan.add_job("headless", "Running", began=now - 2 * year_ms, now=now + year_ms)
    text = matui("qf", "describe", "job", "headless").out
    assert made.tasks[0].id in text
    assert "VisualDL" in text
    assert matui("qf", "delete", "job", "headless", "--yes").code == 1
    assert matui("qf", "stop", "job", "headless", "--yes").code == 0
    assert matui("qf", "wait", "job", "headless", "--for", "Stopped", "--timeout", "10m").code == 0
    assert matui("qf", "delete", "job", f"{made.id}/{made.tasks[0].id}", "--yes").code == 0
    assert matui("qf", "delete", "job", "headless", "--yes").code == 0
    assert matui("qf", "describe", "job", "headless").code == 1


@pytest.mark.slow
def test_opensearch_trains_waits_and_says_why_it_does_not_stop(matui: Matui, served) -> None:
    world = served[0].world
    served[0].peers.opensearch.add_instance("ctr", "headless", now=world.tick())
    assert "untrained" in matui("os", "describe", "job", "headless").out
    assert matui("os", "start", "job", "headless", "--yes").code == 0
    refused = matui("os", "stop", "job", "headless", "--yes")
    assert refused.code == 1
    assert "OpenSearch has no stop for a running task" in refused.err
    assert matui("os", "wait", "job", "headless", "--for", "done", "--timeout", "10m").code == 0
    assert matui("os", "delete", "job", "ctr/headless/1", "--yes").code == 0
    assert matui("os", "delete", "job", "headless", "--yes").code == 0
    assert matui("os", "describe", "job", "headless").code == 1


def test_what_a_cloud_has_not_is_said(matui: Matui) -> None:
    for profile in ("qf", "os"):
        for arguments in (
            ("get", "notebooks"),
            ("logs", "intent-router-sft" if profile == "qf" else "ctr_new"),
        ):
            said = matui(profile, *arguments)
            assert said.code == 1
            assert said.err.count("\n") == 1
