"""The checks of the network that ``doctor`` does before any cloud is asked."""

from __future__ import annotations

import pytest

from matui.base.clock import ManualClock
from matui.clouds.doctor import network_checks


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
async def test_entries_of_no_proxy_that_match_nothing_are_named_once(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "10.,a..com,.example.com, 10.0.0.1-10.0.0.9")
    (check,) = [check async for check in network_checks((), ManualClock(), None)]
    assert (check.name, check.state) == ("NO_PROXY", "warn")
    assert check.found == "a..com, 10.0.0.1-10.0.0.9 match nothing."
    assert "10.0.0.0/8" in check.remedy
    monkeypatch.setenv(variable, "10.,.example.com")
    assert [check async for check in network_checks((), ManualClock(), None)] == []
