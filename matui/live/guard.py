"""What may be done to which resource, decided before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matui.clouds.port import Acts, Cloud, Reads
from matui.errors import UsageError
from matui.resources.columns import short_status
from matui.resources.kind import Action, Kind
from matui.resources.model import Phase, Resource


@dataclass(frozen=True, slots=True)
class Target:
    """A resource as it was when the plan was made; ``refusal`` says why it will not be acted on, or None."""

    resource: Resource
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """One action on resources of one kind, in the order they were given, each once."""

    action: Action
    targets: tuple[Target, ...]

    @property
    def ready(self) -> tuple[Target, ...]:
        """The targets that nothing forbids."""
        return tuple(target for target in self.targets if target.refusal is None)


def make_plan(
    cloud: Cloud, kind: Kind, action_id: str, resources: Sequence[Resource], *, read_only: bool
) -> Plan:
    """Judge each resource. Raises UsageError when the kind has no such action."""
    action = kind.action(action_id)
    if action is None:
        can = ", ".join(known.id for known in kind.actions) or "nothing"
        raise UsageError(
            f"There is no action {action_id!r} for {kind.id}.", remedy=f"What they can do: {can}."
        )
    once = {resource.id: resource for resource in resources}.values()
    return Plan(action, tuple(Target(r, refusal(cloud, action, r, read_only=read_only)) for r in once))


def refusal(cloud: Cloud, action: Action, resource: Resource, *, read_only: bool) -> str | None:
    """Return why the action will not be sent for the resource as it is, or None."""
    if read_only:
        return f"profile {cloud.profile} is read-only here"
    if not _offers(cloud, resource.kind, action):
        return f"{cloud.name} offers no {action.id} for {resource.kind}"
    return action.why_not(resource)


def offered_actions(cloud: Cloud, kind: Kind, *, read_only: bool = False) -> tuple[Action, ...]:
    """Return the kind's actions that may be sent at all; ``why_not`` then decides for each resource."""
    return () if read_only else tuple(action for action in kind.actions if _offers(cloud, kind.id, action))


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
