"""Names and facts of a resource for questions and reports about actions. Pure."""

from __future__ import annotations

from matui.base.formatting import format_duration
from matui.base.sanitize import make_visible
from matui.resources.columns import age
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

_LONGEST_NAME = 200


def format_name(resource: Resource) -> str:
    """Return the name with control characters visible, for a version with its job's; ``–`` without a name."""
    name = make_visible(resource.name) or "–"
    job = make_visible(resource.text_fact("job_name")) if resource.kind == "versions" else ""
    words = f"{name} of {job}" if job else name
    return words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME]}… ({len(words):,} characters)"


def list_facts(resource: Resource, now_ms: float) -> list[str]:
    """Return the owner and the running time or age, where the cloud reports them."""
    facts = [f"owner {make_visible(resource.owner)}"] if resource.owner else []
    if resource.duration_ms:
        did = "ran" if resource.phase.ended else "running"
        facts.append(f"{did} for {format_duration(resource.duration_ms / 1000)}")
    elif resource.created_at is not None:
        facts.append(f"age {age(resource.created_at, now_ms)}")
    return facts


def format_subject(resource: Resource) -> str:
    """Return kind, name and id: ``notebook train (8a3f…)``."""
    return f"{kind_by_id(resource.kind).singular} {format_name(resource)} ({resource.id})"
