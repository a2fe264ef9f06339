"""Snapshots are taken on the same stage as the pilots, in a zone and folders of their own."""

from __future__ import annotations

import pytest

from tests.pilot.conftest import own_folders

__all__ = ["own_folders"]


@pytest.fixture(autouse=True)
def every_reason_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch all reasons of triage: which fit into the budget depends on the order of the first polls."""
    monkeypatch.setattr("matui.live.triage.fetch_queue.may_fetch", lambda _budget, _requests: True)
