"""``matui start|stop|restart|delete KIND ID…``: the same actions and guards as the console's keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from matui.base.errors import UsageError
from matui.base.sanitize import clean
from matui.cli.confirm import confirm
from matui.cli.options import Options
from matui.cli.output import note, print_line
from matui.cli.prompts import can_ask
from matui.cli.session import Session, open_session, run_async
from matui.live.actions.confirmation import refuse_unnamed
from matui.live.actions.executor import Executor
from matui.live.actions.guard import Plan
from matui.live.actions.outcome import Outcome
from matui.live.audit.trail import Audit
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import KINDS, find_kind, kind_by_id


@dataclass(frozen=True, slots=True)
class ConfirmOptions:
    """What is confirmed on the command line; ``named`` are the protected names given by --confirm."""

    yes: bool
    named: tuple[str, ...]
    dry_run: bool


def _build_command(action_id: str, summary: str) -> click.Command:
    @click.command(action_id, short_help=summary, help=f"{summary} IDs may be names that only one has.")
    @click.argument("kind_name", metavar="KIND")
    @click.argument("ids", metavar="ID...", nargs=-1, required=True)
    @click.option("--yes", "-y", is_flag=True, help="Do not ask, and do not count down.")
    @click.option(
        "--confirm",
        "named",
        metavar="NAME",
        multiple=True,
        help="With --yes: act on NAME (or the id) although a rule of the profile protects it; repeatable.",
    )
    @click.option("--dry-run", is_flag=True, help="Check everything, send nothing.")
    @click.pass_obj
    def act(
        options: Options,
        kind_name: str,
        ids: tuple[str, ...],
        yes: bool,
        named: tuple[str, ...],
        dry_run: bool,
        cascade: bool = False,
    ) -> int:
        kind = find_kind(kind_name)
        wanted = "delete-versions" if cascade else action_id
        _refuse_unknown(kind, wanted)
        if not (yes or dry_run or can_ask()):
            raise UsageError(
                f"matui {action_id} asks before it acts, and there is no terminal to answer on.",
                remedy="Give --yes, or look first with --dry-run.",
            )
        asked = ConfirmOptions(yes=yes, named=named, dry_run=dry_run)
        return run_async(_act(options, kind, wanted, ids, asked))

    return act


start = _build_command("start", "Start notebooks or services, train jobs anew.")
stop = _build_command("stop", "Stop notebooks, jobs or services.")
restart = _build_command("restart", "Restart notebooks.")
delete = _build_command("delete", "Delete resources for good.")
delete.params.append(
    click.Option(["--cascade"], is_flag=True, help="Of a model: every version of its name, 20 at most.")
)


def _refuse_unknown(kind: Kind, action_id: str) -> None:
    if kind.action(action_id) is None:
        able = ", ".join(known.id for known in KINDS.values() if known.action(action_id) is not None)
        raise UsageError(
            f"{kind.title} have no action {action_id}.", remedy=f"It is for: {able or 'nothing'}."
        )


async def _act(
    options: Options, kind: Kind, action_id: str, ids: Sequence[str], asked: ConfirmOptions
) -> int:
    from matui.cli.resolve import find

    async with open_session(options) as session:
        found = await find(session, kind, ids)
        for error in found.missing:
            note(str(error))
        codes = [error.exit_code for error in found.missing]
        executor = _executor(session)
        for plan in _plans(executor, action_id, found.resources):
            codes += await _run_plan(plan, session, executor, asked)
        await executor.reconciler.reread(session.cloud)
        return max(codes, default=0)


async def _run_plan(plan: Plan, session: Session, executor: Executor, asked: ConfirmOptions) -> list[int]:
    if asked.yes:
        plan = refuse_unnamed(plan, asked.named)
    if plan.ready and not (asked.yes or asked.dry_run) and not await _ask_plan(plan, session):
        return [1]
    return [_print_outcome(outcome) for outcome in await executor.run(plan, dry_run=asked.dry_run)]


def _plans(executor: Executor, action_id: str, resources: Sequence[Resource]) -> list[Plan]:
    """Return a plan for each kind: JOB/VERSION among jobs makes a second one."""
    kinds = dict.fromkeys(resource.kind for resource in resources)
    count = len({(resource.kind, resource.id) for resource in resources})
    return [
        executor.plan(
            kind_by_id(kind_id), action_id, [r for r in resources if r.kind == kind_id], count=count
        )
        for kind_id in kinds
    ]


def _executor(session: Session) -> Executor:
    from matui.config.paths import state_path

    audit = Audit(state_path(), clock=session.clock)
    return Executor(session.cloud, clock=session.clock, audit=audit, policy=session.policy)


async def _ask_plan(plan: Plan, session: Session) -> bool:
    agreed = await confirm(plan, session.profile.name, session.clock)
    if not agreed:
        note("Nothing was sent.")
    return agreed


def _print_outcome(outcome: Outcome) -> int:
    if outcome.exit_code == 0:
        print_line(clean(outcome.sentence))
    else:
        note(outcome.sentence)
    return outcome.exit_code
