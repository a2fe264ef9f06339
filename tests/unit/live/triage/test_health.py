"""Lists that cannot be read or are old, and quotas, as items of triage."""

from __future__ import annotations

from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError, NotFoundError, PermissionDeniedError, TimedOutError
from matui.live.poll.loop import Loop, Timing
from matui.live.triage.health import PolledList, evaluate_lists, evaluate_quotas, judge_health, list_healths
from matui.live.triage.item import Evidence, ListHealth, QuotaUse, Thresholds, TroubleKind
from tests.unit.live.triage.samples import NOW, compute_ago

DENIED = PermissionDeniedError("You may not list services.")


def make_health(**fields: object) -> ListHealth:
    return ListHealth("p", "jobs", "modelarts", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (make_health(fetched_at=compute_ago(0)), None),
        (make_health(fetched_at=compute_ago(0), error=DENIED), TroubleKind.ACCESS),
        (make_health(error=AuthenticationError("The key is wrong.")), TroubleKind.ACCESS),
        (make_health(fetched_at=compute_ago(0.5), error=TimedOutError("No answer.")), None),
        (make_health(fetched_at=compute_ago(2), error=TimedOutError("No answer.")), TroubleKind.STALE),
        (make_health(opened_at=compute_ago(2), error=TimedOutError("No answer.")), TroubleKind.STALE),
        (make_health(error=TimedOutError("No answer.")), None),
        (make_health(fetched_at=compute_ago(3)), None),
        (make_health(fetched_at=compute_ago(4)), TroubleKind.STALE),
        (make_health(fetched_at=compute_ago(15), cadence_s=60.0), None),
        (make_health(fetched_at=compute_ago(60), paused=True), None),
        (make_health(fetched_at=compute_ago(60), error=NotFoundError("There is no such list.")), None),
        (make_health(opened_at=compute_ago(60)), None),
    ],
)
def test_a_list_in_trouble(given: ListHealth, what: TroubleKind | None) -> None:
    trouble = judge_health(given, Evidence(NOW))
    assert (trouble.what if trouble else None) is what


def test_lists_with_one_fault_are_one_item_of_their_profile() -> None:
    healths = [
        ListHealth("p", "jobs", "modelarts", compute_ago(0), DENIED),
        ListHealth("p", "services", "modelarts", compute_ago(0), DENIED),
        ListHealth("q", "jobs", "modelarts", compute_ago(0), DENIED),
        ListHealth("q", "pools", "modelarts", compute_ago(0)),
    ]
    items = list(evaluate_lists(healths, Evidence(NOW)))
    assert [(item.resource.profile, item.resource.name) for item in items] == [
        ("p", "jobs, services"),
        ("q", "jobs"),
    ]
    assert {item.trouble.key for item in items} == {"errors"}


def test_many_lists_with_one_fault_have_a_short_name() -> None:
    kinds = ("jobs", "services", "workspaces", "visualizations")
    (item,) = evaluate_lists(
        [ListHealth("p", kind, "modelarts", NOW, DENIED) for kind in kinds], Evidence(NOW)
    )
    assert (item.resource.name, item.resource.id) == ("jobs and 3 more", ", ".join(kinds))


@pytest.mark.parametrize(
    ("used", "limit", "full"), [(8, 10, False), (9, 10, True), (5, 0, False), (11, 10, True)]
)
def test_a_quota_that_is_nearly_used_up(used: float, limit: float, full: bool) -> None:
    items = list(evaluate_quotas([QuotaUse("p", "training cards", used, limit)], Evidence(NOW)))
    assert bool(items) is full


def test_the_threshold_of_quotas_is_a_setting() -> None:
    evidence = Evidence(NOW, Thresholds(full_percent=50))
    items = list(evaluate_quotas([QuotaUse("p", "training cards", 6, 10)], evidence))
    assert [item.trouble.why.text for item in items if item.trouble.why] == ["6 of 10 of the quota in use"]


def test_a_quota_of_a_workspace_has_its_name_and_names_the_quota_in_the_reason() -> None:
    long = "ExeML training duration on GPUs"
    (item,) = evaluate_quotas([QuotaUse("p", long, 9, 10, holder="old-trials")], Evidence(NOW))
    assert item.resource.name == "old-trials"
    assert item.trouble.why is not None
    assert item.trouble.why.text == f"{long}: 9 of 10 of the quota in use"


@pytest.mark.parametrize(
    ("used", "limit", "unit", "words"),
    [
        (4.1e6, 4.2e6, "MB", "3.9 TiB of 4.0 TiB of the quota in use"),
        (5712, 6000, "minute", "5712 of 6000 minutes of the quota in use"),
        (1.5e6, 1.5e6, "", "1.5M of 1.5M of the quota in use"),
    ],
)
def test_a_quota_has_its_unit(used: float, limit: float, unit: str, words: str) -> None:
    (item,) = evaluate_quotas([QuotaUse("p", "memory", used, limit, unit=unit)], Evidence(NOW))
    assert item.trouble.why is not None
    assert item.trouble.why.text == words


async def test_a_list_that_fails_from_the_start_is_as_old_as_its_poller() -> None:
    async def fail() -> None:
        raise TimedOutError("No answer.")

    clock = ManualClock()
    loop = Loop(fail, lambda: None, timing=Timing(clock, Random(1), 10.0))
    loop.start()
    await clock.advance(120)
    [health] = list_healths([PolledList("p", "modelarts", "jobs", loop.freshness, 10.0)])
    await loop.stop()
    trouble = judge_health(health, Evidence(clock.now() * 1000))
    assert trouble is not None
    assert trouble.what is TroubleKind.STALE
    assert trouble.since == (clock.now() - 120) * 1000
