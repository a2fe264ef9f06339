"""The entries of the command palette, and how well each matches a typed text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from matui.base.errors import UsageError
from matui.console.commands.command_line import VERBS, CommandLine, ParsedCommand, is_subsequence
from matui.console.commands.registry import format_keys, list_commands

# Verbs whose arguments are known beforehand, with what they do.
_ARGUMENT_VERBS = {
    "profile": "open one profile alone",
    "sort": "sort by a column",
    "theme": "change the theme",
}
_WEAK = 0.25  # scores below it are shown only when there is no better one


class PaletteEntry(NamedTuple):
    """One line of the palette.

    ``keys`` are shown at its right; ``typed`` is the same as a typed command. An entry that
    ``needs_argument`` is completed instead of run; one that is ``hidden_at_first`` is shown only when it
    matches.
    """

    title: str
    keys: str
    typed: str
    command: ParsedCommand
    needs_argument: bool = False
    hidden_at_first: bool = False


def list_palette_entries(
    keys: Mapping[str, str], disabled_reason: Callable[[str], str], arguments: Mapping[str, Sequence[str]]
) -> list[PaletteEntry]:
    """Return the commands that work here, now, and the verbs with each of their ``arguments``.

    ``keys`` are formatted, by command id.
    """
    entries = [
        PaletteEntry(command.title, format_keys(command, keys), command.id, ParsedCommand(command.id))
        for command in list_commands()
        if command.id != "palette" and not disabled_reason(command.id)
    ]
    for verb, title in _ARGUMENT_VERBS.items():
        choices = arguments.get(verb, ())
        if not choices:
            continue
        entries.append(
            PaletteEntry(
                title, f":{verb} {VERBS[verb]}", f"{verb} ", ParsedCommand(verb), needs_argument=True
            )
        )
        entries += (
            PaletteEntry(
                f"{verb}: {choice}",
                f":{verb} {choice}",
                f"{verb} {choice}",
                ParsedCommand(verb, choice),
                hidden_at_first=True,
            )
            for choice in choices
        )
    return entries


def match_entries(entries: Iterable[PaletteEntry], query: str, parser: CommandLine) -> list[PaletteEntry]:
    """Return the entries that match, best first; a typed command with an argument comes before them."""
    if not query.strip():
        return [entry for entry in entries if not entry.hidden_at_first]
    scored = [(score_match(query, f"{entry.typed} {entry.title}"), entry) for entry in entries]
    best = max((score for score, _ in scored), default=0.0)
    least = _WEAK if best >= _WEAK else 0.0
    found = sorted((pair for pair in scored if pair[0] > least), key=lambda pair: -pair[0])
    matches = [entry for _, entry in found]
    typed = _parse_typed(query, parser)
    if typed is None or any(entry.command == typed.command for entry in matches):
        return matches
    return [typed, *matches]


def _parse_typed(query: str, parser: CommandLine) -> PaletteEntry | None:
    try:
        command = parser.parse(query)
    except UsageError:
        return None
    if not command.argument:
        return None
    text = f"{command.verb} {command.argument}"
    return PaletteEntry(f"run :{text}", "", text, command)


def score_match(query: str, text: str) -> float:
    """Return how well each word of the query matches, 0 to 1.

    Beginnings of words come before parts of words, and those before the letters of a word in order; the
    earlier a word stands, the better. 0 where a word of the query does not occur: letters scattered over
    several words are no match.
    """
    words = [word.strip("(:),") for word in text.casefold().split()]
    scores = [_score_word(part, words) for part in query.casefold().split()]
    return sum(scores) / len(scores) if scores and all(scores) else 0.0


def _score_word(part: str, words: list[str]) -> float:
    part = part.lstrip(":")
    if part in words:
        return 1.0 - min(words.index(part), 20) / 50
    at = next((at for at, word in enumerate(words) if word.startswith(part)), None)
    if at is not None:
        return 0.9 - min(at, 20) / 100
    if len(part) > 1 and any(part in word for word in words):
        return 0.3
    skips = len(part) > 2 and any(word[0] == part[0] and is_subsequence(part, word) for word in words if word)
    return 0.2 if skips else 0.0
