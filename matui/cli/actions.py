"""``matui start|stop|restart|delete KIND ID…``: the same actions and guards as the console's keys.

The question before an action: what will happen to what, where, and the time to think again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from matui.base.clock import Clock
from matui.base.errors import UsageError
from matui.base.formatting import format_duration
from matui.base.sanitize import clean
from matui.cli.context import Options, Session, open_session, run_async
from matui.cli.output import note, say
from matui.cli.prompts import ask, can_ask
from matui.live.actions.confirmation import accepts, refuse_unnamed, required_phrase
from matui.live.actions.executor import Executor
from matui.live.actions.guard import Plan, Target
from matui.live.actions.outcome import Outcome
from matui.live.actions.target_text import format_name, format_subject, list_facts
from matui.live.audit.trail import Audit
from matui.resources.columns import short_status
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import KINDS, find_kind, kind_by_id


@dataclass(frozen=True, slots=True)
class Asked:
    """How far the user goes without being asked; ``named`` are the protected names said beforehand."""

    yes: bool
    named: tuple[str, ...]
    dry_run: bool


def _make(action_id: str, summary: str) -> click.Command:
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
                f"matui {action_id} asks before it acts, and here is nobody to answer.",
                remedy="Give --yes, or look first with --dry-run.",
            )
        asked = Asked(yes=yes, named=named, dry_run=dry_run)
        return run_async(_act(options, kind, wanted, ids, asked))

    return act


start = _make("start", "Start notebooks or services, train jobs anew.")
stop = _make("stop", "Stop notebooks, jobs or services.")
restart = _make("restart", "Restart notebooks.")
delete = _make("delete", "Delete resources for good.")
delete.params.append(
    click.Option(["--cascade"], is_flag=True, help="Of a model: every version of its name, 20 at most.")
)


def _refuse_unknown(kind: Kind, action_id: str) -> None:
    if kind.action(action_id) is None:
        able = ", ".join(known.id for known in KINDS.values() if known.action(action_id) is not None)
        raise UsageError(
            f"{kind.title} have no action {action_id}.", remedy=f"It is for: {able or 'nothing'}."
        )


async def _act(options: Options, kind: Kind, action_id: str, ids: Sequence[str], asked: Asked) -> int:
    from matui.cli.resolve import find

    async with open_session(options) as session:
        found = await find(session, kind, ids)
        for error in found.missing:
            note(str(error))
        codes = [error.exit_code for error in found.missing]
        executor = _executor(session)
        for plan in _plans(executor, action_id, found.resources):
            codes += await _carry_out(plan, session, executor, asked)
        await executor.reconciler.reread(session.cloud)
        return max(codes, default=0)


async def _carry_out(plan: Plan, session: Session, executor: Executor, asked: Asked) -> list[int]:
    if asked.yes:
        plan = refuse_unnamed(plan, asked.named)
    if plan.ready and not (asked.yes or asked.dry_run) and not await _agreed(plan, session):
        return [1]
    return [_tell(outcome) for outcome in await executor.run(plan, dry_run=asked.dry_run)]


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


async def _agreed(plan: Plan, session: Session) -> bool:

    agreed = await confirmed(plan, session.profile.name, session.clock)
    if not agreed:
        note("Nothing was sent.")
    return agreed


def _tell(outcome: Outcome) -> int:
    if outcome.exit_code == 0:
        say(clean(outcome.sentence))
    else:
        note(outcome.sentence)
    return outcome.exit_code


_MOST_SHOWN = 20


async def confirmed(plan: Plan, profile: str, clock: Clock) -> bool:
    """Show what the plan would do and return whether the user agrees; deletions want the name typed.

    After a yes it waits for the plan's countdown; ctrl+c then raises KeyboardInterrupt, and nothing was sent.
    """
    _show(plan, profile, clock)
    if not await _plan_confirmed(plan):
        return False
    if plan.countdown_s > 0:
        note(f"{plan.action.label} in {format_duration(plan.countdown_s)}; ctrl+c cancels.")
        await clock.sleep(plan.countdown_s)
    return True


async def _plan_confirmed(plan: Plan) -> bool:
    if not plan.typed:
        answer = await ask(f"{plan.action.label.capitalize()}? [y/N] ")
        return answer.strip().casefold() in ("y", "yes")
    return accepts(plan, await ask(f"Type {required_phrase(plan)} to confirm: "))


def _show(plan: Plan, profile: str, clock: Clock) -> None:
    targets = plan.ready
    of = [target.resource for target in targets]
    lines = [
        f"{plan.action.label.capitalize()} in profile {clean(profile)}. {plan.action.consequence_for(of)}"
    ]
    lines += [_line(target, clock.now() * 1000) for target in targets[:_MOST_SHOWN]]
    if len(targets) > _MOST_SHOWN:
        lines.append(f"  … and {len(targets) - _MOST_SHOWN} more")
    lines += [f"  not {format_name(held.resource)}: {held.refusal}" for held in plan.targets if held.refusal]
    print("\n".join(lines), file=sys.stderr, flush=True)


def _line(target: Target, now_ms: float) -> str:
    resource = target.resource
    facts = [clean(format_subject(resource)), short_status(resource.status)]
    facts += list_facts(resource, now_ms)
    facts += [f'protected by "{target.protected}"'] if target.protected else []
    return "  " + "  ".join(facts)
