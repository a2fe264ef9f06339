"""The checks of the network that ``doctor`` does before any cloud is asked."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest

from matui.base.clock import ManualClock, SystemClock
from matui.clouds.doctor import Check, check_network
from matui.clouds.factory import examine
from matui.config.settings import Profile
from tests.unit.faults.odd_server import HANG, OddServer, serve

EMPTY = {"is_success": True, "job_total_count": 0, "jobs": [], "total_count": 0, "services": [], "count": 0}


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
async def test_entries_of_no_proxy_that_match_nothing_are_named_once(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "10.,a..com,.example.com, 10.0.0.1-10.0.0.9")
    (check,) = [check async for check in check_network((), ManualClock(), None)]
    assert (check.name, check.state) == ("NO_PROXY", "warn")
    assert check.found == "a..com, 10.0.0.1-10.0.0.9 match nothing."
    assert "10.0.0.0/8" in check.remedy
    monkeypatch.setenv(variable, "10.,.example.com")
    assert [check async for check in check_network((), ManualClock(), None)] == []


async def _examine(server: OddServer, read_timeout: float) -> list[Check]:
    settings = {
        "name": "p", "region": "cn-north-4", "project_id": "0123456789", "ak": "AK", "sk": "SK", "api": "v1",
        "endpoint": f"http://127.0.0.1:{server.port}", "read_timeout": read_timeout,
    }  # fmt: skip
    profile = Profile.model_validate(settings)
    return [check async for check in examine(profile, clock=SystemClock(), cache_dir=None)]


@pytest.mark.parametrize(
    "pair", [("", "instances"), ("training-jobs", "services")], ids=["network and lists", "lists"]
)
async def test_checks_that_do_not_depend_on_each_other_go_side_by_side(pair: tuple[str, str]) -> None:
    """The server answers neither request before it has both."""
    both = threading.Barrier(2, timeout=60)

    def answer(_method: str, path: str, _query: dict[str, str]) -> Any:
        if path.rpartition("/")[2] in pair:
            with suppress(threading.BrokenBarrierError):
                both.wait()
        return EMPTY

    with serve(answer) as server:
        await _examine(server, 60.0)
    assert not both.broken


@pytest.mark.slow
async def test_a_list_that_hangs_does_not_hide_the_others() -> None:
    def answer(_method: str, path: str, _query: dict[str, str]) -> Any:
        return HANG if path.endswith("/training-jobs") else EMPTY

    with serve(answer) as server:
        states = {check.name: check.state for check in await _examine(server, 1.5)}
    assert states["list jobs"] == "fail"
    assert states["list services"] == "ok"
