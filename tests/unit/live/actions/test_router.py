"""One plan over several profiles: each keeps its own rules, and the order is that of the marks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from matui.base.errors import UsageError
from matui.live.actions.guard import Plan, Target
from matui.live.actions.outcome import Outcome
from matui.live.actions.router import RoutedExecutor
from matui.resources.kind import Kind
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource


def make_job(profile: str, ident: str) -> Resource:
    return Resource(
        "jobs", ident, f"{profile}-{ident}", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", profile
    )


class FakeExecutor:
    """An executor of one profile that refuses everything or nothing."""

    def __init__(self, *, refusal: str | None = None, countdown_s: float = 0.0) -> None:
        self.refusal, self.countdown_s = refusal, countdown_s
        self.ran: list[str] = []

    def plan(self, kind: Kind, action_id: str, resources: Sequence[Resource]) -> Plan:
        action = kind.find_action(action_id)
        assert action is not None
        return Plan(action, tuple(Target(one, self.refusal) for one in resources), self.countdown_s)

    async def run(self, plan: Plan, **_reports: object) -> tuple[Outcome, ...]:
        self.ran += [target.resource.id for target in plan.ready]
        return tuple(
            Outcome(target.resource, "refused" if target.refusal else "done", "said")
            for target in plan.targets
        )


async def test_each_profile_judges_and_runs_its_own_in_the_order_of_the_marks() -> None:
    executors = {
        "lab": FakeExecutor(countdown_s=2),
        "prod": FakeExecutor(refusal="profile prod is read-only here", countdown_s=9),
    }
    routed = RoutedExecutor(executors.__getitem__)
    marks = [make_job("lab", "1"), make_job("prod", "1"), make_job("lab", "2")]
    plan = routed.plan(JOBS, "stop", marks)
    assert [target.resource.key for target in plan.targets] == [mark.key for mark in marks]
    assert [target.refusal is None for target in plan.targets] == [True, False, True]
    outcomes = await routed.run(plan)
    assert [outcome.resource.key for outcome in outcomes] == [mark.key for mark in marks]
    assert [outcome.result for outcome in outcomes] == ["done", "refused", "done"]
    assert (executors["lab"].ran, executors["prod"].ran) == (["1", "2"], [])


def test_the_longest_countdown_of_those_that_are_sent_holds() -> None:
    executors = {
        "a": FakeExecutor(countdown_s=3),
        "b": FakeExecutor(countdown_s=7),
        "c": FakeExecutor(refusal="no", countdown_s=60),
    }
    plan = RoutedExecutor(executors.__getitem__).plan(JOBS, "delete", [make_job(name, "1") for name in "abc"])
    assert plan.countdown_s == 7


async def test_a_profile_that_was_closed_meanwhile_sends_nothing() -> None:
    executors = {"a": FakeExecutor(), "b": FakeExecutor()}
    routed = RoutedExecutor(executors.__getitem__)
    plan = routed.plan(JOBS, "stop", [make_job("a", "1"), make_job("b", "1")])
    del executors["b"]
    outcomes = await routed.run(plan)
    assert [outcome.result for outcome in outcomes] == ["done", "refused"]
    assert "b is not open" in outcomes[1].sentence
    assert routed.plan(JOBS, "stop", [make_job("b", "1")]).targets[0].refusal == "profile b is not open"


def test_an_unknown_action_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        RoutedExecutor({}.__getitem__).plan(JOBS, "fly", [make_job("a", "1")])
