"""Actions that say what they touch before they are confirmed, of services, images, maintenance and nodes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import click

from matui.base.errors import NotFoundError, UsageError
from matui.cli.actions import (
    ConfirmOptions,
    build_executor,
    confirm_options,
    note_if_cancelled,
    refuse_unanswerable,
    run_plan,
)
from matui.cli.completion.candidates import complete_targets
from matui.cli.context.journal import finish_actions
from matui.cli.context.session import Session, open_session, run_async
from matui.cli.options import Options
from matui.cli.output.prompts import refuse_for
from matui.cli.output.streams import note
from matui.clouds.protocols import ListsVersions, Reads, require
from matui.live.actions.guard import explain_not_offered
from matui.resources.kind import Kind
from matui.resources.kinds.deployments import CURRENT, REVISIONS
from matui.resources.kinds.poolnodes import POOLNODES
from matui.resources.model import Resource
from matui.resources.registry import KINDS, get_kind
from matui.resources.save_image import parse_image

FindResources: TypeAlias = Callable[[Session], Awaitable[Sequence[Resource]]]


async def _run(
    options: Options,
    action_id: str,
    kind: Kind,
    find: FindResources,
    given: Mapping[str, str],
    asked: ConfirmOptions,
) -> int:
    """Find resources of the kind, say what the action touches, and do it once it is confirmed."""
    async with open_session(options) as session:
        executor = build_executor(session)
        refuse_unanswerable(action_id, asked, lambda: executor.explain_never(kind, action_id))
        with note_if_cancelled(action_id):
            if action := kind.find_action(action_id):
                refuse_for(explain_not_offered(session.cloud, kind.id, action))
            resources = await find(session)
            plan = executor.plan(get_kind(resources[0].kind), action_id, resources)
            if plan.ready:
                plan = await executor.brief(plan, given)
        if asked.yes or asked.dry_run:
            for line in plan.notes:
                note(line)
        codes = await run_plan(plan, session, executor, asked)
        await finish_actions(session, executor)
        return max(codes, default=0)


@click.command("rollback")
@click.argument("words", metavar="services ID", nargs=-1, required=True, shell_complete=complete_targets)
@click.option(
    "--to", "version", metavar="VERSION", help="The version; by default the one before the current."
)
@click.option("--deployment", metavar="NAME", help="Which deployment, where the service has several.")
@confirm_options
@click.pass_obj
def rollback(
    options: Options,
    words: tuple[str, ...],
    version: str | None,
    deployment: str | None,
    asked: ConfirmOptions,
) -> int:
    """Switch a deployment of a service to another version; what differs is shown first."""
    kind, word = _parse(words, "rollback", ("services",))

    async def find(session: Session) -> list[Resource]:
        (service,) = await _find_one(session, kind=kind, word=word)
        return [
            _choose(await require(session.cloud, ListsVersions).fetch_versions(service), version, deployment)
        ]

    return run_async(_run(options, "rollback", REVISIONS, find, {}, asked))


def _choose(rows: Sequence[Resource], version: str | None, deployment: str | None) -> Resource:
    """Return the version to switch to. Raises UsageError where it is not clear, NotFoundError without one."""
    named = [row for row in rows if "/" in row.id]  # a row that could not be read has no deployment
    names = dict.fromkeys(row.id.split("/")[1] for row in named)
    if deployment is None and len(names) > 1:
        raise UsageError(
            "The service has several deployments.",
            remedy=f"Name one: --deployment {' | '.join(filter(None, names))}",
        )
    own = [row for row in named if deployment is None or row.id.split("/")[1] == deployment]
    if version is not None:
        chosen = next((row for row in own if row.get_text("version") == version), None)
    else:
        chosen = _find_earlier_version(own)
    if chosen is None:
        known = ", ".join(f"{row.get_text('version')} ({row.status})" for row in own) or "none"
        raise NotFoundError(
            f"There is no {version or 'earlier version'} to switch to.", remedy=f"Versions: {known}."
        )
    return chosen


def _find_earlier_version(own: Sequence[Resource]) -> Resource | None:
    """Return the version before the current one, None where there is none. Raises UsageError if unknown."""
    at = next((at for at, row in enumerate(own) if row.status == CURRENT), None)
    others = [row for row in own if row.status != CURRENT]
    if others and (at is None or any(row.created_at is None for row in own)):
        versions = " | ".join(row.get_text("version") for row in others)
        raise UsageError(
            "Which version comes before the current one is not stated.", remedy=f"Name one: --to {versions}"
        )
    return own[at + 1] if at is not None and at + 1 < len(own) else None


@click.command("scale")
@click.argument("words", metavar="services ID", nargs=-1, required=True, shell_complete=complete_targets)
@click.option(
    "--to",
    "--replicas",
    "--count",
    "count",
    metavar="N",
    required=True,
    help="The number of instances, 1 to 128.",
)
@click.option("--deployment", metavar="NAME", help="Which deployment, where the service has several.")
@confirm_options
@click.pass_obj
def scale(
    options: Options, words: tuple[str, ...], count: str, deployment: str | None, asked: ConfirmOptions
) -> int:
    """Change the number of instances of a deployment; no new version is made."""
    kind, word = _parse(words, "scale", ("services",))
    action = kind.find_action("scale")
    given = action.parse(f"{count} {deployment or ''}".strip()) if action and action.parse else {}
    return run_async(_run(options, "scale", kind, partial(_find_one, kind=kind, word=word), given, asked))


@click.command("save-image")
@click.argument("words", metavar="job|notebook ID", nargs=-1, required=True, shell_complete=complete_targets)
@click.option(
    "--image", metavar="ORG/NAME[:TAG]", required=True, help="The SWR image; the tag is by default the time."
)
@click.option("--task", metavar="TASK", help="Of a job: which task, by default the first.")
@confirm_options
@click.pass_obj
def save_image(
    options: Options, words: tuple[str, ...], image: str, task: str | None, asked: ConfirmOptions
) -> int:
    """Keep the container of a running task or notebook as an image, for example as evidence."""
    kind, word = _parse(words, "save-image", ("jobs", "notebooks"))
    given = parse_image(f"{image} {task or ''}".strip())
    return run_async(
        _run(options, "save-image", kind, partial(_find_one, kind=kind, word=word), given, asked)
    )


@click.command("accept")
@click.argument("words", metavar="maintenance ID", nargs=-1, required=True, shell_complete=complete_targets)
@click.option("--at", "moment", metavar="TIME", help="Not before this time, in UTC: 2026-11-29T03:00:00Z.")
@confirm_options
@click.pass_obj
def accept(options: Options, words: tuple[str, ...], moment: str | None, asked: ConfirmOptions) -> int:
    """Accept a scheduled event of a node; by default it begins when it is planned."""
    kind, word = _parse(words, "accept", ("maintenance",))
    action = kind.find_action("accept")
    given = action.parse(moment or "") if action and action.parse else {}
    return run_async(_run(options, "accept", kind, partial(_find_one, kind=kind, word=word), given, asked))


def _parse(words: tuple[str, ...], action_id: str, kinds: tuple[str, ...]) -> tuple[Kind, str]:
    from matui.cli.context.resolve import parse_target

    kind, word = parse_target(words)
    if kind.id not in kinds:
        able = " and ".join(kinds)
        raise UsageError(kind.explain_no_action(action_id), remedy=f"It is for: {able}.")
    return kind, word


async def _find_one(session: Session, *, kind: Kind, word: str) -> list[Resource]:
    from matui.cli.context.resolve import find_one

    return [await find_one(session, kind, word)]


def _build_command(action_id: str, summary: str) -> click.Command:
    @click.command(action_id, help=f"{summary} POOL is an id, or a name that only one has.")
    @click.argument("words", metavar="nodes POOL/NODE...", nargs=-1, required=True)
    @confirm_options
    @click.pass_obj
    def act(options: Options, words: tuple[str, ...], asked: ConfirmOptions) -> int:
        kind, *names = words
        if kind not in ("nodes", "node") or not names:
            raise UsageError(
                f"matui {action_id} is for nodes of pools.",
                remedy=f"Example: matui {action_id} nodes POOL/NODE",
            )

        async def find(session: Session) -> list[Resource]:
            return [await _find_node(session, name) for name in dict.fromkeys(names)]

        return run_async(_run(options, action_id, POOLNODES, find, {}, asked))

    return act


async def _find_node(session: Session, word: str) -> Resource:
    from matui.cli.context.resolve import find_one, strip_kind

    pool_word, _, name = strip_kind(KINDS["pools"], word).partition("/")
    if not (pool_word and name):
        raise UsageError(f"{word!r} is not a node.", remedy="Name it as POOL/NODE.")
    pool = await find_one(session, KINDS["pools"], pool_word)
    node = await require(session.cloud, Reads).read("poolnodes", f"{pool.id}/{name}")
    return replace(node, facts={**node.facts, "pool_name": pool.name})  # by which a rule may protect it


lock = _build_command("lock", "Lock functions of nodes, such as deleting them.")
unlock = _build_command("unlock", "Unlock the functions of nodes.")
drain = _build_command("drain", "Move away what runs on nodes.")
reboot = _build_command("reboot", "Reboot nodes.")
reset = _build_command("reset", "Install nodes anew; their local disks are erased.")
