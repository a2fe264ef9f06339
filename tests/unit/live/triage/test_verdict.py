"""One resource is judged as triage judges it, by what is read of it alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from matui.base.errors import TimedOutError
from matui.live.triage import health
from matui.live.triage.health import judge_one
from matui.live.triage.item import Evidence, QuotaUse, Usage
from matui.resources.model import Phase, Resource
from tests.unit.live.triage.samples import NOW, make_row


def judge(monkeypatch: Any, resource: Resource, usage: Usage | Exception) -> Resource:
    async def fetch(_cloud: object, _row: Resource) -> Usage:
        if isinstance(usage, Exception):
            raise usage
        return usage

    monkeypatch.setattr(health, "fetch_usage", fetch)
    monkeypatch.setattr(health, "_list_rows_to_read", lambda _cloud, one: [one])
    monkeypatch.setattr(health, "iterate_detail_rows", lambda *_: ())
    return asyncio.run(judge_one(None, resource, Evidence(NOW)))  # type: ignore[arg-type]


def test_a_pool_that_is_nearly_full_is_said_to_be(monkeypatch: Any) -> None:
    pool = make_row("running", Phase.RUNNING, kind="pools", gpu=1, cards=2)
    judged = judge(monkeypatch, pool, Usage(cards=(95.0, 100.0)))
    assert (judged.get_text("what"), judged.get_text("why")) == ("full", "95 of 100 cards in use (95%)")
    assert judge(monkeypatch, pool, Usage(cards=(5.0, 100.0))) == pool


def test_the_quota_of_a_workspace_is_its_own(monkeypatch: Any) -> None:
    quota = QuotaUse("p", "GPUs", 95, 100, "modelarts", holder="workspaces-1")
    workspace = make_row("NORMAL", Phase.RUNNING, kind="workspaces")
    judged = judge(monkeypatch, workspace, Usage(quotas=(quota,)))
    assert judged.get_text("what") == "full"
    assert judged.get_text("why").startswith("GPUs: 95 of 100")
    assert replace(judged, facts={}) == replace(workspace, facts={})


def test_what_cannot_be_read_is_not_judged(monkeypatch: Any) -> None:
    pool = make_row("running", Phase.RUNNING, kind="pools", gpu=1, cards=2)
    assert judge(monkeypatch, pool, TimedOutError("x")) == pool
