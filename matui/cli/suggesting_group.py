"""A group of commands that suggests the nearest one for a mistyped one."""

from __future__ import annotations

import click


class SuggestingGroup(click.Group):
    """Names the nearest command where the one that is typed does not exist."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return click's answer. Raises UsageError for a command that does not exist."""
        name = args[0]
        if name not in self.list_commands(ctx) and not name.startswith("-"):
            typed = " ".join([*ctx.command_path.split()[1:], name])
            ctx.fail(f"There is no command {typed!r}.{self.suggest(ctx, name)}")
        return super().resolve_command(ctx, args)

    def suggest(self, ctx: click.Context, name: str) -> str:
        """Return what may have been meant, after a space, ``""`` where nothing is near."""
        from matui.base.near_names import format_suggestion

        return format_suggestion(name, self.list_commands(ctx))
