"""Names and facts of the targets of an action, the text that confirms it, and what confirms. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from matui.base.text.formatting import format_duration, pluralize
from matui.base.text.sanitize import make_visible
from matui.live.actions.guard import Plan, Target
from matui.resources.columns import format_age_at
from matui.resources.model import Phase, Resource
from matui.resources.registry import get_kind

_AT_WORK = (Phase.RUNNING, Phase.DEGRADED)
_LOSES_WORK = ("jobs", "versions", "notebooks")  # what stopping them says holds for deleting them too
_LONGEST_NAME = 200
_OUTER = ("service", "pool")
_LONGEST_TYPED = 64
_MARK = re.compile("<[0-9a-f]{2,5}>|[\u2400-\u2421]")  # stands for a character that cannot be typed


def format_name(resource: Resource) -> str:
    """Return the name with control characters visible, for a version with its job's; ``–`` without a name."""
    name = make_visible(resource.name) or "–"
    job = make_visible(resource.get_text("job_name")) if resource.kind == "versions" else ""
    words = f"{name} of {job}" if job else name
    return words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME]}… ({len(words):,} characters)"


def list_facts(resource: Resource, now_ms: float) -> list[str]:
    """Return what it belongs to, the owner and the running time or age, where the cloud reports them."""
    outer = ((word, resource.get_text(f"{word}_name")) for word in _OUTER)
    facts = [f"{word} {make_visible(name)}" for word, name in outer if name and name != resource.name]
    facts += [f"owner {make_visible(resource.owner)}"] if resource.owner else []
    if resource.duration_ms:
        did = "ran" if resource.phase.ended else "running"
        facts.append(f"{did} for {format_duration(resource.duration_ms / 1000)}")
    elif resource.created_at is not None:
        facts.append(f"age {format_age_at(resource.created_at, now_ms)}")
    return facts


def format_subject(resource: Resource) -> str:
    """Return kind, name and id: ``notebook train (8a3f…)``."""
    return f"{get_kind(resource.kind).singular} {format_name(resource)} ({resource.id})"


def format_resource_count(kind_id: str, count: int) -> str:
    """Return a number of resources of a kind with its noun: ``1 node``, ``3 nodes``."""
    kind = get_kind(kind_id)
    return pluralize(count, kind.singular) if kind.id.endswith("s") else f"{count} {kind.singular}"


def describe_running(plan: Plan) -> str:
    """Return how many targets of a deletion are running and what is lost with that, ``""`` for none."""
    running = [target.resource for target in plan.ready if target.resource.phase in _AT_WORK]
    if not running or not plan.action.id.startswith("delete"):
        return ""
    total, count = len(plan.ready), len(running)
    some = f"{count} of them is" if count == 1 else f"{count} of them are"
    said = "It is" if total == 1 else f"All {total} are" if count == total else some
    stop = get_kind(running[0].kind).find_action("stop") if running[0].kind in _LOSES_WORK else None
    lost = f" {stop.describe_consequence(running)}" if stop is not None else ""
    return f"{said} running.{lost}"


def build_required_phrase(plan: Plan) -> str:
    """Return what must be typed: the name of the one resource, its id where the name cannot be typed, or the
    action and the number of several.
    """
    ready = plan.ready
    if len(ready) != 1:
        return f"{plan.action.id} {len(ready)}"
    return _find_typeable_name(ready[0].resource)


def accepts(plan: Plan, typed: str) -> bool:
    """Whether ``typed`` confirms the plan: the phrase, or of a single resource the name or the id."""
    said, ready = typed.strip(), plan.ready
    if not said:
        return False
    return said == build_required_phrase(plan) or (
        len(ready) == 1 and said in _list_accepted_names(ready[0].resource)
    )


def refuse_unnamed(plan: Plan, named: Collection[str]) -> Plan:
    """Return the plan for ``--yes``: protected targets that are not in ``named`` are refused."""
    targets = (target if _is_named(target, named) else _refuse_protected(target) for target in plan.targets)
    return replace(plan, targets=tuple(targets))


def _find_typeable_name(resource: Resource) -> str:
    name = resource.name
    can_be_typed = 0 < len(name) <= _LONGEST_TYPED and name == make_visible(name) and not _MARK.search(name)
    return name if can_be_typed else make_visible(resource.id)


def _list_accepted_names(resource: Resource) -> set[str]:
    said = {resource.name, make_visible(resource.name), resource.id, make_visible(resource.id)}
    return {name.strip() for name in said} - {""}


def _is_named(target: Target, named: Collection[str]) -> bool:
    if target.refusal is not None or not target.protected:
        return True
    return not _list_accepted_names(target.resource).isdisjoint(named)


def _refuse_protected(target: Target) -> Target:
    name = _find_typeable_name(target.resource)
    reason = (
        f'profile {target.resource.profile} protects "{target.protected}" (guard.protect), for which --yes is'
        f" not enough: name it with --confirm '{name}'"
    )
    return target._replace(refusal=reason)
