"""Parses and completes the commands typed after ``:``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from matui.base.errors import UsageError
from matui.resources.filter_completion import complete_filter
from matui.resources.kind import Kind
from matui.resources.registry import KIND_NAMES, KINDS

# Verbs that take an argument, with its metavariable.
VERBS = {
    "profile": "PROFILE",
    "profiles": "PROFILE,PROFILE",
    "workspace": "WORKSPACE-ID",
    "theme": "THEME",
    "sort": "COLUMN",
    "filter": "EXPRESSION",
    "help": "TOPIC",
}
_ALIASES = {"q": "quit", "q!": "quit_now", "quit!": "quit_now", "h": "help", "?": "help", "log": "logs"}


class ParsedCommand(NamedTuple):
    """A parsed command: ``verb`` is a kind's id, a command's id or one of VERBS."""

    verb: str
    argument: str = ""


def is_subsequence(needle: str, hay: str) -> bool:
    """Return whether the letters of ``needle`` occur in ``hay`` in that order."""
    letters = iter(hay)
    return all(letter in letters for letter in needle)


def rank_words(needle: str, words: Iterable[str]) -> list[str]:
    """Return the words that fuzzily match, best first: exact, prefix, inside, then scattered letters."""
    folded = needle.casefold()

    def score(word: str) -> int | None:
        low = word.casefold()
        if low == folded:
            return 0
        if low.startswith(folded):
            return 1
        if folded in low:
            return 2
        return 3 if is_subsequence(folded, low) else None

    scored = [(score(word), len(word), word) for word in words]
    return [word for points, _, word in sorted((s, n, w) for s, n, w in scored if s is not None)]


class CommandLine:
    """Parses and completes commands.

    ``arguments`` are the possible arguments by verb; ``refuse_argument`` returns why a command takes none,
    or ``""``.
    """

    def __init__(
        self,
        command_ids: Sequence[str],
        arguments: dict[str, Sequence[str]],
        refuse_argument: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._commands = [c for c in command_ids if c not in KINDS]
        self._arguments = arguments
        self._refuse_argument = refuse_argument

    def parse(self, text: str) -> ParsedCommand:
        """Return the command in ``text``. Raises UsageError that names the nearest words."""
        word, _, argument = text.strip().partition(" ")
        word, argument = word.removeprefix(":").casefold(), argument.strip()
        if not word:
            raise UsageError("Type a kind (jobs), a command (pause) or: profile NAME.")
        word = _ALIASES.get(word, word)
        if argument and word in VERBS:
            return ParsedCommand(word, self._parse_argument(word, argument))
        if word in KIND_NAMES:
            return ParsedCommand(KIND_NAMES[word], argument)
        if word in VERBS and word not in self._commands:
            raise UsageError(f"{word} needs a {VERBS[word]}.")
        if word in self._commands:
            if argument and (reason := self._refuse_argument(word)):
                raise UsageError(reason)
            return ParsedCommand(word, argument)
        return self._parse_nearest(word, argument)

    def _parse_nearest(self, word: str, argument: str) -> ParsedCommand:
        found = [w for w in rank_words(word, self._list_words()) if len(word) > 1]
        if len(found) == 1 or (found and found[0].startswith(word)):
            return self.parse(f"{found[0]} {argument}")
        near = found or get_close_matches(word, self._list_words(), n=3)
        hint = f" Did you mean {', '.join(near[:3])}?" if near else ""
        raise UsageError(
            f"There is no command {word!r}.{hint}",
            remedy="" if near else "See those there are with ctrl+p or ?.",
        )

    def _parse_argument(self, verb: str, argument: str) -> str:
        if verb == "profiles":
            return ",".join(
                self._parse_argument("profile", one.strip()) for one in argument.split(",") if one.strip()
            )
        known = self._arguments.get(verb, ())
        if not known or verb in ("filter", "workspace") or argument in known:
            return argument
        found = rank_words(argument, known)
        if not found:
            raise UsageError(f"There is no {VERBS[verb].lower()} {argument!r}. Known: {', '.join(known)}.")
        return found[0]

    def _list_words(self) -> list[str]:
        kinds = [name for name in KIND_NAMES if len(name) > 3]
        return sorted({*kinds, *self._commands, *VERBS})

    def complete(self, text: str) -> list[str]:
        """Return the completed lines, best first."""
        word, space, argument = text.lstrip().partition(" ")
        if not space:
            return rank_words(word, self._list_words()) if word else []
        kind = KINDS.get(KIND_NAMES.get(word.casefold(), ""))
        if kind is not None or word.casefold() == "filter":
            return [f"{word} {choice}" for choice in complete_typed_filter(argument, kind)]
        known = self._arguments.get(word.casefold(), ())
        before, comma, last = (
            argument.rpartition(",") if word.casefold() == "profiles" else ("", "", argument)
        )
        taken = before.split(",")
        found = [one for one in (rank_words(last, known) if last else known) if one not in taken]
        return [f"{word} {before}{comma}{choice}" for choice in found]


def complete_typed_filter(text: str, kind: Kind | None) -> list[str]:
    """Return what completes a filter; nothing for a blank last term and for one that is complete."""
    if text.rpartition(" ")[2] in ("", "!"):
        return []
    return [found.text for found in complete_filter(text, kind) if found.text != text]
