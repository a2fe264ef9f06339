"""Runs actions that say what they touch before they are confirmed: find, brief, ask, count down, send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import click

from matui.base.errors import UsageError
from matui.cli.actions import ConfirmOptions, build_executor, run_plan
from matui.cli.journal import finish_actions
from matui.cli.options import Options
from matui.cli.output import note
from matui.cli.prompts import can_ask
from matui.cli.session import Session, open_session, run_async
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

BriefedAction: TypeAlias = ConfirmOptions
Find: TypeAlias = Callable[[Session], Awaitable[Sequence[Resource]]]


def briefed_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --yes, --confirm and --dry-run, passed as ``asked``."""

    @click.option("--yes", "-y", is_flag=True, help="Do not ask, and do not count down.")
    @click.option(
        "--confirm",
        "named",
        metavar="NAME",
        multiple=True,
        help="With --yes: act on NAME (or the id) although a rule of the profile protects it; repeatable.",
    )
    @click.option("--dry-run", is_flag=True, help="Check everything, send nothing.")
    def wrapped(*args: Any, yes: bool, named: tuple[str, ...], dry_run: bool, **more: Any) -> Any:
        return command(*args, asked=ConfirmOptions(yes=yes, named=named, dry_run=dry_run), **more)

    wrapped.__click_params__ = [  # type: ignore[attr-defined]
        *getattr(command, "__click_params__", []),
        *getattr(wrapped, "__click_params__", []),
    ]
    return wrapped


def run_briefed(
    options: Options, action_id: str, find: Find, given: Mapping[str, str], asked: ConfirmOptions
) -> int:
    """Find the resources, say what the action touches, and do it once it is confirmed."""
    if not (asked.yes or asked.dry_run or can_ask()):
        raise UsageError(
            f"matui {action_id} asks before it acts, and there is no terminal to answer on.",
            remedy="Give --yes, or look first with --dry-run.",
        )
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
