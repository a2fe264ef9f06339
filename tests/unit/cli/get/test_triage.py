"""``matui get triage``: the reasons, and lists that are refused."""

from __future__ import annotations

import json
from dataclasses import replace

from matui.base.errors import PermissionDeniedError
from matui.resources.detail import Gauge


def items(line) -> list[dict]:
    return json.loads(line("get", "triage", "-o", "json").out)["items"]


def test_the_reason_of_the_row_is_shown(line):
    failed = next(one for one in line.cloud.rows.values() if one.phase.value == "failed")
    line.cloud.rows[failed.id] = replace(failed, facts={"failure": "disk full"})
    item = next(one for one in items(line) if one["id"] == failed.id)
    assert (item["why"], item["why_source"]) == ("disk full", "cloud")
    assert "disk full" in line("get", "triage").out


def test_rows_whose_time_is_not_known_are_counted_and_the_exit_code_is_6(line):
    failed = next(
        one for one in line.cloud.rows.values() if one.phase.value == "failed" and one.kind == "jobs"
    )
    unknown = replace(failed, created_at=1, duration_ms=1, updated_at=None, facts={"version_count": 3})
    line.cloud.rows[failed.id] = unknown
    said = line("get", "jobs", "--filter", "ended<2h phase:failed", "-o", "name")
    assert said.code == 6
    assert "are left out: the time that the filter asks for is not known" in said.err


def test_a_quota_nearly_used_up_is_shown(line):
    async def quotas() -> tuple[Gauge, ...]:
        return (Gauge("Jobs", 490, 500),)

    line.cloud.quotas = quotas
    full = {one["name"]: one["why"] for one in items(line) if one["what"] == "full"}
    assert full == {"Jobs": "490 of 500 of the quota in use"}


def test_a_quota_that_cannot_be_read_stops_nothing(line):
    async def quotas() -> tuple[Gauge, ...]:
        raise PermissionDeniedError("You may not read quotas.")

    line.cloud.quotas = quotas
    assert items(line)
