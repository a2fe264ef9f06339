"""``matui completion bash|zsh|fish``: print the completion script of a shell."""

from __future__ import annotations

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
