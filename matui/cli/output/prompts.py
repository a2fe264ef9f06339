"""Questions on a terminal, and the one before an action, with the countdown after a yes."""

from __future__ import annotations

import asyncio
import os
import sys

from matui.base.clock import Clock
from matui.base.errors import RefusedError
from matui.base.text.formatting import format_duration
from matui.base.text.sanitize import clean
from matui.cli.output.streams import is_terminal, note, write_stderr
from matui.live.actions.guard import Plan, Target
from matui.live.actions.target_text import (
    accepts,
    build_required_phrase,
    describe_running,
    format_name,
    format_subject,
    list_facts,
)
from matui.resources.columns import shorten_status

_MOST_SHOWN = 20


def refuse_for(reason: str | None) -> None:
    """Raise RefusedError with the reason where there is one."""
    if reason is not None:
        raise RefusedError(f"{reason[:1].upper()}{reason[1:]}.")


def can_ask() -> bool:
    """Whether stdin and stderr are terminals, so that a question can be answered."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


async def ask(question: str) -> str:
    """Write the question to stderr and return the line typed after it.

    Raises KeyboardInterrupt at the end of input; ctrl+c interrupts it at once.
    """
    descriptor = sys.stdin.fileno()
    _forget_typed_ahead(descriptor)
    sys.stderr.write(question)
    sys.stderr.flush()
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
    line = os.read(descriptor, 4096)
    if not line:
        raise KeyboardInterrupt
    return line.decode(sys.stdin.encoding or "utf-8", "replace").rstrip("\r\n")


def _forget_typed_ahead(descriptor: int) -> None:
    import termios

    termios.tcflush(descriptor, termios.TCIFLUSH)


async def confirm(plan: Plan, profile: str, clock: Clock) -> bool:
    """Show what the plan would do and return whether the user agrees; deletions want the name typed.

    After a yes it waits for the plan's countdown; ctrl+c then raises KeyboardInterrupt, and nothing was sent.
    """
    _show(plan, profile, clock)
    if not await _ask_answer(plan):
        return False
    if plan.countdown_s > 0:
        note(f"{plan.action.label} in {format_duration(plan.countdown_s)}; ctrl+c cancels.")
        await clock.sleep(plan.countdown_s)
    return True


async def _ask_answer(plan: Plan) -> bool:
    if not plan.typed:
        answer = await ask(f"{plan.action.label.capitalize()}? [y/N] ")
        return answer.strip().casefold() in ("y", "yes")
    return accepts(plan, await ask(f"Type {build_required_phrase(plan)} to confirm: "))


def _show(plan: Plan, profile: str, clock: Clock) -> None:
    targets = plan.ready
    of = [target.resource for target in targets]
    effect = f"{describe_running(plan)} {plan.action.describe_consequence(of)}".strip()
    lines = [f"{plan.action.label.capitalize()} in profile {clean(profile)}. {effect}"]
    lines += [_format_target(target, clock.now() * 1000) for target in targets[:_MOST_SHOWN]]
    if len(targets) > _MOST_SHOWN:
        lines.append(f"  … and {len(targets) - _MOST_SHOWN} more")
    lines += [f"  {clean(note)}" for note in plan.notes]
    lines += [f"  not {format_name(held.resource)}: {held.refusal}" for held in plan.targets if held.refusal]
    write_stderr("\n".join(lines))


def _format_target(target: Target, now_ms: float) -> str:
    resource = target.resource
    facts = [clean(format_subject(resource)), shorten_status(resource.status)]
    facts += list_facts(resource, now_ms)
    facts += [f'protected by "{target.protected}"'] if target.protected else []
    return "  " + "  ".join(facts)
