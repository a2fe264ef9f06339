"""The command palette: every command by its words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from matui.console.commands import COMMANDS, Command, key_of

if TYPE_CHECKING:
    from matui.console.app import MatuiApp


class CommandProvider(Provider):
    """Offers what works here, now, with the key that does the same."""

    async def search(self, query: str) -> Hits:
        """Yield the commands whose words match."""
        matcher = self.matcher(query)
        for command, words in self._offered():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words), partial(self._run, command.id), help=command.group)

    async def discover(self) -> Hits:
        """Yield every command, before anything is typed."""
        for command, words in self._offered():
            yield DiscoveryHit(words, partial(self._run, command.id), help=command.group)

    def _offered(self) -> list[tuple[Command, str]]:
        app = cast("MatuiApp", self.app)
        dispatch = app.browse.dispatch
        return [
            (command, f"{command.title}  ({key_of(command, app.keys)})")
            for command in COMMANDS
            if command.id != "palette" and not dispatch.why_not(command.id)
        ]

    async def _run(self, command_id: str) -> None:
        await cast("MatuiApp", self.app).browse.dispatch.run(command_id)
