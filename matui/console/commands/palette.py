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
            score = score_match(query, f"{words} {command.id}")
            if score > 0:
                yield Hit(score, matcher.highlight(words), partial(self._run, command.id))

    async def discover(self) -> Hits:
        """Yield every command, before anything is typed."""
        for command, words in self._offered():
            yield DiscoveryHit(words, partial(self._run, command.id))

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


def score_match(query: str, text: str) -> float:
    """Return how well each word of the query matches, 0 to 1: beginnings of words before parts of words.

    0 where a word of the query does not occur: scattered letters are no match.
    """
    words = [word.strip("(:),") for word in text.casefold().split()]
    scores = [_score_word(part, words) for part in query.casefold().split()]
    return sum(scores) / len(scores) if scores and all(scores) else 0.0


def _score_word(part: str, words: list[str]) -> float:
    part = part.lstrip(":")
    if part in words:
        return 1.0
    at = next((at for at, word in enumerate(words) if word.startswith(part)), None)
    if at is not None:
        return 0.9 - min(at, 20) / 100
    return 0.3 if len(part) > 1 and any(part in word for word in words) else 0.0
