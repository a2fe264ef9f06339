"""The command palette: every command by its title."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from matui.console.commands.registry import Command, all_commands, key_of

if TYPE_CHECKING:
    from matui.console.host import CommandHost


class CommandProvider(Provider):
    """Offers the commands that apply here and now, with their keys."""

    async def search(self, query: str) -> Hits:
        """Yield the commands whose title matches."""
        matcher = self.matcher(query)
        for command, words in self._offered():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words), partial(self._run, command.id), help=command.group)

    async def discover(self) -> Hits:
        """Yield every command, before anything is typed."""
        for command, words in self._offered():
            yield DiscoveryHit(words, partial(self._run, command.id), help=command.group)

    @property
    def _host(self) -> CommandHost:
        return cast("CommandHost", self.app)  # Textual creates providers itself, with the screen alone

    def _offered(self) -> list[tuple[Command, str]]:
        host = self._host
        return [
            (command, f"{command.title}  ({key_of(command, host.keys)})")
            for command in all_commands()
            if command.id != "palette" and not host.why_not(command.id)
        ]

    async def _run(self, command_id: str) -> None:
        await self._host.action_run(command_id)
