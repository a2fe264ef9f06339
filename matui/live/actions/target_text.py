"""Names and facts of a resource for questions and reports about actions. Pure."""

from __future__ import annotations

from matui.base.formatting import format_duration, pluralize
from matui.base.sanitize import make_visible
from matui.live.actions.guard import Plan
from matui.resources.columns import age
from matui.resources.model import Phase, Resource
from matui.resources.registry import kind_by_id

_AT_WORK = (Phase.RUNNING, Phase.DEGRADED)
_LOSES_WORK = ("jobs", "versions", "notebooks")  # what stopping them says holds for deleting them too
_LONGEST_NAME = 200
_OUTER = ("service", "pool")


def format_name(resource: Resource) -> str:
    """Return the name with control characters visible, for a version with its job's; ``–`` without a name."""
    name = make_visible(resource.name) or "–"
    job = make_visible(resource.text_fact("job_name")) if resource.kind == "versions" else ""
    words = f"{name} of {job}" if job else name
    return words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME]}… ({len(words):,} characters)"


def list_facts(resource: Resource, now_ms: float) -> list[str]:
    """Return what it belongs to, the owner and the running time or age, where the cloud reports them."""
    outer = ((word, resource.text_fact(f"{word}_name")) for word in _OUTER)
    facts = [f"{word} {make_visible(name)}" for word, name in outer if name and name != resource.name]
    facts += [f"owner {make_visible(resource.owner)}"] if resource.owner else []
    if resource.duration_ms:
        did = "ran" if resource.phase.ended else "running"
        facts.append(f"{did} for {format_duration(resource.duration_ms / 1000)}")
    elif resource.created_at is not None:
        facts.append(f"age {age(resource.created_at, now_ms)}")
    return facts


def format_subject(resource: Resource) -> str:
    """Return kind, name and id: ``notebook train (8a3f…)``."""
    return f"{kind_by_id(resource.kind).singular} {format_name(resource)} ({resource.id})"


def count_resources(kind_id: str, count: int) -> str:
    """Return a number of resources of a kind with its noun: ``1 node``, ``3 nodes``."""
    kind = kind_by_id(kind_id)
    return pluralize(count, kind.singular) if kind.id.endswith("s") else f"{count} {kind.singular}"


def describe_running(plan: Plan) -> str:
    """Return how many targets of a deletion are running and what is lost with that, ``""`` for none."""
    running = [target.resource for target in plan.ready if target.resource.phase in _AT_WORK]
    if not running or not plan.action.id.startswith("delete"):
        return ""
    total, count = len(plan.ready), len(running)
    some = f"{count} of them is" if count == 1 else f"{count} of them are"
    said = "It is" if total == 1 else f"All {total} are" if count == total else some
    stop = kind_by_id(running[0].kind).action("stop") if running[0].kind in _LOSES_WORK else None
    lost = f" {stop.consequence_for(running)}" if stop is not None else ""
    return f"{said} running.{lost}"
