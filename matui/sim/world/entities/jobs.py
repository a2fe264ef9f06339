"""Training jobs and their versions: states over time (chapter 5.5) and nothing of the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matui.sim.world.timeline import Life

UNKNOWN, INIT, IMAGE_CREATING, IMAGE_FAILED, SUBMIT_TRYING, SUBMIT_FAILED, DELETE_FAILED = range(7)
WAITING, RUNNING, KILLING, COMPLETED, FAILED, KILLED, CANCELED, LOST, SCALING = range(7, 16)

NAMES = (
    "UNKNOWN", "INIT", "IMAGE_CREATING", "IMAGE_FAILED", "SUBMIT_TRYING", "SUBMIT_FAILED", "DELETE_FAILED",
    "WAITING", "RUNNING", "KILLING", "COMPLETED", "FAILED", "KILLED", "CANCELED", "LOST", "SCALING",
    "SUBMIT_MODEL_FAILED", "DEPLOY_SERVICE_FAILED", "CHECK_INIT", "CHECK_RUNNING", "CHECK_RUNNING_COMPLETED",
    "CHECK_FAILED",
)  # fmt: skip
STOPPABLE = frozenset({INIT, IMAGE_CREATING, SUBMIT_TRYING, WAITING, RUNNING, SCALING})
LIVE = STOPPABLE | {KILLING}
KILL_S = 8.0


def status_code(status: int | str) -> int:
    """Return the number of a status given as number or as name, with or without ``JOBSTAT_``."""
    return status if isinstance(status, int) else NAMES.index(status.removeprefix("JOBSTAT_"))


@dataclass(slots=True)
class Version:
    """One run of a job.

    ``gap_us`` is the time between two log lines in microseconds, ``cap`` the most lines it writes before the
    end, ``fault`` the kind of failure its log ends with, ``config`` what a caller's request asked for.
    """

    id: int
    number: int
    created: int
    life: Life[int]
    seed: int
    spec: int = 1
    engine: int = 1
    workers: int = 1
    priority: int = 1
    previous: int | None = None
    gap_us: int = 500_000
    cap: int | None = None
    fault: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    frozen: dict[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def started(self) -> int | None:
        """Return when it began to run (ms), perhaps ahead, or None if it never does."""
        return next((at for at, state in self.life.steps if state == RUNNING), None)

    @property
    def ended(self) -> int | None:
        """Return when it leaves RUNNING for good (ms), perhaps ahead, or None."""
        started = self.started
        if started is None:
            return None
        return next(
            (at for at, state in self.life.steps if at >= started and state not in (RUNNING, SCALING)), None
        )

    def duration(self, now: int) -> int:
        """Return how long it has been running, in ms."""
        started = self.started
        if started is None or started > now:
            return 0
        ended = self.ended
        return (now if ended is None else min(now, ended)) - started

    def log_names(self, job_name: str) -> tuple[str, ...]:
        """Return the names of its log files, one a node."""
        own = tuple(f"job-{job_name}.{rank}" for rank in range(self.workers))
        return own + self.files

    def stop(self, now: int) -> None:
        """Cancel it within seconds."""
        self.life.turn(now, (0, KILLING), (KILL_S, KILLED))


@dataclass(slots=True)
class Job:
    """A training job with its versions, oldest first. Times are ms since the epoch."""

    id: int
    name: str
    created: int
    versions: list[Version]
    workspace: str = "0"
    description: str = ""
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def latest(self) -> Version | None:
        """Return the newest version, None when there is none."""
        return self.versions[-1] if self.versions else None

    def version(self, version_id: int) -> Version | None:
        """Return the version with this id, or None."""
        return next((version for version in self.versions if version.id == version_id), None)

    def status(self, now: int) -> int:
        """Return the state of the newest version."""
        return self.versions[-1].life.at(now) if self.versions else INIT

    def duration(self, now: int) -> int:
        """Return how long the newest version has run, in ms."""
        return self.versions[-1].duration(now) if self.versions else 0

    def next_number(self) -> int:
        """Return the number of the version to come."""
        return self.versions[-1].number + 1 if self.versions else 1


def fresh_life(now: int, waits_s: float, runs_s: float, end: int = COMPLETED) -> Life[int]:
    """Return the life of a run submitted at ``now`` that waits, runs and ends as ``end`` (spans: s)."""
    life: Life[int] = Life([(now, INIT)])
    ready = 21 + waits_s
    life.turn(
        now,
        (0, INIT), (3, IMAGE_CREATING), (15, SUBMIT_TRYING), (21, WAITING),
        (ready, RUNNING), (ready + runs_s, end),
    )  # fmt: skip
    return life
