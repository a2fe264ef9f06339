"""The ``matui`` command: its global options, and its commands, each imported when it is called."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from matui.cli.completion.candidates import (
    complete_kind_option,
    complete_profiles,
    complete_themes,
    complete_workspaces,
)
from matui.cli.options import FilePath, Options, SuggestingGroup

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

CLOUDS = {
    "modelarts": 'Huawei Cloud ModelArts, of the API "v1" (2020) or "v2" (today).',
    "qianfan": "Baidu Qianfan: fine-tuning jobs.",
    "opensearch": "Alibaba Cloud OpenSearch: algorithm training tasks.",
}
EXIT_CODES = {
    "0": "Success.",
    "1": "The cloud refused, or the resource does not exist.",
    "2": "Usage or configuration error.",
    "3": "Authentication failed or permission denied.",
    "4": "Unreachable or timed out.",
    "5": "An action was sent and its outcome is unknown.",
    "6": "The output is incomplete, or a filter could not be applied.",
    "130": "Interrupted.",
}


class LazyCommand(NamedTuple):
    """The module below ``matui.cli`` and the attribute of a command, and its line in ``--help``."""

    module: str
    help: str
    attribute: str = "command"


_NARROWEST_OF_CLICK = 52  # columns; click writes help for a narrower terminal as if it had these


class LazyGroup(SuggestingGroup):
    """Imports a command's module when the command is called, and adds the global options to it."""

    def __init__(self, *args: Any, lazy_commands: Mapping[str, LazyCommand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy_commands

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context, whose help fits a narrow terminal too."""
        columns = shutil.get_terminal_size().columns
        if columns < _NARROWEST_OF_CLICK:
            extra.setdefault("terminal_width", columns)
        return super().make_context(info_name, args, parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        lazy = self._lazy.get(cmd_name)
        if lazy is None:
            return None
        command: click.Command = getattr(import_module(f"matui.cli.{lazy.module}"), lazy.attribute)
        _accept_global_options(command)
        return command

    def suggest(self, ctx: click.Context, name: str) -> str:
        """Return the command that lists a kind where ``name`` is one, else the nearest command."""
        from matui.base.errors import UsageError
        from matui.resources.registry import find_kind

        try:
            if name.casefold() not in ("triage", "all"):
                find_kind(name)
        except UsageError:
            return super().suggest(ctx, name)
        return f" List the resources of a kind with: matui get {name.casefold()}."

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands without importing them, and the options."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=lazy.help)
            for name, lazy in self._lazy.items()
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in self._lazy.items()])
        _format_kinds(formatter)


def _format_kinds(formatter: click.HelpFormatter) -> None:
    from matui.resources.registry import KINDS

    with formatter.section("Kinds"):
        formatter.write_dl([(kind.id, ", ".join((kind.singular, *kind.short))) for kind in KINDS.values()])
        formatter.write_text("get also takes: triage (what needs a person, with the reason), all.")
    with formatter.section("Clouds"):
        formatter.write_dl(list(CLOUDS.items()))
    with formatter.section("Exit codes"):
        formatter.write_dl(list(EXIT_CODES.items()))


def _accept_global_options(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _accept_global_options(inner)
    taken = {opt for param in command.params for opt in param.opts}
    for option in _build_global_options():
        if not taken.intersection(option.opts):
            command.params.append(option)
    if command.epilog is None:
        command.epilog = (
            "The global options -p, --all-profiles, -w, --config, --read-only, --demo, --debug work here too."
        )


def _build_global_options() -> list[click.Option]:
    file = FilePath()
    return [
        _build_repeated_option("-p", "--profile", shell_complete=complete_profiles),
        _build_repeated_option("--all-profiles", is_flag=True),
        _build_repeated_option("--config", type=file),
        _build_repeated_option("-w", "--workspace", shell_complete=complete_workspaces),
        _build_repeated_option("--read-only", is_flag=True),
        _build_repeated_option("--demo", is_flag=True),
        _build_repeated_option("--debug", is_flag=True),
    ]


def _build_repeated_option(*names: str, **settings: Any) -> click.Option:
    return click.Option(names, hidden=True, expose_value=False, callback=_override, **settings)


def _override(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    given = ctx.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE
    if given and option.name is not None and ctx.obj is not None:
        ctx.obj = ctx.obj._replace(**{option.name: value})
    names = {"profile", "all_profiles"}
    if (
        given
        and option.name in names
        and all(ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE for name in names)
    ):
        _check_profiles(ctx.obj)


COMMANDS = {
    "get": LazyCommand("get.command", "List resources; --watch follows their changes."),
    "catalog": LazyCommand("catalog", "List a catalog: flavors, engines, algorithms, specs."),
    "describe": LazyCommand("describe", "Everything known about one resource."),
    "why": LazyCommand("why", "What explains the state of a resource, with next steps."),
    "logs": LazyCommand("logs.command", "A job's log, each line once and in order; -f follows."),
    "signals": LazyCommand("signals.command", "Loss, steps and other numbers in a job's log."),
    "diff": LazyCommand("diff", "What differs between two resources or versions."),
    "start": LazyCommand("actions", "Start notebooks or services, train jobs anew.", "start"),
    "stop": LazyCommand("actions", "Stop notebooks, jobs or services.", "stop"),
    "restart": LazyCommand("actions", "Restart notebooks.", "restart"),
    "delete": LazyCommand("actions", "Delete resources for good.", "delete"),
    "rollback": LazyCommand(
        "briefed_actions", "Switch a deployment of a service to an earlier version.", "rollback"
    ),
    "scale": LazyCommand("briefed_actions", "Change the number of instances of a deployment.", "scale"),
    "lock": LazyCommand("briefed_actions", "Lock functions of nodes of a pool.", "lock"),
    "unlock": LazyCommand("briefed_actions", "Unlock functions of nodes of a pool.", "unlock"),
    "drain": LazyCommand("briefed_actions", "Move away what runs on nodes of a pool.", "drain"),
    "reboot": LazyCommand("briefed_actions", "Reboot nodes of a pool.", "reboot"),
    "reset": LazyCommand("briefed_actions", "Install nodes of a pool anew.", "reset"),
    "save-image": LazyCommand(
        "briefed_actions", "Keep a running task or notebook as an image.", "save_image"
    ),
    "accept": LazyCommand("briefed_actions", "Accept the maintenance of a node.", "accept"),
    "edit": LazyCommand("forms.commands", "Change a resource in $EDITOR, by --set or from a file.", "edit"),
    "create": LazyCommand(
        "forms.commands", "Create a resource from a file, by --set or in $EDITOR.", "create"
    ),
    "rerun": LazyCommand("forms.commands", "Run a job again as a new version, changed if you like.", "rerun"),
    "wait": LazyCommand("wait", "Return when a resource has reached a phase or status."),
    "changes": LazyCommand("changes", "What changed, as any console or command has seen it."),
    "audit": LazyCommand("audit", "What was done from here, by whom, and what became of it."),
    "report": LazyCommand("report", "The hand-over: what failed, what was done, what is open."),
    "capsule": LazyCommand("capsule", "List, show and export what was saved of failures."),
    "capacity": LazyCommand("capacity", "Cards by pool and flavor, who holds them, what waits and why."),
    "doctor": LazyCommand("doctor", "Check config, credentials, clock, network and permissions."),
    "explain": LazyCommand("explain", "What an error code means and what to do."),
    "config": LazyCommand("config", "Make, show or find the configuration file."),
    "completion": LazyCommand("completion.shells", "Print the completion script of a shell."),
    "help": LazyCommand("help", "Show the guide by topic."),
    "sim": LazyCommand("sim", "Serve the simulator on 127.0.0.1 and print a profile for it."),
}


def _show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        from matui import __version__

        click.echo(f"matui {__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    lazy_commands=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-p",
    "--profile",
    metavar="NAME[,NAME]",
    shell_complete=complete_profiles,
    help="The profile to use, or several side by side.",
)
@click.option("--all-profiles", is_flag=True, help="Every profile of the config file, side by side.")
@click.option("--config", type=FilePath(), metavar="FILE", help="Another config file.")
@click.option(
    "-w", "--workspace", metavar="ID", shell_complete=complete_workspaces, help="Show one workspace only."
)
@click.option(
    "--screen",
    metavar="KIND",
    shell_complete=complete_kind_option,
    help="The kind the console opens with.",
)
@click.option("--read-only", is_flag=True, help="Refuse every action.")
@click.option("--theme", metavar="NAME", shell_complete=complete_themes, help="The console's theme.")
@click.option("--demo", is_flag=True, help="Use the built-in simulator: no credentials, no network.")
@click.option(
    "--record",
    type=FilePath(),
    metavar="FILE",
    help="Record what the console sees in a new file.",
)
@click.option("--redact", is_flag=True, help="With --record: replace names, ids and owners by pseudonyms.")
@click.option(
    "--replay",
    type=FilePath(),
    metavar="FILE",
    help="Open the console on a recording, offline.",
)
@click.option("--debug", is_flag=True, help="Write details of a failure to a file, without secrets.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
@click.pass_context
def cli(ctx: click.Context, /, **given: Any) -> int | None:
    """A console for ML platforms: notebooks, jobs, services and more, live.

    Without a command the full-screen console opens. KIND is a plural, singular or short name.
    """
    ctx.obj = Options(**given)
    _check_profiles(ctx.obj)
    _check_recording(ctx.obj, ctx.invoked_subcommand)
    _note_odd_variables()
    if ctx.invoked_subcommand is None:
        return _open_console(ctx.obj)
    _check_console_options(ctx.obj)
    return None


def _note_odd_variables() -> None:
    """Say once of each variable with an unknown name or value that it has no effect."""
    import os

    from matui.cli.process.startup import MEASURES
    from matui.config.odd_variables import describe_odd_variables

    if odd := describe_odd_variables(os.environ, MEASURES):
        from matui.cli.output.streams import note

        for sentence in odd:
            note(sentence)


def _check_profiles(options: Options) -> None:
    """Raise UsageError for profiles named beside all of them."""
    from matui.base.errors import UsageError

    if options.all_profiles and options.profile:
        raise UsageError("-p and --all-profiles cannot be combined.", remedy="Give one of the two.")


def _check_recording(options: Options, command: str | None) -> None:
    """Raise UsageError for options of recordings that do not go together."""
    from matui.base.errors import UsageError

    if options.redact and options.record is None:
        raise UsageError("--redact goes with --record.", remedy="Add --record FILE, or leave it out.")
    if command is not None and (options.record or options.replay):
        raise UsageError(
            "--record and --replay are for the console, without a command.",
            remedy="Leave out the command or the option.",
        )
    if options.replay is not None and (options.record or options.demo):
        raise UsageError("--replay goes with neither --record nor --demo.", remedy="Give --replay alone.")


def _check_console_options(options: Options) -> None:
    """Raise UsageError for a theme or a screen that does not exist; a command uses neither."""
    from matui.base.errors import UsageError

    if options.theme is not None:
        from matui.config.paths import get_config_dir
        from matui.config.theme_files import describe_unknown_theme, read_themes

        themes, notices = read_themes(get_config_dir() / "themes")
        names = [theme.name for theme in themes]
        if options.theme not in names:
            raise UsageError(f"--theme: {describe_unknown_theme(options.theme, names, notices)}")
    if options.screen is not None:
        from matui.resources.kinds.triage import TRIAGE
        from matui.resources.registry import find_kind

        if options.screen.casefold() != TRIAGE.id:
            find_kind(options.screen, (TRIAGE.id,))


def _open_console(options: Options) -> int:
    import sys

    from matui.base.errors import UsageError
    from matui.cli.output.streams import is_terminal

    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise UsageError(
            "The console needs a terminal, and this is not one.", remedy="In scripts use: matui get KIND"
        )
    from matui.cli.console.command import open_console

    return open_console(options)
