"""The question before an action: what will happen to what, where."""

from __future__ import annotations

import sys

from matui.cli.ask import ask
from matui.live.guard import Plan
from matui.live.outcome import subject
from matui.resources.columns import short_status
from matui.resources.model import Resource
from matui.text import clean

_MOST_SHOWN = 20


async def confirmed(plan: Plan, profile: str) -> bool:
    """Show what the plan would do and return whether the user agrees; deletions want the name typed."""
    resources = [target.resource for target in plan.ready]
    _show(plan, resources, profile)
    if not plan.action.typed:
        answer = await ask(f"{plan.action.label.capitalize()}? [y/N] ")
        return answer.strip().casefold() in ("y", "yes")
    phrase = phrase_for(plan, resources)
    return (await ask(f"Type {phrase} to confirm: ")).strip() == phrase


def phrase_for(plan: Plan, resources: list[Resource]) -> str:
    """Return what must be typed: the name of the one resource, or the action and the number of several."""
    if len(resources) == 1:
        return clean(resources[0].name.strip() or resources[0].id)
    return f"{plan.action.id} {len(resources)}"


def _show(plan: Plan, resources: list[Resource], profile: str) -> None:
    lines = [f"{plan.action.label.capitalize()} in profile {clean(profile)}. {plan.action.consequence}"]
    lines += [
        f"  {clean(subject(resource))}  {short_status(resource.status)}"
        + (f"  owner {resource.owner}" if resource.owner else "")
        for resource in resources[:_MOST_SHOWN]
    ]
    if len(resources) > _MOST_SHOWN:
        lines.append(f"  … and {len(resources) - _MOST_SHOWN} more")
    print("\n".join(lines), file=sys.stderr, flush=True)
