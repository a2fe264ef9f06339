"""Rules of notification: which changes they cover, and the hours in which they are quiet. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from matui.base.errors import MatuiError, UsageError
from matui.base.text.formatting import end_sentence
from matui.live.journal.change import Change
from matui.resources.columns import choose_state_word
from matui.resources.filters import Filter, parse_filter
from matui.resources.kind import Kind
from matui.resources.model import Phase, Resource
from matui.resources.registry import INNER_KINDS, KINDS, find_kind
from matui.resources.state_words import PHASES, find_wrong_word

NotifyBy: TypeAlias = Literal["bell", "terminal", "flash"]
_DAY_MINUTES = 24 * 60
_NEW = "new"  # the state before of what was not there


class QuietHours(NamedTuple):
    """From ``start`` to ``end`` in minutes after midnight, local time; it may pass midnight."""

    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """Return the hours of ``HH:MM-HH:MM``. Raises ValueError."""
        start, separator, end = text.replace(" ", "").partition("-")
        if not separator:
            raise ValueError("must be two times, such as 22:00-07:00")
        return cls(_parse_minutes(start), _parse_minutes(end))

    def covers(self, minute: int) -> bool:
        """Return whether a minute of the day is quiet."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def _parse_minutes(text: str) -> int:
    hours, separator, minutes = text.partition(":")
    if not (separator and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise ValueError(f"{text} is not a time such as 07:00")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _DAY_MINUTES:
        raise ValueError(f"{text} is not a time of the day")
    return total


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """One rule. Empty ``kinds``, ``to`` or ``before`` mean any; the last two are states in small letters.

    ``command`` runs instead of what ``by`` names.
    """

    kinds: Collection[str] = ()
    filter: Filter = field(default_factory=lambda: parse_filter(""))
    to: Collection[str] = ()
    by: tuple[NotifyBy, ...] = ("bell", "terminal", "flash")
    command: tuple[str, ...] = ()
    quiet: QuietHours | None = None
    before: Collection[str] = ()

    def covers(self, change: Change, row: Resource, now_ms: float) -> bool:
        """Return whether the rule announces a change; ``row`` is the resource as it is after it."""
        if self.kinds and change.kind not in self.kinds:
            return False
        if self.before and _list_words_before(change).isdisjoint(self.before):
            return False
        if self.to and self.to_words(change).isdisjoint(self.to):
            return False
        if not self.to and change.after_phase is change.before_phase:
            return False
        return not self.filter or self.filter.matches(row, now_ms)

    @staticmethod
    def to_words(change: Change) -> set[str]:
        """Return the words by which ``to`` may name the state after a change."""
        if change.after is None:
            return {"deleted", "gone"}
        return _list_state_words(change.after, change.after_phase)


def _list_words_before(change: Change) -> set[str]:
    """Return the words by which ``from`` may name the state before a change."""
    return {_NEW} if change.before is None else _list_state_words(change.before, change.before_phase)


def _list_state_words(status: str, phase: Phase | None) -> set[str]:
    folded = status.casefold()
    words = {folded, folded.removeprefix("jobstat_")}
    if phase is not None:
        words.add(phase.value)
        words |= {"ended"} if phase.ended else set()
    return words


class RuleError(MatuiError):
    """A word of a rule that does not exist; ``field`` is ``kinds``, ``filter``, ``from`` or ``to``."""

    def __init__(self, field: str, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence, remedy=remedy)
        self.field = field


def build_rule(
    kinds: Sequence[str], filter_text: str, to: Sequence[str], before: Sequence[str] = ()
) -> NotificationRule:
    """Return the rule of typed words. Raises RuleError for one that does not exist."""
    try:
        chosen = tuple(find_kind(name) for name in kinds)
    except UsageError as error:
        raise RuleError("kinds", error.sentence, error.remedy) from None
    _check_states(chosen, "to", to, "ended, deleted")
    _check_states(chosen, "from", [word for word in before if word.casefold() != _NEW], "ended, new")
    only = parse_filter(filter_text)
    if only.errors:
        raise RuleError("filter", end_sentence(f"The filter is wrong: {'; '.join(only.errors)}"))
    return NotificationRule(
        tuple(kind.id for kind in chosen),
        only,
        tuple(word.casefold() for word in to),
        before=tuple(word.casefold() for word in before),
    )


def _check_states(kinds: Collection[Kind], field: str, words: Sequence[str], others: str) -> None:
    wrong = find_wrong_word(kinds or KINDS.values(), words)
    if wrong is not None:
        near = f"Did you mean {wrong.near}?" if wrong.near else ""
        remedy = near or f"Phases: {' '.join(PHASES)}; or {others}, or a status."
        raise RuleError(field, f"There is no phase or status {wrong.word!r}.", remedy)


def build_row(change: Change, cloud: str) -> Resource:
    """Return the resource of a change, with the fields that the change has."""
    return Resource(
        change.kind, change.id, change.name, change.after or change.before or "",
        change.after_phase or Phase.UNKNOWN, cloud, change.profile, change.workspace, change.owner,
    )  # fmt: skip


def describe_change(change: Change) -> str:
    """Return a change in one line."""
    known = KINDS.get(change.kind) or INNER_KINDS.get(change.kind)
    what = known.singular if known is not None else change.kind
    before, after = choose_state_word(change.before, "new"), choose_state_word(change.after, "deleted")
    reason = f": {change.reason}" if change.reason else ""
    return f"{what} {change.name}: {before} → {after}{reason}"
