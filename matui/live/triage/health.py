"""The rules about lists that cannot be read or are too old; the verdict of triage on one resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from matui.base.errors import AuthenticationError, MatuiError, NotFoundError, PermissionDeniedError
from matui.base.text.formatting import format_share
from matui.clouds.protocols import Cloud
from matui.live.poll.freshness import Freshness
from matui.live.triage.fetch_usage import (
    collect_sold_out_flavors,
    fetch_usage,
    iterate_detail_rows,
    iterate_flavor_rows,
    iterate_quotas,
    iterate_usage_rows,
)
from matui.live.triage.item import (
    Evidence,
    ListHealth,
    QuotaUse,
    TriageItem,
    Trouble,
    TroubleKind,
    Usage,
    Why,
)
from matui.live.triage.ranking import find_items, to_row
from matui.resources.kinds.triage import LISTS
from matui.resources.model import Phase, Resource, ResourceKey

_OLDEST_CADENCES = 20.0  # a hidden list is polled at a quarter of its pace, out of focus at a sixteenth
_LEAST_OLD_S = 120.0
_FAILING_OLD_S = 60.0
_MOST_NAMED = 2  # kinds in the name of a row; the id has all


class PolledList(NamedTuple):
    """A list as its poller has it: ``cadence_s`` is in seconds."""

    profile: str
    cloud: str
    kind: str
    freshness: Freshness
    cadence_s: float


def list_healths(lists: Iterable[PolledList]) -> Iterator[ListHealth]:
    """Yield the state of each list for the rules."""
    for each in lists:
        freshness = each.freshness
        read_at, started_at = (
            seconds * 1000 if seconds is not None else None
            for seconds in (freshness.fetched_at, freshness.started_at)
        )
        yield ListHealth(
            each.profile,
            each.kind,
            each.cloud,
            read_at,
            freshness.error,
            each.cadence_s,
            freshness.paused,
            started_at,
        )


def judge_health(health: ListHealth, evidence: Evidence) -> Trouble | None:
    """Return what is wrong with a list: it is refused, fails for long, or has not been read for long."""
    error = health.error
    if isinstance(error, AuthenticationError | PermissionDeniedError):
        return Trouble(TroubleKind.ACCESS, health.fetched_at, True, _quote(error), "errors")
    if health.paused or isinstance(error, NotFoundError):
        return None
    read_at = health.fetched_at if health.fetched_at is not None else health.opened_at
    if read_at is None:
        return None
    age_s = (evidence.now_ms - read_at) / 1000
    if error is not None:
        return (
            Trouble(TroubleKind.STALE, read_at, why=_quote(error), key="errors")
            if age_s > _FAILING_OLD_S
            else None
        )
    if health.fetched_at is None or age_s <= max(_LEAST_OLD_S, _OLDEST_CADENCES * health.cadence_s):
        return None
    return Trouble(
        TroubleKind.STALE, read_at, why=Why("the list has not been read since", "matui"), key="refresh"
    )


def evaluate_lists(healths: Iterable[ListHealth], evidence: Evidence) -> Iterator[TriageItem]:
    """Yield an item for each fault of a profile's lists; lists with the same fault are one item."""
    found: dict[tuple[str, TroubleKind, str], list[tuple[ListHealth, Trouble]]] = {}
    for health in healths:
        trouble = judge_health(health, evidence)
        if trouble is not None:
            words = trouble.why.text if trouble.why is not None else ""
            found.setdefault((health.profile, trouble.what, words), []).append((health, trouble))
    for same in found.values():
        health, _trouble = same[0]
        oldest = min((trouble for _health, trouble in same), key=lambda one: one.since or 0.0)
        kinds = ", ".join(one.kind for one, _trouble in same)
        name = f"{health.kind} and {len(same) - 1} more" if len(same) > _MOST_NAMED else kinds
        phase = Phase.FAILED if oldest.what is TroubleKind.ACCESS else Phase.UNKNOWN
        row = Resource(LISTS.id, kinds, name, oldest.what.value, phase, health.cloud, health.profile)
        if oldest.since is not None:  # rows of triage have times by the clocks of their clouds
            moved = evidence.clock_corrections.get(health.profile, 0.0)
            oldest = oldest._replace(since=oldest.since + moved)
        yield TriageItem(row, oldest)


def evaluate_quotas(quotas: Iterable[QuotaUse], evidence: Evidence) -> Iterator[TriageItem]:
    """Yield an item for each quota that is nearly used up."""
    for quota in quotas:
        if quota.limit <= 0 or 100 * quota.used / quota.limit < evidence.limits.full_percent:
            continue
        share = f"{format_share(quota.used, quota.limit, quota.unit)} of the quota in use"
        why = Why(f"{quota.name}: {share}" if quota.holder else share, "cloud")
        row = Resource(
            LISTS.id,
            f"quota {quota.name} of {quota.holder}" if quota.holder else f"quota {quota.name}",
            quota.holder or quota.name,
            TroubleKind.FULL.value,
            Phase.DEGRADED,
            quota.cloud,
            quota.profile,
        )
        yield TriageItem(row, Trouble(TroubleKind.FULL, why=why, key="why"))


def _quote(error: MatuiError) -> Why:
    return Why(error.sentence, "cloud")


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
