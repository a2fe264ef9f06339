"""A wrong clock is reported once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import ServerFaultError
from matui.cli.context.warnings import RepeatedErrors, warn_about_clock
from matui.cli.main import run
from tests.unit.faults.fault_rig import HurriedClock, Site, serve_simulator


def test_an_error_is_written_once_until_it_has_been_quiet(capsys) -> None:
    clock = ManualClock()
    errors = RepeatedErrors(clock)
    for request in range(5):
        clock.jump(60)
        errors.report("Waiting.", ServerFaultError("It failed.", status=500, request_id=str(request)))
    assert capsys.readouterr().err.count("It failed.") == 1
    clock.jump(301)
    errors.report("Waiting.", ServerFaultError("It failed.", status=500))
    errors.report("Waiting.", ServerFaultError("It failed otherwise.", status=500))
    assert len(capsys.readouterr().err.splitlines()) == 2


NOW = 1_795_867_200.0  # seconds since the epoch
Matui = Callable[..., tuple[int, str, str]]


@pytest.fixture
def matui(monkeypatch, capsys, tmp_path) -> Matui:
    """Return what runs matui on a site, with waits that cost nothing."""
    monkeypatch.setattr("matui.base.clock.SystemClock", HurriedClock)
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))

    def call(site: Site, *arguments: str, **fields) -> tuple[int, str, str]:
        code = run(["--config", site.write(tmp_path, **fields), *arguments])
        return (code, *capsys.readouterr())

    return call


def test_a_wrong_clock_is_noted_once_however_many_profiles_show_it(capsys):
    async def several() -> None:
        skewed = SimpleNamespace(clock_offset_s=1200.0)
        async with warn_about_clock(skewed), warn_about_clock(skewed):
            pass

    for _run in range(2):
        asyncio.run(several())
        assert capsys.readouterr().err.count("clock") == 1


@pytest.mark.parametrize(("skew", "words"), [(1200, ["20m behind"]), (-1200, ["20m ahead of"]), (240, [])])
def test_a_wrong_clock_is_noted_although_the_cloud_answers(matui, monkeypatch, skew, words):
    monkeypatch.setattr(HurriedClock, "now", lambda _clock: NOW)
    fields = {"auth": "password", "connect_timeout": 600.0, "read_timeout": 600.0}
    with serve_simulator(f"skew:{skew}", now=lambda: NOW) as site:
        code, out, err = matui(site, "get", "nb", **fields)
        assert (code, bool(out)) == (0, True)
        assert err.splitlines() == [
            f"matui: This machine's clock is {far} the cloud's; set it right." for far in words
        ]
        code, _, err = matui(site, "describe", "nb", "no-such", **fields)
        assert (code, err.count("\n"), err.count("clock")) == (1, 1 + len(words), len(words))
