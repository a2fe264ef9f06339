"""Shell completion: the command that prints the script, and the candidates; nothing here uses the network."""

from __future__ import annotations

import os

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes commands, options, kinds and profiles.

    \b
    bash: source <(matui completion bash)      in ~/.bashrc
    zsh:  source <(matui completion zsh)       in ~/.zshrc, after compinit
    fish: matui completion fish | source       in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    shell_class = get_completion_class(shell)
    if shell_class is None:
        raise LookupError(shell)
    # The template of click without its check of bash's version, which prints to stderr where bash is missing.
    completer = shell_class(ctx.find_root().command, {}, "matui", "_MATUI_COMPLETE")
    click.echo(completer.source_template % completer.source_vars())


def complete_kinds(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of kinds for the first word of an argument."""
    from matui.resources.registry import KINDS

    if ctx.params.get(param.name or ""):
        return []
    names = [name for kind in KINDS.values() for name in (kind.id, kind.singular)]
    more = ["all", "triage"] if ctx.command.name == "get" else []
    return _begin_with(incomplete, [*names, *more])


def complete_kind_option(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of kinds for an option."""
    from matui.resources.registry import KINDS

    return _begin_with(incomplete, list(KINDS))


def complete_profiles(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the profiles of the config file, after the last comma; none where it cannot be read."""
    import tomllib

    from matui.base.errors import MatuiError
    from matui.config.paths import chosen_file
    from matui.config.values import NAMED_DEMO_PROFILES

    before, comma, word = incomplete.rpartition(",")
    root = ctx.find_root().params
    if root.get("demo"):
        names = list(NAMED_DEMO_PROFILES)
    else:
        try:
            profiles = tomllib.loads(chosen_file(root.get("config"), os.environ).read_text("utf-8"))[
                "profiles"
            ]
            names = list(profiles)
        except (OSError, ValueError, LookupError, TypeError, RecursionError, MatuiError):
            return []
    return [f"{before}{comma}{name}" for name in _begin_with(word, names)]


def complete_goals(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the goals of ``wait``, after the last comma."""
    from matui.resources.model import Phase

    before, comma, word = incomplete.rpartition(",")
    goals = [*(phase.value for phase in Phase), "ended", "deleted"]
    return [f"{before}{comma}{goal}" for goal in _begin_with(word, goals)]


def complete_catalogs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of catalogs."""
    from matui.resources.kinds.configs import CATALOGS

    return _begin_with(incomplete, list(CATALOGS))


def _begin_with(incomplete: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
