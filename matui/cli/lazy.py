"""A click group that imports a command's module only when that command is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """Where a command lives, and the line that ``--help`` shows for it."""

    module: str
    help: str
    attribute: str = "command"


class LazyGroup(click.Group):
    """Loads commands by name, and lets each of them take the global options too."""

    def __init__(self, *args: Any, lazy_commands: Mapping[str, LazyCommand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy_commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        lazy = self._lazy.get(cmd_name)
        if lazy is None:
            return None
        command: click.Command = getattr(import_module(lazy.module), lazy.attribute)
        _accept_global_options(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self._lazy and not name.startswith("-"):
            ctx.fail(f"There is no command {name!r}.{self._nearest(name)}")
        return super().resolve_command(ctx, args)

    def _nearest(self, name: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(name, self._lazy, n=1)
        return f" Did you mean {near[0]}?" if near else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in self._lazy.items()])


def _accept_global_options(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _accept_global_options(inner)
    taken = {opt for param in command.params for opt in param.opts}
    for option in _global_options():
        if not taken.intersection(option.opts):
            command.params.append(option)
    if command.epilog is None:
        command.epilog = (
            "The global options -p, --all-profiles, -w, --config, --read-only, --demo, --debug work here too."
        )


def _global_options() -> list[click.Option]:
    file = click.Path(dir_okay=False, path_type=Path)
    return [
        _repeated("-p", "--profile"),
        _repeated("--all-profiles", is_flag=True),
        _repeated("--config", type=file),
        _repeated("-w", "--workspace"),
        _repeated("--read-only", is_flag=True),
        _repeated("--demo", is_flag=True),
        _repeated("--debug", is_flag=True),
    ]


def _repeated(*names: str, **settings: Any) -> click.Option:
    return click.Option(names, hidden=True, expose_value=False, callback=_override, **settings)


def _override(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    given = ctx.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE
    if given and option.name is not None and ctx.obj is not None:
        ctx.obj = replace(ctx.obj, **{option.name: value})
