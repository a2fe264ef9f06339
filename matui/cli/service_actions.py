"""``matui rollback|scale services ID``, ``save-image job|notebook ID``, ``accept maintenance ID`` (v2)."""

from __future__ import annotations

from collections.abc import Sequence

import click

from matui.base.errors import NotFoundError, UsageError
from matui.cli.actions import ConfirmOptions, confirm_options
from matui.cli.briefed_actions import run_briefed
from matui.cli.completion_values import complete_kinds
from matui.cli.options import Options
from matui.cli.session import Session
from matui.clouds.protocols import ListsVersions, require
from matui.resources.kind import Kind
from matui.resources.kinds.deployments import CURRENT
from matui.resources.model import Resource
from matui.resources.save_image import parse_image


@click.command("rollback", short_help="Switch a deployment of a service to an earlier version.")
@click.argument("words", metavar="services ID", nargs=-1, required=True, shell_complete=complete_kinds)
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
        service = await _find_one(session, kind, word)
        return [_choose(await require(session.cloud, ListsVersions).versions(service), version, deployment)]

    return run_briefed(options, "rollback", find, {}, asked)


def _choose(rows: Sequence[Resource], version: str | None, deployment: str | None) -> Resource:
    """Return the version to switch to. Raises UsageError where it is not clear, NotFoundError without one."""
    names = dict.fromkeys(row.id.split("/")[1] for row in rows)
    if deployment is None and len(names) > 1:
        raise UsageError("The service has several deployments.", remedy=f"--deployment {' | '.join(names)}")
    own = [row for row in rows if deployment is None or row.id.split("/")[1] == deployment]
    if version is not None:
        chosen = next((row for row in own if row.text_fact("version") == version), None)
    else:
        at = next((at for at, row in enumerate(own) if row.status == CURRENT), len(own))
        chosen = own[at + 1] if at + 1 < len(own) else None
    if chosen is None:
        known = ", ".join(f"{row.text_fact('version')} ({row.status})" for row in own) or "none"
        raise NotFoundError(f"There is no {version or 'earlier version'} to switch to. Versions: {known}.")
    return chosen


@click.command("scale", short_help="Change the number of instances of a deployment.")
@click.argument("words", metavar="services ID", nargs=-1, required=True, shell_complete=complete_kinds)
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
    action = kind.action("scale")
    given = action.parse(f"{count} {deployment or ''}".strip()) if action and action.parse else {}

    async def find(session: Session) -> list[Resource]:
        return [await _find_one(session, kind, word)]

    return run_briefed(options, "scale", find, given, asked)


@click.command("save-image", short_help="Keep a running task or notebook as an image.")
@click.argument("words", metavar="job|notebook ID", nargs=-1, required=True, shell_complete=complete_kinds)
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

    async def find(session: Session) -> list[Resource]:
        return [await _find_one(session, kind, word)]

    return run_briefed(options, "save-image", find, given, asked)


@click.command("accept", short_help="Accept the maintenance of a node.")
@click.argument("words", metavar="maintenance ID", nargs=-1, required=True, shell_complete=complete_kinds)
@click.option("--at", "moment", metavar="TIME", help="Not before this time, in UTC: 2026-11-29T03:00:00Z.")
@confirm_options
@click.pass_obj
def accept(options: Options, words: tuple[str, ...], moment: str | None, asked: ConfirmOptions) -> int:
    """Accept a scheduled event of a node; by default it begins when it is planned."""
    kind, word = _parse(words, "accept", ("maintenance",))
    action = kind.action("accept")
    given = action.parse(moment or "") if action and action.parse else {}

    async def find(session: Session) -> list[Resource]:
        return [await _find_one(session, kind, word)]

    return run_briefed(options, "accept", find, given, asked)


def _parse(words: tuple[str, ...], action_id: str, kinds: tuple[str, ...]) -> tuple[Kind, str]:
    from matui.cli.resolve import parse_target

    kind, word = parse_target(words)
    if kind.id not in kinds:
        able = " and ".join(kinds)
        raise UsageError(f"{kind.title} have no action {action_id}.", remedy=f"It is for: {able}.")
    return kind, word


async def _find_one(session: Session, kind: Kind, word: str) -> Resource:
    from matui.cli.resolve import find_one

    return await find_one(session, kind, word)
