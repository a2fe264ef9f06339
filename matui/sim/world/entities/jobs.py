"""Training jobs, their versions and configurations, and visualization jobs: states over time (5.1-5.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from matui.sim.world.log_text import LogText, StepText
from matui.sim.world.timeline import Timeline

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
HANG_SEEN_MS = 600_000
"""After so long without progress the platform reports a hang."""


class TimedLine(NamedTuple):
    """A line that node ``rank`` writes at ``at`` (ms), after the generated lines of its file."""

    at: int
    rank: int
    text: str


class Notice(NamedTuple):
    """An event of a run at ``at`` (ms); ``level`` is Info, Warning or Error.

    ``chinese`` is the text for a request in Chinese.
    """

    at: int
    level: str
    text: str
    chinese: str


class SimRecovery(NamedTuple):
    """One recovery from a fault: when it began and ended, in ms since the epoch (v2).

    Only a ``success`` begins another run; ``ended`` is None while the recovery goes on.
    """

    at: int
    ended: int | None
    fault: str
    how: str
    result: str = "success"
    task: str = "worker-0"
    reason: str = ""


@dataclass(slots=True)
class Version:
    """One run of a job.

    ``gap_us`` is the time between two log lines in µs, ``cap`` the maximum number of lines before the end,
    ``fault`` the kind of failure at the end of the log, ``config`` the configuration of the request.
    ``text`` generates the log until ``silent_from`` (ms); ``timed`` are its further lines in order of time.
    ``exits`` are the exit code and the reason of a node where they differ from those of the state.
    ``recoveries`` are from faults, oldest first, ``notify`` the events that are sent to an SMN topic,
    ``tuned`` marks a fine-tuning with metrics, ``idle`` a job that hardly uses its cards,
    ``hung`` (ms) is when it stopped to make progress: nothing that is measured changes from then on,
    ``pool`` is the v2 id of a chosen pool, ``experiment`` a name and ``body`` the request that made it (v2).
    """

    id: int
    number: int
    created: int
    timeline: Timeline[int]
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
    text: LogText = field(default_factory=StepText)
    silent_from: int | None = None
    timed: list[TimedLine] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    exits: dict[int, tuple[int, str]] = field(default_factory=dict)
    recoveries: tuple[SimRecovery, ...] = ()
    notify: tuple[str, ...] = ()
    tuned: bool = False
    idle: bool = False
    hung: int | None = None
    pool: str = ""
    experiment: str = ""
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def started(self) -> int | None:
        """Return the start of the run in ms, which may be in the future, or None."""
        return next((at for at, state in self.timeline.steps if state == RUNNING), None)

    @property
    def ended(self) -> int | None:
        """Return the end of the run in ms, which may be in the future, or None; a wait in between is none."""
        started = self.started
        if started is None:
            return None
        return next(
            (
                at
                for at, state in self.timeline.steps
                if at >= started and state not in (RUNNING, SCALING, WAITING)
            ),
            None,
        )

    def list_waits(self) -> list[tuple[int, int]]:
        """Return start and end (ms) of each wait between two parts of the run; it writes no log then."""
        started, steps = self.started, self.timeline.steps
        if started is None:
            return []
        return [
            (at, following)
            for (at, state), (following, _) in pairwise(steps)
            if state == WAITING and at > started
        ]

    def compute_duration(self, now: int) -> int:
        """Return the running time at ``now`` in ms."""
        started = self.started
        if started is None or started > now:
            return 0
        ended = self.ended
        return (now if ended is None else min(now, ended)) - started

    def list_log_names(self, job_name: str) -> tuple[str, ...]:
        """Return the names of the log files, one a node."""
        own = tuple(f"job-{job_name}.{rank}" for rank in range(self.workers))
        return own + self.files

    def stop(self, now: int) -> None:
        """Cancel the run; it takes seconds."""
        self.timeline.replan(now, (0, KILLING), (KILL_S, KILLED))


@dataclass(slots=True)
class SimJob:
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
        """Return the newest version, or None."""
        return self.versions[-1] if self.versions else None

    def find_version(self, version_id: int) -> Version | None:
        """Return the version with this id, or None."""
        return next((version for version in self.versions if version.id == version_id), None)

    def compute_status(self, now: int) -> int:
        """Return the state of the newest version."""
        return self.versions[-1].timeline.find_state_at(now) if self.versions else INIT

    def compute_duration(self, now: int) -> int:
        """Return the running time of the newest version in ms."""
        return self.versions[-1].compute_duration(now) if self.versions else 0

    def count_next_version(self) -> int:
        """Return the number of the next version."""
        return self.versions[-1].number + 1 if self.versions else 1


def plan_run(now: int, waits_s: float, runs_s: float, end: int = COMPLETED) -> Timeline[int]:
    """Return the timeline of a run submitted at ``now`` (ms) that ends as ``end``; durations in seconds."""
    timeline: Timeline[int] = Timeline([(now, INIT)])
    ready = 21 + waits_s
    timeline.replan(
        now,
        (0, INIT), (3, IMAGE_CREATING), (15, SUBMIT_TRYING), (21, WAITING),
        (ready, RUNNING), (ready + runs_s, end),
    )  # fmt: skip
    return timeline


@dataclass(slots=True)
class Config:
    """A saved configuration; ``kind`` is custom or sample, ``settings`` the fields of the request."""

    name: str
    created: int
    settings: dict[str, Any]
    kind: str = "custom"
    description: str = ""
    override: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class SimVisualization:
    """One visualization job; ``hours`` until its auto-stop, 0 for none."""

    id: int
    name: str
    timeline: Timeline[int]
    created: int
    train_url: str
    workspace: str = "0"
    description: str = ""
    hours: int = 1
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def launch(self, now: int) -> None:
        """Submit the job; it runs within seconds, until its auto-stop."""
        self.timeline.replan(now, (0, INIT), (3, SUBMIT_TRYING), (7, WAITING), (12, RUNNING))
        if self.hours:
            end = 12 + self.hours * 3600
            self.timeline.steps += [(now + end * 1000, KILLING), (now + end * 1000 + 8000, KILLED)]

    def compute_duration(self, now: int) -> int:
        """Return the running time since the last start in ms."""
        begun = self.timeline.find_last_entry(RUNNING)
        if begun is None or begun > now:
            return 0
        after = next((at for at, state in self.timeline.steps if at > begun and state != RUNNING), now)
        return min(after, now) - begun
