"""Routes actions on several profiles: each resource goes to the executor of its profile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from matui.base.calls.send_gate import WaitMonitor
from matui.base.errors import RefusedError
from matui.live.actions.guard import Plan, Target, require_action
from matui.live.actions.outcome import Outcome
from matui.resources.kind import Kind
from matui.resources.model import Resource, ResourceKey


class PlansAndRuns(Protocol):
    """An executor of one profile."""

    def plan(self, kind: Kind, action_id: str, resources: Sequence[Resource]) -> Plan: ...
    async def brief(self, plan: Plan, options: Mapping[str, str]) -> Plan: ...
    async def run(
        self,
        plan: Plan,
        *,
        on_wait: Callable[[str], None],
        on_cancel: Callable[[Sequence[Outcome]], None],
    ) -> tuple[Outcome, ...]: ...


class RoutedExecutor:
    """Splits plans by profile and joins the outcomes.

    ``executor_of`` returns the executor of a profile by name and raises KeyError for one that is not open.
    """

    def __init__(self, executor_of: Callable[[str], PlansAndRuns]) -> None:
        self._executor_of = executor_of

    def plan(self, kind: Kind, action_id: str, resources: Sequence[Resource]) -> Plan:
        """Return the plan, each resource checked by the rules of its profile.

        The longest countdown holds for all. Raises UsageError when the kind has no such action.
        """
        action = require_action(kind, action_id)
        targets: dict[ResourceKey, Target] = {}
        countdown_s = 0.0
        for profile, own in group_by_profile(resources).items():
            plan = self._plan(profile, kind, action_id, own) or Plan(action, _refuse_not_open(profile, own))
            if plan.ready:
                countdown_s = max(countdown_s, plan.countdown_s)
            targets |= {target.resource.key: target for target in plan.targets}
        keys = dict.fromkeys(resource.key for resource in resources)
        return Plan(action, tuple(targets[key] for key in keys), countdown_s)

    async def brief(self, plan: Plan, options: Mapping[str, str]) -> Plan:
        """Return the plan with its options and with notes on what it will touch. Raises MatuiError."""
        notes: list[str] = []
        completed = dict(options)
        touched: list[str] = []
        briefed_at: list[float] = []
        targets = {target.resource.key: target for target in plan.targets}
        for profile, own in group_by_profile([target.resource for target in plan.ready]).items():
            part = replace(plan, targets=tuple(t for t in plan.targets if t.resource in own))
            briefed = await self._executor_of(profile).brief(part, options)
            targets |= {target.resource.key: target for target in briefed.targets}
            notes += briefed.notes
            completed |= briefed.options
            touched += briefed.touched
            briefed_at += [] if briefed.briefed_at is None else [briefed.briefed_at]
        return replace(
            plan,
            targets=tuple(targets.values()),
            options=completed,
            notes=tuple(notes),
            touched=tuple(touched),
            briefed_at=min(briefed_at, default=None),
        )

    def _plan(self, profile: str, kind: Kind, action_id: str, own: Sequence[Resource]) -> Plan | None:
        try:
            return self._executor_of(profile).plan(kind, action_id, own)
        except KeyError:
            return None

    async def run(
        self,
        plan: Plan,
        *,
        on_wait: Callable[[str], None] = lambda _reason: None,
        on_cancel: Callable[[Sequence[Outcome]], None] = lambda _outcomes: None,
    ) -> tuple[Outcome, ...]:
        """Execute the plan, profiles concurrently; one outcome a target, in the plan's order.

        Waits and a cancellation are reported as by ``Executor.run``, a cancellation once for each profile.
        """
        waits = WaitMonitor(on_wait, delayed=False)
        parts = group_by_profile([target.resource for target in plan.targets])
        done = await asyncio.gather(*(self._run(profile, plan, waits, on_cancel) for profile in parts))
        outcomes = {outcome.resource.key: outcome for part in done for outcome in part}
        return tuple(outcomes[target.resource.key] for target in plan.targets)

    async def _run(
        self,
        profile: str,
        plan: Plan,
        waits: WaitMonitor,
        on_cancel: Callable[[Sequence[Outcome]], None],
    ) -> tuple[Outcome, ...]:
        own = tuple(target for target in plan.targets if target.resource.profile == profile)
        try:
            executor = self._executor_of(profile)
        except KeyError:
            return tuple(_report_closed(target) for target in own)
        return await executor.run(replace(plan, targets=own), on_wait=waits.add(), on_cancel=on_cancel)


def group_by_profile(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    """Return the resources of each profile, profiles and resources in the order given."""
    parts: dict[str, list[Resource]] = {}
    for resource in resources:
        parts.setdefault(resource.profile, []).append(resource)
    return parts


def _refuse_not_open(profile: str, resources: Sequence[Resource]) -> tuple[Target, ...]:
    return tuple(Target(resource, f"profile {profile} is not open") for resource in resources)


def _report_closed(target: Target) -> Outcome:
    profile = target.resource.profile
    sentence = f"{target.resource.name}: nothing was sent, profile {profile} is not open any more."
    return Outcome(
        target.resource,
        "refused",
        sentence,
        RefusedError(sentence, remedy="Open it again with: :profile NAME"),
    )
