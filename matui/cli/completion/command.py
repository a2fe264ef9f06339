"""``matui completion``: the script of a shell, which asks matui for the candidates at each TAB."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes commands, options, kinds, profiles, filters and known names.

    \b
    bash: source <(matui completion bash)      in ~/.bashrc
    zsh:  source <(matui completion zsh)       in ~/.zshrc, after compinit
    fish: matui completion fish | source       in ~/.config/fish/config.fish
    """
    from matui.cli.completion.shells import SHELLS

    # The template alone: click's own check of bash's version prints to stderr where bash is missing.
    completer = SHELLS[shell](ctx.find_root().command, {}, "matui", "_MATUI_COMPLETE")
    click.echo(completer.source_template % completer.source_vars())
