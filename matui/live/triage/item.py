"""The items of triage, the thresholds of its rules, and the notes on a resource that are recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from matui.resources.model import Resource
from matui.resources.times import find_earliest_since


class TroubleKind(StrEnum):
    """The kinds of trouble, the most urgent first."""

    FAILED = "failed"
    DEGRADED = "degraded"
    STUCK = "stuck"
    SILENT = "silent"
    ENDING = "ending"
    FULL = "full"
    SOLD_OUT = "sold out"
    ACCESS = "no access"
    STALE = "stale"


URGENCY = {what: rank for rank, what in enumerate(TroubleKind)}


class Thresholds(NamedTuple):
    """Thresholds: a factor, minutes, and percent of a quota or pool in use."""

    stuck_factor: float = 3.0
    silent_minutes: float = 10.0
    ending_minutes: float = 30.0
    full_percent: float = 90.0


DEFAULT_LIMITS = Thresholds()


class Why(NamedTuple):
    """One line that says why, and its source: ``cloud``, ``code``, ``event``, ``log``, ``matui``."""

    text: str
    source: str


class Acknowledgement(NamedTuple):
    """An acknowledgement of an item: who, when (ms since the epoch), and with which note."""

    by: str
    at: float
    note: str = ""


class Trouble(NamedTuple):
    """The verdict of a rule. ``since`` is in ms since the epoch, None where unknown.

    With ``at_least`` the state has lasted since then or longer. ``key`` is the id of the command that helps.
    """

    what: TroubleKind
    since: float | None = None
    at_least: bool = False
    why: Why | None = None
    key: str = "why"


class TriageItem(NamedTuple):
    """A resource that needs a person, or a list that cannot be read as one."""

    resource: Resource
    trouble: Trouble
    acknowledged: Acknowledgement | None = None

    @property
    def rank(self) -> tuple[int, int, float]:
        """The order: acknowledged last, by urgency, the newest first, unknown times last."""
        trouble = self.trouble
        is_known = trouble.since is not None and not trouble.at_least
        since = trouble.since if is_known else find_earliest_since(self.resource)
        newest = -since if since is not None else 0.0
        return (self.acknowledged is not None, URGENCY[trouble.what], newest)


class KnownReason(NamedTuple):
    """The answer for a resource in a status; ``why`` is None where a search has found nothing."""

    status: str
    why: Why | None


class TriageNote(NamedTuple):
    """What is known of one resource; an acknowledgement comes with the status in which it was made."""

    reason: KnownReason | None = None
    acknowledged: tuple[Acknowledgement, str] | None = None


TriageNotes: TypeAlias = Mapping[tuple[str, str], TriageNote]
"""The notes of a profile, by kind and id."""


@runtime_checkable
class KeepsRows(Protocol):
    """Records what the logs of jobs say of their rows, and what triage knows of them."""

    def note_rows(self, kind: str, rows: Iterable[Resource]) -> None:
        """Record the rows of a kind as they are shown."""

    def note_triage(self, notes: TriageNotes) -> None:
        """Record the reasons and acknowledgements that are shown."""
