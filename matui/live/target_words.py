"""What a question before an action says of each thing it will hit. Pure."""

from __future__ import annotations

from matui.resources.columns import age
from matui.resources.model import Resource
from matui.text import reveal, short_duration

_LONGEST_NAME = 200


def shown_name(resource: Resource) -> str:
    """Return the name with nothing hidden in it, of a version with its job's; ``–`` where there is none."""
    name = reveal(resource.name) or "–"
    job = reveal(resource.text_fact("job_name")) if resource.kind == "versions" else ""
    words = f"{name} of {job}" if job else name
    return words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME]}… ({len(words):,} characters)"


def facts_of(resource: Resource, now_ms: float) -> list[str]:
    """Return whose it is and how long it has been running, as far as the cloud says."""
    facts = [f"owner {reveal(resource.owner)}"] if resource.owner else []
    if resource.duration_ms:
        did = "ran" if resource.phase.ended else "running"
        facts.append(f"{did} for {short_duration(resource.duration_ms / 1000)}")
    elif resource.created_at is not None:
        facts.append(f"age {age(resource.created_at, now_ms)}")
    return facts
