"""What may be done to which resource, decided before anything is sent.

What has to be typed before an action that a mere yes does not do for. Pure.

What a question before an action says of each thing it will hit. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from matui.base.errors import UsageError
from matui.base.sanitize import format_duration, make_visible
from matui.clouds.protocols import Acts, Cloud, ExplainsUnsupported, Reads
from matui.live.actions.policy import Rules
from matui.resources.columns import age, short_status
from matui.resources.kind import Action, Kind
from matui.resources.model import Phase, Resource


@dataclass(frozen=True, slots=True)
class Target:
    """A resource as it was when the plan was made; ``refusal`` says why it will not be acted on, or None.

    ``protected`` is the pattern that asks for its name to be typed, ``""`` when none does.
    """

    resource: Resource
    refusal: str | None
    protected: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One action on resources of one kind, in the order they were given, each once.

    ``countdown_s`` is the time in seconds between confirmation and sending.
    """

    action: Action
    targets: tuple[Target, ...]
    countdown_s: float = 0.0

    @property
    def ready(self) -> tuple[Target, ...]:
        """The targets that nothing forbids."""
        return tuple(target for target in self.targets if target.refusal is None)

    @property
    def protected(self) -> tuple[Target, ...]:
        """Those of them that a rule protects."""
        return tuple(target for target in self.ready if target.protected)

    @property
    def typed(self) -> bool:
        """Whether a mere yes does not do."""
        return self.action.typed or bool(self.protected)


def make_plan(
    cloud: Cloud, kind: Kind, action_id: str, resources: Sequence[Resource], *, rules: Rules, count: int = 0
) -> Plan:
    """Judge each resource; ``count`` is how many are acted on at once where it is more than these.

    Raises UsageError when the kind has no such action.
    """
    action = kind.action(action_id)
    if action is None:
        can = ", ".join(known.id for known in kind.actions) or "nothing"
        raise UsageError(
            f"There is no action {action_id!r} for {kind.id}.", remedy=f"What they can do: {can}."
        )
    once = {resource.id: resource for resource in resources}.values()
    targets = tuple(_judged(cloud, action, resource, rules) for resource in once)
    plan = Plan(action, targets, rules.countdown_of(action.id))
    too_many = rules.against_many(cloud.profile, max(count, len(plan.ready)))
    return plan if too_many is None else refused(plan, too_many)


def _judged(cloud: Cloud, action: Action, resource: Resource, rules: Rules) -> Target:
    return Target(resource, refusal(cloud, action, resource, rules=rules), rules.protection(resource))


def refused(plan: Plan, reason: str) -> Plan:
    """Return the plan with everything that was ready refused for one reason."""
    targets = (replace(target, refusal=target.refusal or reason) for target in plan.targets)
    return replace(plan, targets=tuple(targets))


def refusal(cloud: Cloud, action: Action, resource: Resource, *, rules: Rules) -> str | None:
    """Return why the action will not be sent for the resource as it is, or None."""
    by_rule = rules.against(cloud.profile, action.id) or rules.against_one(cloud.profile, resource)
    if by_rule is not None:
        return by_rule
    if not _offers(cloud, resource.kind, action):
        told = cloud.why_not(resource.kind, action.id) if isinstance(cloud, ExplainsUnsupported) else None
        return told or f"{cloud.name} offers no {action.id} for {resource.kind}"
    return action.why_not(resource)


def offered_actions(cloud: Cloud, kind: Kind, *, rules: Rules) -> tuple[Action, ...]:
    """Return the kind's actions that may be sent at all; ``refusal`` then decides for each resource."""
    return tuple(
        action
        for action in kind.actions
        if rules.against(cloud.profile, action.id) is None and _offers(cloud, kind.id, action)
    )


def _offers(cloud: Cloud, kind_id: str, action: Action) -> bool:
    return isinstance(cloud, Reads) and isinstance(cloud, Acts) and cloud.offers(kind_id, action.id)


def change_since(planned: Resource, now: Resource, action: Action) -> str | None:
    """Return in words what changed since the plan so that it no longer holds, or None.

    A change of status within one known phase is progress and holds while the action is still allowed.
    """
    if planned.key != now.key:
        return f"the cloud answered with {now.id} instead"
    if planned.name and now.name and planned.name != now.name:
        return f"it was named {planned.name} and is now {now.name}"
    if planned.status == now.status:
        return action.why_not(now)
    progressed = planned.phase is now.phase and now.phase is not Phase.UNKNOWN
    if progressed and action.why_not(now) is None:
        return None
    return f"it went from {short_status(planned.status)} to {short_status(now.status)} meanwhile"


_LONGEST_TYPED = 64
_MARK = re.compile("<[0-9a-f]{2,5}>|[\u2400-\u2421]")  # what stands for a character that cannot be typed


def phrase(plan: Plan) -> str:
    """Return what must be typed: the name of the one resource, its id where nobody can type the name, or
    the action and the number of several.
    """
    ready = plan.ready
    if len(ready) != 1:
        return f"{plan.action.id} {len(ready)}"
    return _phrase_of(ready[0].resource)


def accepts(plan: Plan, typed: str) -> bool:
    """Whether ``typed`` confirms the plan: the phrase, or of a single resource the name or the id."""
    said, ready = typed.strip(), plan.ready
    if not said:
        return False
    return said == phrase(plan) or (len(ready) == 1 and said in _names(ready[0].resource))


def without_unnamed(plan: Plan, named: Collection[str]) -> Plan:
    """Return the plan for a user who said yes beforehand: protected targets not ``named`` are refused."""
    targets = (target if _is_named(target, named) else _held(target) for target in plan.targets)
    return replace(plan, targets=tuple(targets))


def _phrase_of(resource: Resource) -> str:
    name = resource.name
    can_be_typed = 0 < len(name) <= _LONGEST_TYPED and name == make_visible(name) and not _MARK.search(name)
    return name if can_be_typed else make_visible(resource.id)


def _names(resource: Resource) -> set[str]:
    said = {resource.name, make_visible(resource.name), resource.id, make_visible(resource.id)}
    return {name.strip() for name in said} - {""}


def _is_named(target: Target, named: Collection[str]) -> bool:
    if target.refusal is not None or not target.protected:
        return True
    return not _names(target.resource).isdisjoint(named)


def _held(target: Target) -> Target:
    name = _phrase_of(target.resource)
    reason = (
        f'profile {target.resource.profile} protects "{target.protected}" (guard.protect), for which --yes is'
        f" not enough: name it with --confirm '{name}'"
    )
    return replace(target, refusal=reason)


_LONGEST_NAME = 200


def shown_name(resource: Resource) -> str:
    """Return the name with nothing hidden in it, of a version with its job's; ``–`` where there is none."""
    name = make_visible(resource.name) or "–"
    job = make_visible(resource.text_fact("job_name")) if resource.kind == "versions" else ""
    words = f"{name} of {job}" if job else name
    return words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME]}… ({len(words):,} characters)"


def facts_of(resource: Resource, now_ms: float) -> list[str]:
    """Return whose it is and how long it has been running, as far as the cloud says."""
    facts = [f"owner {make_visible(resource.owner)}"] if resource.owner else []
    if resource.duration_ms:
        did = "ran" if resource.phase.ended else "running"
        facts.append(f"{did} for {format_duration(resource.duration_ms / 1000)}")
    elif resource.created_at is not None:
        facts.append(f"age {age(resource.created_at, now_ms)}")
    return facts
