"""Earlier entries of the prompt, by what they were typed for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

_MAX_ENTRIES = 100  # of a mode
_MAX_CHARACTERS = 500  # of an entry


class PromptHistory:
    """Entries by mode, oldest first; an entry that is repeated moves to the end.

    ``on_change`` gets all entries whenever one is added.
    """

    def __init__(self, on_change: Callable[[Mapping[str, list[str]]], object] | None = None) -> None:
        self._entries: dict[str, list[str]] = {}
        self._on_change = on_change

    def load(self, kept: object) -> None:
        """Put the entries of earlier runs before those of this one; ignores what is not one."""
        for mode, entries in kept.items() if isinstance(kept, dict) else ():
            if isinstance(entries, list):
                old = [entry for entry in entries if isinstance(entry, str)]
                self._entries[mode] = [*old, *self._entries.get(mode, [])][-_MAX_ENTRIES:]

    def list_entries(self, mode: str) -> list[str]:
        """Return the entries of a mode, oldest first."""
        return list(self._entries.get(mode, ()))

    def add(self, mode: str, text: str) -> None:
        """Add an entry; blank and very long ones are not kept."""
        text = text.strip()
        if not text or len(text) > _MAX_CHARACTERS:
            return
        before = [entry for entry in self._entries.get(mode, ()) if entry != text]
        self._entries[mode] = [*before, text][-_MAX_ENTRIES:]
        if self._on_change is not None:
            self._on_change(self._entries)


@runtime_checkable
class HasHistory(Protocol):
    """An application that keeps the history of its prompts."""

    history: PromptHistory


class HistoryWalk:
    """A walk through entries with up and down; what was typed before it is where it ends."""

    def __init__(self, entries: list[str], draft: str) -> None:
        self._texts = [*(entry for entry in entries if entry != draft), draft]
        self._at = len(self._texts) - 1

    def step(self, step: int) -> str | None:
        """Return the text ``step`` further on, negative for earlier; None at either end."""
        at = self._at + step
        if not 0 <= at < len(self._texts):
            return None
        self._at = at
        return self._texts[at]
