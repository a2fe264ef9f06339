"""The text that confirms an action, and whether a typed text confirms it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from matui.base.sanitize import make_visible
from matui.live.actions.guard import Plan, Target
from matui.resources.model import Resource

_LONGEST_TYPED = 64
_MARK = re.compile("<[0-9a-f]{2,5}>|[\u2400-\u2421]")  # stands for a character that cannot be typed


def required_phrase(plan: Plan) -> str:
    """Return what must be typed: the name of the one resource, its id where the name cannot be typed, or the
    action and the number of several.
    """
    ready = plan.ready
    if len(ready) != 1:
        return f"{plan.action.id} {len(ready)}"
    return _typeable_name(ready[0].resource)


def accepts(plan: Plan, typed: str) -> bool:
    """Whether ``typed`` confirms the plan: the phrase, or of a single resource the name or the id."""
    said, ready = typed.strip(), plan.ready
    if not said:
        return False
    return said == required_phrase(plan) or (len(ready) == 1 and said in _accepted_names(ready[0].resource))


def refuse_unnamed(plan: Plan, named: Collection[str]) -> Plan:
    """Return the plan for ``--yes``: protected targets that are not in ``named`` are refused."""
    targets = (target if _is_named(target, named) else _refuse_protected(target) for target in plan.targets)
    return replace(plan, targets=tuple(targets))


def _typeable_name(resource: Resource) -> str:
    name = resource.name
    can_be_typed = 0 < len(name) <= _LONGEST_TYPED and name == make_visible(name) and not _MARK.search(name)
    return name if can_be_typed else make_visible(resource.id)


def _accepted_names(resource: Resource) -> set[str]:
    said = {resource.name, make_visible(resource.name), resource.id, make_visible(resource.id)}
    return {name.strip() for name in said} - {""}


def _is_named(target: Target, named: Collection[str]) -> bool:
    if target.refusal is not None or not target.protected:
        return True
    return not _accepted_names(target.resource).isdisjoint(named)


def _refuse_protected(target: Target) -> Target:
    name = _typeable_name(target.resource)
    reason = (
        f'profile {target.resource.profile} protects "{target.protected}" (guard.protect), for which --yes is'
        f" not enough: name it with --confirm '{name}'"
    )
    return target._replace(refusal=reason)
