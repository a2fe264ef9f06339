"""The goals of ``matui wait``: parse them, test them, and detect those that cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass

from matui.base.errors import UsageError
from matui.resources.columns import short_status
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.state_words import ENDED, GONE, PHASES, find_wrong_word

# Resources of these kinds never leave an end state.
_FINAL = ("jobs", "versions")


@dataclass(frozen=True, slots=True)
class Goal:
    """Phases and statuses, casefolded, of which one has to hold; ``is_gone`` if one is the absence."""

    words: tuple[str, ...]

    @property
    def is_gone(self) -> bool:
        """Whether the goal is reached when the resource no longer exists."""
        return not set(GONE).isdisjoint(self.words)

    def __str__(self) -> str:
        return " or ".join(self.words)

    @classmethod
    def of(cls, kind: Kind, typed: str) -> Goal:
        """Return the goal of ``WORD[,WORD…]``. Raises UsageError for a word that is no phase or status."""
        words = tuple(word.strip() for word in typed.split(",") if word.strip())
        if not words:
            raise UsageError("--for is empty.", remedy="Example: --for done,failed")
        _check_words(kind, words)
        return cls(tuple(word.casefold() for word in words))

    def holds(self, resource: Resource) -> bool:
        """Whether the resource has reached the goal."""
        status = resource.status.casefold()
        holding = {resource.phase.value, status, short_status(resource.status).casefold()}
        if resource.phase.ended:
            holding.add(ENDED)
        return not holding.isdisjoint(self.words)


def _check_words(kind: Kind, words: tuple[str, ...]) -> None:
    """Raise UsageError for a word that is neither a phase nor like a status."""
    wrong = find_wrong_word((kind,), words)
    if wrong is not None:
        hint = f" Did you mean {wrong.near}?" if wrong.near else ""
        raise UsageError(
            f"{kind.title} have no phase or status {wrong.word!r}.{hint}",
            remedy=f"Phases: {' '.join(PHASES)}; or ended, a status, or deleted.",
        )


class Progress:
    """Tracks whether a resource has left its end state while it was waited for."""

    def __init__(self, goal: Goal) -> None:
        self._goal = goal
        self._has_moved = False

    def why_unreachable(self, resource: Resource) -> str:
        """Return the reason that the goal can no longer be reached, ``""`` while it can."""
        if not resource.phase.ended:
            self._has_moved = True
            return ""
        if self._goal.is_gone or not (resource.kind in _FINAL or self._has_moved):
            return ""
        return f"it is {short_status(resource.status)}"
