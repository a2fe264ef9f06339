"""Judges one resource as triage does, for the why card of a row that triage has not shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from matui.base.errors import MatuiError
from matui.clouds.protocols import Cloud
from matui.live.triage.evidence import Evidence, Usage
from matui.live.triage.fetch_usage import (
    collect_sold_out_flavors,
    fetch_usage,
    iterate_detail_rows,
    iterate_flavor_rows,
    iterate_quotas,
    iterate_usage_rows,
)
from matui.live.triage.health import evaluate_quotas
from matui.live.triage.ranking import find_items, to_row
from matui.resources.model import Resource, ResourceKey


async def judge_one(cloud: Cloud, row: Resource, evidence: Evidence) -> Resource:
    """Return the row with the facts that triage shows of it; unchanged where nothing is wrong with it.

    Reads what no list states: the cards of a pool, the quotas of a workspace, the flavor of what waits. What
    cannot be read is not judged.
    """
    usages = dict(evidence.usages)
    await _read(cloud, _list_rows_to_read(cloud, row), usages)
    sold_out = {**evidence.sold_out, **collect_sold_out_flavors(usages)}
    await _read(cloud, iterate_detail_rows(cloud, [row], sold_out.get(row.profile, frozenset())), usages)
    evidence = replace(evidence, usages=usages, sold_out=sold_out)
    own = iterate_quotas({key: usage for key, usage in usages.items() if key == row.key})
    found = [*find_items([row], evidence), *evaluate_quotas(own, evidence)]
    return replace(row, facts={**row.facts, **to_row(found[0]).facts}) if found else row


def _list_rows_to_read(cloud: Cloud, row: Resource) -> Iterator[Resource]:
    workspaces = [row] if row.kind == "workspaces" else []
    pools = [row] if row.kind == "pools" else []
    yield from (one for one in iterate_usage_rows(cloud, workspaces, pools) if one.key == row.key)
    yield from iterate_flavor_rows(cloud, [row])


async def _read(cloud: Cloud, rows: Iterable[Resource], usages: dict[ResourceKey, Usage]) -> None:
    for one in rows:
        if one.key in usages:
            continue
        try:
            usages[one.key] = await fetch_usage(cloud, one)
        except MatuiError:
            continue  # the part of the card that needs it says why
