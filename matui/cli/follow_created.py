"""``--follow`` of ``create`` and ``rerun``: wait until what was made runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from matui.base.errors import UsageError
from matui.cli.output import is_terminal, note
from matui.cli.session import Session
from matui.clouds.protocols import FormResult
from matui.resources.kind import Kind

_BY_DEFAULT = ("jobs", "versions")
_KINDS = (*_BY_DEFAULT, "notebooks", "services")
_GOAL = "running,done"
_TIMEOUT = "1h"
_TIMEOUT_S = 3600.0


def follow_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--follow`` and ``--no-follow`` to a command, which receives ``follow``."""
    return click.option(
        "--follow/--no-follow",
        default=None,
        help="Then wait until it runs, as matui wait does (for 1h); on a terminal the default for jobs.",
    )(command)


def resolve_follow(kind: Kind, follow: bool | None) -> bool:
    """Return whether a new resource of the kind is followed. Raises UsageError where it cannot be."""
    if follow and kind.id not in _KINDS:
        raise UsageError(f"--follow does not apply to {kind.title.lower()}.")
    if follow is None:
        return kind.id in _BY_DEFAULT and is_terminal(sys.stdout)
    return follow


async def follow_created(session: Session, kind_id: str, made: FormResult) -> None:
    """Wait until the resource that was made runs or is done. Raises the errors of ``matui wait``."""
    from matui.cli.wait import wait_for
    from matui.cli.wait_goal import Goal
    from matui.resources.registry import kind_by_id

    if not made.resource_id:
        note("The cloud did not state its id, so it is not followed.")
        return
    is_version = kind_id == "jobs" and "/" in made.resource_id
    kind = kind_by_id("versions" if is_version else kind_id)
    note("Waiting until it runs; ctrl+c ends the wait only.")
    await wait_for(session, kind, made.resource_id, Goal.of(kind, _GOAL), _TIMEOUT_S, _TIMEOUT)
