"""The question before an action: what will happen to what, where, and the time to think again."""

from __future__ import annotations

import sys

from matui.cli.ask import ask
from matui.cli.output import note
from matui.clock import Clock
from matui.live.confirmation import accepts, phrase
from matui.live.guard import Plan, Target
from matui.live.outcome import subject
from matui.live.target_words import facts_of, shown_name
from matui.resources.columns import short_status
from matui.text import clean, short_duration

_MOST_SHOWN = 20


async def confirmed(plan: Plan, profile: str, clock: Clock) -> bool:
    """Show what the plan would do and return whether the user agrees; deletions want the name typed.

    After a yes it waits for the plan's countdown; ctrl+c then raises KeyboardInterrupt, and nothing was sent.
    """
    _show(plan, profile, clock)
    if not await _agreed(plan):
        return False
    if plan.countdown_s > 0:
        note(f"{plan.action.label} in {short_duration(plan.countdown_s)}; ctrl+c cancels.")
        await clock.sleep(plan.countdown_s)
    return True


async def _agreed(plan: Plan) -> bool:
    if not plan.typed:
        answer = await ask(f"{plan.action.label.capitalize()}? [y/N] ")
        return answer.strip().casefold() in ("y", "yes")
    return accepts(plan, await ask(f"Type {phrase(plan)} to confirm: "))


def _show(plan: Plan, profile: str, clock: Clock) -> None:
    targets = plan.ready
    of = [target.resource for target in targets]
    lines = [
        f"{plan.action.label.capitalize()} in profile {clean(profile)}. {plan.action.consequence_for(of)}"
    ]
    lines += [_line(target, clock.now() * 1000) for target in targets[:_MOST_SHOWN]]
    if len(targets) > _MOST_SHOWN:
        lines.append(f"  … and {len(targets) - _MOST_SHOWN} more")
    lines += [f"  not {shown_name(held.resource)}: {held.refusal}" for held in plan.targets if held.refusal]
    print("\n".join(lines), file=sys.stderr, flush=True)


def _line(target: Target, now_ms: float) -> str:
    resource = target.resource
    facts = [clean(subject(resource)), short_status(resource.status)]
    facts += facts_of(resource, now_ms)
    facts += [f'protected by "{target.protected}"'] if target.protected else []
    return "  " + "  ".join(facts)
