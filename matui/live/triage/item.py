"""The items of triage, the thresholds of its rules, their evidence besides the rows, and notes recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from matui.base.errors import MatuiError
from matui.resources.model import Resource, ResourceKey
from matui.resources.times import find_earliest_since

StayKey: TypeAlias = tuple[str, str]
"""Kind and status."""


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


class LogSign(NamedTuple):
    """The end of the log of a running job: when its last line came, and when the end was last read.

    Times are in ms since the epoch; a ``read_at`` of None stands for now.

    With ``initializing`` the last lines are the initialization of NCCL or HCCL. ``verdict`` is what the cloud
    says of a job that hangs, ``""`` for nothing.
    """

    last_line_at: float | None = None
    initializing: bool = False
    verdict: str = ""
    read_at: float | None = None


class ListHealth(NamedTuple):
    """The state of one polled list; times are in ms since the epoch, ``cadence_s`` in seconds."""

    profile: str
    kind: str
    cloud: str
    fetched_at: float | None = None
    error: MatuiError | None = None
    cadence_s: float = 10.0
    paused: bool = False
    opened_at: float | None = None


class QuotaUse(NamedTuple):
    """A quota of a profile, or of the workspace named ``holder``: how much is used, and its limit."""

    profile: str
    name: str
    used: float
    limit: float
    cloud: str = ""
    unit: str = ""
    holder: str = ""


class Usage(NamedTuple):
    """The usage of a workspace, a pool or a profile: its quotas, its used and healthy cards in all.

    ``sold_out`` are flavors of a profile without resources; ``flavors`` are the names of the flavor of one
    resource, as its details state it.
    """

    quotas: tuple[QuotaUse, ...] = ()
    cards: tuple[float, float] | None = None
    sold_out: frozenset[str] = frozenset()
    flavors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts at ``now_ms``. ``stays`` are durations in ms of earlier stays, by kind and status."""

    now_ms: float
    limits: Thresholds = DEFAULT_LIMITS
    stays: Mapping[StayKey, Sequence[float]] = field(default_factory=dict)
    sold_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The flavors without resources, by profile."""
    usages: Mapping[ResourceKey, Usage] = field(default_factory=dict)
    clock_corrections: Mapping[str, float] = field(default_factory=dict)
    """What to add to ``now_ms`` to compare it with the times of a profile's cloud, in ms."""

    def get_cloud_now_ms(self, profile: str) -> float:
        """Return the time by the clock of a profile's cloud."""
        return self.now_ms + self.clock_corrections.get(profile, 0.0)
