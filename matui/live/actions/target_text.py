"""Names and facts of a resource for questions and reports about actions. Pure."""

from __future__ import annotations

from matui.base.formatting import format_duration
from matui.base.sanitize import make_visible
from matui.resources.columns import age
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

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


def subject(resource: Resource) -> str:
    """Name a resource so that it cannot be mistaken: ``notebook train (8a3f…)``."""
    return f"{kind_by_id(resource.kind).singular} {shown_name(resource)} ({resource.id})"
