"""The options that editing, creating and running again share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any

import click

from matui.cli.ask import can_ask
from matui.errors import UsageError


@dataclass(frozen=True, slots=True)
class FormOptions:
    """How a form is filled in. ``file`` is a path, ``-`` stdin, or None; ``named`` as with other actions."""

    settings: tuple[str, ...]
    file: str | None
    template: bool
    yes: bool
    named: tuple[str, ...]
    dry_run: bool

    @property
    def filled(self) -> bool:
        """Whether the command line itself fills it in."""
        return bool(self.settings) or self.file is not None


_OPTIONS = (
    click.option("--set", "settings", metavar="FIELD=VALUE", multiple=True, help="Repeatable."),
    click.option("-f", "--file", metavar="FILE", help="Read TOML from FILE, - for stdin."),
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


def form_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of forms, which it gets as ``asked``."""

    @wraps(command)
    def with_options(*args: Any, **given: Any) -> int:
        told = {field.name: given.pop(field.name) for field in fields(FormOptions)}
        return command(*args, asked=FormOptions(**told), **given)

    wrapped: Callable[..., int] = with_options
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def refuse_unanswerable(verb: str, asked: FormOptions, *, as_it_is: bool = False) -> None:
    """Raise UsageError where nobody can fill in or confirm; with ``as_it_is`` --yes alone does."""
    if asked.template or (asked.filled and (asked.yes or asked.dry_run)):
        return
    if as_it_is and (asked.yes or asked.dry_run):
        return
    if not asked.filled and not can_edit():
        raise UsageError(
            f"matui {verb} opens an editor, and here is no terminal for one.",
            remedy="Give --set FIELD=VALUE or -f FILE; --template prints the form.",
        )
    if not can_ask():
        raise UsageError(
            f"matui {verb} asks before it sends anything, and here is nobody to answer.",
            remedy="Give --yes, or look first with --dry-run.",
        )


def can_edit() -> bool:
    """Whether there is a terminal for an editor."""
    import sys

    from matui.cli.output import is_terminal

    return is_terminal(sys.stdin) and is_terminal(sys.stdout)
