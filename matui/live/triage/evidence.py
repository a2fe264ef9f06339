"""The evidence that the rules of triage use besides the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from matui.base.errors import MatuiError
from matui.live.triage.item import DEFAULT_LIMITS, Thresholds
from matui.resources.model import ResourceKey

StayKey: TypeAlias = tuple[str, str]
"""Kind and status."""


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
