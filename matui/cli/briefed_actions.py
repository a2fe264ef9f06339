"""Runs actions that say what they touch before they are confirmed: find, brief, ask, count down, send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

from matui.cli.actions import ConfirmOptions, build_executor, refuse_unanswerable, run_plan
from matui.cli.journal import finish_actions
from matui.cli.options import Options
from matui.cli.output import note
from matui.cli.session import Session, open_session, run_async
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

Find: TypeAlias = Callable[[Session], Awaitable[Sequence[Resource]]]


def run_briefed(
    options: Options, action_id: str, find: Find, given: Mapping[str, str], asked: ConfirmOptions
) -> int:
    """Find the resources, say what the action touches, and do it once it is confirmed."""
    refuse_unanswerable(action_id, asked)
    return run_async(_run(options, action_id, find, given, asked))


async def _run(
    options: Options, action_id: str, find: Find, given: Mapping[str, str], asked: ConfirmOptions
) -> int:
    async with open_session(options) as session:
        resources = await find(session)
        executor = build_executor(session)
        plan = executor.plan(kind_by_id(resources[0].kind), action_id, resources)
        if plan.ready:
            plan = await executor.brief(plan, given)
        if asked.yes or asked.dry_run:
            for line in plan.notes:
                note(line)
        codes = await run_plan(plan, session, executor, asked)
        await finish_actions(session, executor)
        return max(codes, default=0)
