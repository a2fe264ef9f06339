"""The ``matui`` command: its global options, and the commands it loads when they are called."""

from __future__ import annotations

from pathlib import Path

import click

from matui.cli.context import Options
from matui.cli.lazy import LazyCommand, LazyGroup

COMMANDS = {
    "get": LazyCommand("matui.cli.get", "List resources; --watch follows their changes."),
    "catalog": LazyCommand("matui.cli.catalog", "List a catalog: flavors, engines, algorithms, specs."),
    "describe": LazyCommand("matui.cli.describe", "Everything known about one resource."),
    "logs": LazyCommand("matui.cli.logs", "A job's log, each line once and in order; -f follows."),
    "start": LazyCommand("matui.cli.actions", "Start notebooks or services, train jobs anew.", "start"),
    "stop": LazyCommand("matui.cli.actions", "Stop notebooks, jobs or services.", "stop"),
    "restart": LazyCommand("matui.cli.actions", "Restart notebooks.", "restart"),
    "delete": LazyCommand("matui.cli.actions", "Delete resources for good.", "delete"),
    "edit": LazyCommand("matui.cli.edit", "Change a resource in $EDITOR, by --set or from a file."),
    "create": LazyCommand("matui.cli.create", "Create a resource from a file, by --set or in $EDITOR."),
    "rerun": LazyCommand("matui.cli.rerun", "Run a job again as a new version, changed if you like."),
    "wait": LazyCommand("matui.cli.wait", "Return when a resource has reached a phase or status."),
    "audit": LazyCommand("matui.cli.audit", "What was done from here, by whom, and what became of it."),
    "doctor": LazyCommand("matui.cli.doctor", "Check config, credentials, clock, network and permissions."),
    "explain": LazyCommand("matui.cli.explain", "What an API error code means and what to do."),
    "config": LazyCommand("matui.cli.config", "Make, show or find the configuration file."),
    "help": LazyCommand("matui.cli.help", "Show the guide by topic."),
    "sim": LazyCommand("matui.cli.sim", "Serve the simulator on 127.0.0.1 and print a profile for it."),
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
@click.option("-p", "--profile", metavar="NAME[,NAME]", help="The profile to use, or several side by side.")
@click.option("--all-profiles", is_flag=True, help="Every profile of the config file, side by side.")
@click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Another config file."
)
@click.option("-w", "--workspace", metavar="ID", help="Show one workspace only.")
@click.option("--screen", metavar="KIND", help="The kind the console opens with.")
@click.option("--read-only", is_flag=True, help="Refuse every action.")
@click.option("--theme", metavar="NAME", help="The console's theme.")
@click.option("--demo", is_flag=True, help="Use the built-in simulator: no credentials, no network.")
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
def cli(
    ctx: click.Context,
    profile: str | None,
    all_profiles: bool,
    config: Path | None,
    workspace: str | None,
    screen: str | None,
    read_only: bool,
    theme: str | None,
    demo: bool,
    debug: bool,
) -> int | None:
    """A console for Huawei Cloud ModelArts: notebooks, jobs, services and workspaces, live.

    Without a command the full-screen console opens. KIND is notebooks (nb), jobs (job, j), services (svc) or
    workspaces (ws).
    """
    ctx.obj = Options(profile, config, workspace, screen, read_only, theme, debug, demo, all_profiles)
    return _open_console(ctx.obj) if ctx.invoked_subcommand is None else None


def _open_console(options: Options) -> int:
    import sys

    from matui.cli.output import is_terminal
    from matui.errors import UsageError

    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise UsageError(
            "The console needs a terminal, and this is not one.", remedy="In scripts use: matui get KIND"
        )
    if options.screen is not None:
        from matui.resources.registry import kind_named

        kind_named(options.screen)
    from matui.cli.console import open_console

    return open_console(options)
