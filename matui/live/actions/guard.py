"""Decides what may be done to which resource before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from matui.base.errors import UsageError
from matui.base.text.sanitize import clean
from matui.clouds.protocols import Acts, Cloud, Reads, explain_unsupported, has_capability, name_cloud
from matui.live.actions.policy import Policy
from matui.resources.columns import shorten_status
from matui.resources.kind import Action, Kind
from matui.resources.model import Phase, Resource, explain_unconfirmed

_LABELS = {"version_id": "version", "version_count": "number of versions"}
_CREATED_AGAIN = {"services": "released"}


class Target(NamedTuple):
    """A resource as it was when the plan was made; ``refusal`` is the reason why it is not acted on, or None.

    ``protected`` is the pattern that requires its name to be typed, ``""`` for none.
    """

    resource: Resource
    refusal: str | None
    protected: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One action on resources of one kind, in the order given, without duplicates.

    ``countdown_s`` is the time in seconds between confirmation and sending. ``options`` are what the action
    needs beyond its targets, ``notes`` what it will do, a line each, and ``touched`` the names of what it
    changes or interrupts, as read at ``briefed_at`` (monotonic seconds).
    """

    action: Action
    targets: tuple[Target, ...]
    countdown_s: float = 0.0
    options: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    briefed_at: float | None = None

    @property
    def ready(self) -> tuple[Target, ...]:
        """The targets without a refusal."""
        return tuple(target for target in self.targets if target.refusal is None)

    @property
    def protected(self) -> tuple[Target, ...]:
        """The ready targets that a rule protects."""
        return tuple(target for target in self.ready if target.protected)

    @property
    def typed(self) -> bool:
        """Whether something must be typed to confirm it."""
        return self.action.typed or bool(self.protected)


def require_action(kind: Kind, action_id: str) -> Action:
    """Return the action of the kind. Raises UsageError with those it has where there is none."""
    action = kind.find_action(action_id)
    if action is None:
        known = ", ".join(each.id for each in kind.actions)
        remedy = f"Known here: {known}." if known else "See what can be done with: matui help actions"
        raise UsageError(kind.explain_no_action(action_id), remedy=remedy)
    return action


def make_plan(
    cloud: Cloud, kind: Kind, action_id: str, resources: Sequence[Resource], *, policy: Policy, count: int = 0
) -> Plan:
    """Return the plan with each resource checked; ``count`` is the number acted on at once if it is greater.

    Raises UsageError when the kind has no such action.
    """
    action = require_action(kind, action_id)
    once = {resource.id: resource for resource in resources}.values()
    targets = tuple(_make_target(cloud, action, resource, policy) for resource in once)
    plan = Plan(action, targets, max(action.countdown_s, policy.get_countdown(action.id)))
    too_many = policy.explain_denial_for_count(cloud.profile, max(count, len(plan.ready)))
    return plan if too_many is None else refuse_all(plan, too_many)


def _make_target(cloud: Cloud, action: Action, resource: Resource, policy: Policy) -> Target:
    return Target(
        resource, explain_refusal(cloud, action, resource, policy=policy), policy.match_pattern(resource)
    )


def refuse_all(plan: Plan, reason: str) -> Plan:
    """Return the plan with every ready target refused for ``reason``."""
    targets = (target._replace(refusal=target.refusal or reason) for target in plan.targets)
    return replace(plan, targets=tuple(targets))


def protect_work(plan: Plan, profile: str, work: Mapping[str, Sequence[str]], policy: Policy) -> Plan:
    """Return the plan with the rules applied to the work that it interrupts.

    ``work`` holds the names and ids of what is interrupted, by the id of the target.
    """

    def check(target: Target) -> Target:
        names = work.get(target.resource.id, ())
        return target._replace(
            refusal=target.refusal or policy.explain_denial_for_work(profile, names),
            protected=target.protected or policy.find_pattern(names),
        )

    return replace(plan, targets=tuple(check(target) for target in plan.targets))


def explain_refusal(cloud: Cloud, action: Action, resource: Resource, *, policy: Policy) -> str | None:
    """Return why the action is not sent for the resource in its present state, or None."""
    unconfirmed = explain_unconfirmed(resource)
    if unconfirmed is not None:
        return unconfirmed
    by_rule = policy.explain_denial(cloud.profile, action.id) or policy.explain_denial_for(
        cloud.profile, resource
    )
    if by_rule is not None:
        return by_rule
    return explain_not_offered(cloud, resource.kind, action) or action.why_not(resource)


def explain_not_offered(cloud: Cloud, kind_id: str, action: Action) -> str | None:
    """Return why the cloud does not offer the action for any resource of the kind, or None."""
    if _offers(cloud, kind_id, action):
        return None
    reason = explain_unsupported(cloud, kind_id, action.id)
    return reason or f"{name_cloud(cloud)} offers no {action.id} for {kind_id}"


def list_offered_actions(cloud: Cloud, kind: Kind, *, policy: Policy) -> tuple[Action, ...]:
    """Return the kind's actions that the cloud offers and no rule forbids."""
    return tuple(
        action
        for action in kind.actions
        if policy.explain_denial(cloud.profile, action.id) is None and _offers(cloud, kind.id, action)
    )


def _offers(cloud: Cloud, kind_id: str, action: Action) -> bool:
    return has_capability(cloud, Reads) and has_capability(cloud, Acts) and cloud.offers(kind_id, action.id)


def find_change(planned: Resource, now: Resource, action: Action) -> str | None:
    """Return what changed since the plan was made and invalidates it, or None.

    What the action concerns is compared where both state it. A change of status within one known phase does
    not invalidate the plan while the action is allowed.
    """
    if planned.key != now.key:
        return f"the cloud answered with {now.id} instead"
    if planned.name and now.name and planned.name != now.name:
        return f"it was named {planned.name} and is now {now.name}"
    other = find_other_concern(planned, now, action)
    if other is not None:
        return other
    if planned.status == now.status:
        return action.why_not(now)
    progressed = planned.phase is now.phase and now.phase is not Phase.UNKNOWN
    if progressed and action.why_not(now) is None:
        return None
    return f"it went from {shorten_status(planned.status)} to {shorten_status(now.status)} meanwhile"


def find_other_concern(planned: Resource, now: Resource, action: Action) -> str | None:
    """Return what the action concerns that both state differently, or None."""
    found = (_find_other_value(planned, now, name) for name in action.concerns)
    return next((change for change in found if change is not None), None)


def _find_other_value(planned: Resource, now: Resource, name: str) -> str | None:
    if name == "created_at":
        is_same = None in (planned.created_at, now.created_at) or planned.created_at == now.created_at
        return None if is_same else f"it was {_CREATED_AGAIN.get(now.kind, 'created')} again meanwhile"
    before, after = planned.facts.get(name), now.facts.get(name)
    if before is None or after is None or before == after:
        return None
    return f"its {_LABELS.get(name, name)} was {clean(str(before))} and is now {clean(str(after))}"
