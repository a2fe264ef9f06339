"""The options that edit, create and rerun share, --follow among them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from matui.base.errors import UsageError
from matui.cli.context.session import Session
from matui.cli.options import FilePath, refuse_ineffective
from matui.cli.output.prompts import can_ask, refuse_for
from matui.cli.output.streams import is_terminal, note
from matui.clouds.protocols import FormResult
from matui.resources.kind import Kind

_BY_DEFAULT = ("jobs", "versions")
_KINDS = (*_BY_DEFAULT, "notebooks", "services")
_GOAL = "running,done"
_TIMEOUT = "1h"
_TIMEOUT_S = 3600.0
_OPTIONS = (
    click.option("--set", "settings", metavar="FIELD=VALUE", multiple=True, help="Repeatable."),
    click.option(
        "-f",
        "--file",
        type=FilePath(allow_dash=True),
        metavar="FILE",
        help="Read TOML from FILE, - for stdin.",
    ),
    click.option("--template", is_flag=True, help="Print the commented form, send nothing."),
    click.option("--yes", "-y", is_flag=True, help="Do not ask, and do not count down."),
    click.option(
        "--confirm",
        "named",
        metavar="NAME",
        multiple=True,
        help="With --yes: go on with NAME although a rule of the profile protects it; repeatable.",
    ),
    click.option("--dry-run", is_flag=True, help="Check everything, send nothing."),
)


@dataclass(frozen=True, slots=True)
class FormOptions:
    """The ways to fill in a form. ``file`` is a path, ``-`` for stdin, or None."""

    settings: tuple[str, ...]
    file: Path | None
    template: bool
    yes: bool
    named: tuple[str, ...]
    dry_run: bool

    @property
    def filled(self) -> bool:
        """Whether the command line fills it in."""
        return bool(self.settings) or self.file is not None

    def check(self, *, follow: bool) -> None:
        """Raise UsageError for options that have no effect with --template or --dry-run."""
        filling = {"--set": self.settings, "--file": self.file is not None, "--dry-run": self.dry_run}
        sending = {"--yes": self.yes, "--confirm": self.named, "--follow": follow}
        for option, given in (filling | sending).items() if self.template else ():
            refuse_ineffective(option, bool(given), "--template")
        refuse_ineffective("--follow", follow and self.dry_run, "--dry-run")


def add_form_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of forms to a command, which receives them as ``asked``."""

    @wraps(command)
    def with_options(*args: Any, **given: Any) -> int:
        asked = FormOptions(**{field.name: given.pop(field.name) for field in fields(FormOptions)})
        asked.check(follow=bool(given.get("follow")))
        return command(*args, asked=asked, **given)

    wrapped: Callable[..., int] = with_options
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def refuse_unfillable(
    verb: str, asked: FormOptions, why_not: Callable[[], str | None], *, as_it_is: bool = False
) -> None:
    """Raise UsageError where the form cannot be filled in or confirmed.

    Raises RefusedError instead with the reason of ``why_not`` where there is one: no option helps then.
    """
    if asked.template or (asked.filled and (asked.yes or asked.dry_run)):
        return
    if as_it_is and (asked.yes or asked.dry_run):
        return
    cannot_edit = not asked.filled and not can_edit()
    if cannot_edit or not can_ask():
        refuse_for(why_not())
    if cannot_edit:
        raise UsageError(
            f"matui {verb} opens an editor, and there is no terminal for one.",
            remedy="Give --set FIELD=VALUE or -f FILE; --template prints the form.",
        )
    if not can_ask():
        raise UsageError(
            f"matui {verb} asks before it sends anything, and there is no terminal to answer on.",
            remedy="Give --yes, or look first with --dry-run.",
        )


def can_edit() -> bool:
    """Whether there is a terminal for an editor."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


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
        raise UsageError(
            f"--follow does not apply to {kind.title.lower()}.", remedy=f"It is for: {', '.join(_KINDS)}."
        )
    if follow is None:
        return kind.id in _BY_DEFAULT and is_terminal(sys.stdout)
    return follow


async def follow_created(session: Session, kind_id: str, made: FormResult) -> None:
    """Wait until the resource that was made runs or is done. Raises the errors of ``matui wait``."""
    from matui.cli.wait import Goal, wait_for
    from matui.resources.registry import get_kind

    if not made.resource_id:
        note("The cloud did not state its id, so it is not followed.")
        return
    is_version = kind_id == "jobs" and "/" in made.resource_id
    kind = get_kind("versions" if is_version else kind_id)
    note("Waiting until it runs; ctrl+c ends the wait only.")
    await wait_for(session, kind, made.resource_id, Goal.of(kind, _GOAL), _TIMEOUT_S, _TIMEOUT)
