"""``matui get triage``: the reasons, and lists that are refused."""

from __future__ import annotations

import json
from dataclasses import replace


def items(line) -> list[dict]:
    return json.loads(line("get", "triage", "-o", "json").out)["items"]


def test_the_reason_of_the_row_is_shown(line):
    failed = next(one for one in line.cloud.rows.values() if one.phase.value == "failed")
    line.cloud.rows[failed.id] = replace(failed, facts={"failure": "disk full"})
    item = next(one for one in items(line) if one["id"] == failed.id)
    assert (item["why"], item["why_source"]) == ("disk full", "cloud")
    assert "disk full" in line("get", "triage").out
