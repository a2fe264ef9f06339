"""``matui start|stop|restart|delete KIND ID…``: the same actions and guards as the console's keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from matui.base.errors import UNKNOWN_OUTCOME_EXIT, UsageError
from matui.cli.completion.candidates import complete_targets
from matui.cli.completion.filters import complete_filter_option
from matui.cli.context.journal import finish_actions, note_sent
from matui.cli.context.session import Session, open_session, run_async
from matui.cli.context.warnings import note_wait
from matui.cli.options import Options, build_wrong_filter_error, decode_text, parse_filter_option
from matui.cli.output.prompts import can_ask, confirm, refuse_for
from matui.cli.output.streams import describe_no_match, note, print_outcome
from matui.live.actions.executor import Executor
from matui.live.actions.guard import Plan
from matui.live.actions.outcome import Outcome
from matui.live.actions.target_text import refuse_unnamed
from matui.live.audit.trail import Audit
from matui.resources.filters import Filter
from matui.resources.kind import DELETE_VERSIONS, Action, Kind
from matui.resources.model import Resource
from matui.resources.registry import KINDS, get_kind


class ConfirmOptions(NamedTuple):
    """The confirmation given on the command line; ``named`` are the protected names given by --confirm."""

    yes: bool
    named: tuple[str, ...]
    dry_run: bool


def confirm_options(command: Callable[..., Any]) -> Callable[..., Any]:
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

    wrapped.__doc__ = command.__doc__
    wrapped.__click_params__ = [  # type: ignore[attr-defined]
        *getattr(command, "__click_params__", []),
        *getattr(wrapped, "__click_params__", []),
    ]
    return wrapped


def refuse_unanswerable(action_id: str, asked: ConfirmOptions, why_never: Callable[[], str | None]) -> None:
    """Raise UsageError where the question before an action could not be answered.

    Raises RefusedError instead with the reason of ``why_never`` where there is one: no option helps then.
    """
    if not (asked.yes or asked.dry_run or can_ask()):
        refuse_for(why_never())
        raise UsageError(
            f"matui {action_id} asks before it acts, and there is no terminal to answer on.",
            remedy="Give --yes, or look first with --dry-run.",
        )


def _build_command(action_id: str, summary: str) -> click.Command:
    @click.command(action_id, help=f"{summary} IDs may be names that only one has.")
    @click.argument("words", metavar="KIND ID...", nargs=-1, required=True, shell_complete=complete_targets)
    @click.option(
        "--filter",
        "expression",
        metavar="EXPR",
        callback=decode_text,
        shell_complete=complete_filter_option,
        help="Act on all that match instead of IDs: 'status:failed'.",
    )
    @confirm_options
    @click.pass_obj
    def act(
        options: Options,
        words: tuple[str, ...],
        expression: str | None,
        asked: ConfirmOptions,
        cascade: bool = False,
    ) -> int:
        wanted = DELETE_VERSIONS if cascade else action_id
        targets = _parse_action_targets(words, action_id, expression)
        for kind in targets:
            _refuse_unknown(kind, wanted)
        kind_id = next(iter(targets)).id if len(targets) == 1 else ""
        chosen = parse_filter_option(expression, kind_id) if expression is not None else None
        if expression is not None and not chosen:
            raise UsageError("The filter is empty.", remedy="Such as: --filter 'status:failed'")
        return run_async(_act(options, targets, wanted, chosen, asked))

    return act


start = _build_command("start", "Start notebooks or services, train jobs anew.")
stop = _build_command("stop", "Stop notebooks, jobs or services.")
restart = _build_command("restart", "Restart notebooks.")
delete = _build_command("delete", "Delete resources for good.")
delete.params.append(
    click.Option(["--cascade"], is_flag=True, help="Of a model: every version of its name, 20 at most.")
)


def _refuse_unknown(kind: Kind, action_id: str) -> None:
    if kind.find_action(action_id) is None:
        able = ", ".join(known.id for known in KINDS.values() if known.find_action(action_id) is not None)
        raise UsageError(kind.explain_no_action(action_id), remedy=f"It is for: {able or 'nothing'}.")


def _parse_action_targets(
    words: Sequence[str], action_id: str, expression: str | None
) -> dict[Kind, list[str]]:
    """Return the ids by kind. Raises UsageError unless there are either ids or a filter."""
    from matui.cli.context.resolve import parse_targets

    targets = {KINDS[kind_id]: ids for kind_id, ids in parse_targets(words).items()}
    has_ids = any(targets.values())
    if has_ids == (expression is not None):
        fault = "Both IDs and --filter are given." if has_ids else "Neither an ID nor --filter is given."
        raise UsageError(fault, remedy=f"Example: matui {action_id} KIND ID")
    return targets


async def _act(
    options: Options,
    targets: Mapping[Kind, Sequence[str]],
    action_id: str,
    chosen: Filter | None,
    asked: ConfirmOptions,
) -> int:
    async with open_session(options) as session:
        executor = build_executor(session)
        refuse_unanswerable(action_id, asked, lambda: _explain_never(executor, targets, action_id))
        with note_if_cancelled(action_id):
            resources, codes = await _find_resources(session, targets, chosen)
        for plan in _build_plans(executor, action_id, resources):
            codes += await run_plan(plan, session, executor, asked)
        await finish_actions(session, executor)
        return UNKNOWN_OUTCOME_EXIT if UNKNOWN_OUTCOME_EXIT in codes else max(codes, default=0)


def _explain_never(executor: Executor, targets: Mapping[Kind, Sequence[str]], action_id: str) -> str | None:
    """Return why none of the targets can be acted on, before they are found; None where one may be."""
    reasons = [
        executor.explain_forbidden(action_id)
        if any("/" in name for name in ids)
        else executor.explain_never(kind, action_id)
        for kind, ids in targets.items()
    ]
    return None if None in reasons else next(iter(reasons), None)


async def _find_resources(
    session: Session, targets: Mapping[Kind, Sequence[str]], chosen: Filter | None
) -> tuple[list[Resource], list[int]]:
    """Return the resources to act on, and the exit codes of ids that were not found."""
    from matui.cli.context.resolve import find_resources, require_lister
    from matui.live.poll.list_all import find_incompleteness, list_all

    resources: list[Resource] = []
    codes: list[int] = []
    for kind, ids in targets.items():
        if chosen is not None:
            rows, total = await list_all(require_lister(session, kind), kind.id, workspace=session.workspace)
            if (incomplete := find_incompleteness(kind.id, rows, total)) is not None:
                note(str(incomplete))
                codes.append(incomplete.exit_code)
            if missing := chosen.explain_missing_fields(rows):
                raise build_wrong_filter_error(missing.values())
            matching = chosen.select(rows, session.cloud_clock.now() * 1000)
            if not matching:
                absent = max(0, (total or 0) - len(rows))
                note(describe_no_match(len(rows), kind.singular, kind.id, missing=absent))
            resources += matching
            continue
        found = await find_resources(session, kind, ids)
        for error in found.missing:
            note(str(error))
            codes.append(error.exit_code)
        resources += found.resources
    return resources, codes


async def run_plan(plan: Plan, session: Session, executor: Executor, asked: ConfirmOptions) -> list[int]:
    """Confirm the plan, run it and print the outcomes; return their exit codes."""
    if asked.yes:
        plan = refuse_unnamed(plan, asked.named)
    if plan.ready and not (asked.yes or asked.dry_run):
        with note_if_cancelled(plan.action.label):
            if not await _ask_plan(plan, session):
                return [1]
    outcomes = await executor.run(plan, dry_run=asked.dry_run, on_wait=note_wait, on_cancel=note_cancelled)
    return [report_outcome(outcome) for outcome in outcomes]


def _build_plans(executor: Executor, action_id: str, resources: Sequence[Resource]) -> list[Plan]:
    """Return a plan for each kind: JOB/VERSION among jobs makes a second one."""
    kinds = dict.fromkeys(resource.kind for resource in resources)
    count = len({(resource.kind, resource.id) for resource in resources})
    return [
        executor.plan(get_kind(kind_id), action_id, [r for r in resources if r.kind == kind_id], count=count)
        for kind_id in kinds
    ]


def build_executor(session: Session) -> Executor:
    """Return the executor of the session's cloud."""
    from matui.config.paths import get_audit_dir

    audit = Audit(get_audit_dir(demo=session.demo), clock=session.clock)
    read_at = session.clock.now()

    def on_sent(resource: Resource, _action: Action, sent_at: float | None) -> None:
        note_sent(session, resource, read_at, sent_at)

    return Executor(session.cloud, clock=session.clock, audit=audit, policy=session.policy, acted=on_sent)


async def _ask_plan(plan: Plan, session: Session) -> bool:
    agreed = await confirm(plan, session.profile.name, session.cloud_clock)
    if not agreed:
        note("Nothing was sent.")
    return agreed


@contextmanager
def note_if_cancelled(label: str) -> Iterator[None]:
    """Report on stderr that nothing was sent where ctrl+c or a signal ends the preparation of an action."""
    try:
        yield
    except (asyncio.CancelledError, KeyboardInterrupt):
        note(f"{label.capitalize()} not sent, cancelled.")
        raise


def note_cancelled(outcomes: Sequence[Outcome]) -> None:
    """Report on stderr the outcome for each target of a cancelled action."""
    for outcome in outcomes:
        note(outcome.sentence)


def report_outcome(outcome: Outcome) -> int:
    """Print what became of an action, on stderr where it failed; return the exit code."""
    if outcome.exit_code == 0:
        print_outcome(outcome.sentence)
    else:
        note(outcome.sentence)
    return outcome.exit_code
