"""Models (chapter 6), and services: states over time, edge nodes, events, updates (7); deployments (v2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from matui.sim.world.timeline import Timeline

STATUSES = (
    "running", "deploying", "concerning", "failed", "stopped", "finished", "stopping", "deleting", "pending",
    "waiting",
)  # fmt: skip
DEPLOY_S = 45.0
STOP_S = 5.0
DELETE_S = 6.0
UNITS_S = {"DAYS": 86_400, "HOURS": 3_600, "MINUTES": 60}
MODEL_STATUSES = ("publishing", "published", "failed", "building", "building_failed")
TYPES = (
    "TensorFlow", "MXNet", "Caffe", "Spark_MLlib", "Scikit_Learn", "XGBoost", "MindSpore", "Image", "PyTorch",
)  # fmt: skip
KINDS = ("real-time", "batch", "edge")


@dataclass(slots=True)
class SimEdgeNode:
    """An edge node with an instance of a service."""

    id: str
    name: str
    ip: str
    timeline: Timeline[str]
    state: str = "RUNNING"
    gpus: int = 0


@dataclass(slots=True)
class SimServiceEvent:
    """A past or future event of a service; ``at`` in ms."""

    at: int
    kind: str
    text: str


@dataclass(slots=True)
class ServiceUpdate:
    """An update of the configuration, from ``at`` to ``ends`` in ms."""

    at: int
    ends: int
    succeeds: bool
    config: list[dict[str, Any]]


@dataclass(slots=True)
class SimService:
    """One service; ``rate`` is calls per second while running, ``failure_rate`` the share that fails."""

    id: str
    name: str
    kind: str
    timeline: Timeline[str]
    published: int
    updated: int
    operated: int
    config: list[dict[str, Any]]
    workspace: str = "0"
    description: str = ""
    schedule: list[dict[str, Any]] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    network: dict[str, str] = field(default_factory=dict)
    nodes: list[SimEdgeNode] = field(default_factory=list)
    events: list[SimServiceEvent] = field(default_factory=list)
    updates: list[ServiceUpdate] = field(default_factory=list)
    rate: float = 0.0
    failure_rate: float = 0.0
    seed: int = 0
    duration_s: float = 3600.0
    succeeds: bool = True
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def compute_status(self, now: int) -> str:
        """Return the state's name at ``now``."""
        return self.timeline.find_state_at(now)

    def count_calls(self, now: int) -> tuple[int, int]:
        """Return the numbers of calls and of failed calls until ``now``."""
        seconds = 0.0
        steps = [*self.timeline.steps, (now, "")]
        for (at, state), (after, _) in pairwise(steps):
            if state in ("running", "concerning") and at < now:
                seconds += (min(after, now) - at) / 1000
        total = int(seconds * self.rate)
        return total, int(total * self.failure_rate)

    @property
    def due(self) -> int | None:
        """Return the time of the scheduled stop in ms, or None."""
        begun = self.timeline.find_last_entry("deploying")
        if not self.schedule or begun is None:
            return None
        rule = self.schedule[0]
        return begun + int(rule["duration"]) * UNITS_S[rule["time_unit"]] * 1000

    def deploy(self, now: int) -> None:
        """Deploy within a minute; a batch service then runs and finishes, a scheduled one stops when due."""
        self.published = self.operated = now
        if not self.succeeds:
            self.timeline.replan(now, (0, "deploying"), (DEPLOY_S * 0.6, "failed"))
        else:
            ahead: list[tuple[float, str]] = [(0, "deploying"), (DEPLOY_S, "running")]
            if self.kind == "batch":
                ahead.append((DEPLOY_S + self.duration_s, "finished"))
            elif self.schedule:
                rule = self.schedule[0]
                due = float(rule["duration"] * UNITS_S[rule["time_unit"]])
                ahead += [(max(due, DEPLOY_S + 1), "stopping"), (max(due, DEPLOY_S + 1) + STOP_S, "stopped")]
            self.timeline.replan(now, *ahead)
        self._add_deploy_events(now)

    def stop(self, now: int) -> None:
        """Stop; it takes seconds."""
        self.operated = now
        self.timeline.replan(now, (0, "stopping"), (STOP_S, "stopped"))
        self.drop_future_events(now)
        self.add_event(now, "normal", "stop service")

    def drop_future_events(self, now: int) -> None:
        """Remove the events after ``now``."""
        self.events = [event for event in self.events if event.at <= now]

    def add_event(self, at: int, kind: str, text: str) -> None:
        self.events.append(SimServiceEvent(at, kind, text))

    def _add_deploy_events(self, now: int) -> None:
        self.drop_future_events(now)
        model = f"{self.config[0].get('model_name', 'model')} {self.config[0].get('model_version', '1.0.0')}"
        story = (
            (0.0, "start to deploy service"),
            (0.1, f"building image for model [{model}]"),
            (0.2, f"model ({model}) build image success"),
            (4.0, "preparing environment"),
            (16.0, f"[{model}] prepare environment success"),
            (17.0, f"[{model}] schedule resource success"),
            (18.0, f"[{model}] pulling model image"),
        )
        for after, text in story:
            self.add_event(now + round(after * 1000), "normal", text)
        if self.succeeds:
            self.add_event(now + 36_000, "normal", f"[{model}] pull image success")
            self.add_event(now + 37_000, "normal", f"[{model}] starting model")
            self.add_event(now + round(DEPLOY_S * 1000), "normal", "start model success")
        else:
            reason = f"[{model}] pull image failed: back-off pulling image, 镜像拉取失败 (ErrImagePull)"
            self.add_event(now + round(DEPLOY_S * 600), "abnormal", reason)


@dataclass(slots=True)
class DeploymentVersion:
    """One configuration of a deployment."""

    version: str
    created: int
    description: str
    unit: dict[str, Any]


@dataclass(slots=True)
class SimDeployment:
    """One deployment of a service: its versions, the current one and its instances.

    ``busy_until`` (ms) ends a change; ``scales`` are the least and the most instances of autoscaling.
    """

    name: str
    versions: list[DeploymentVersion]
    current: str
    count: int
    weight: int = 100
    pool: str = ""
    changed: int = 0
    busy_until: int = 0
    scales: tuple[int, int] | None = None


@dataclass(slots=True)
class Model:
    """One version of a model; ``size`` in bytes, ``asked`` the body of the import request."""

    id: str
    name: str
    version: str
    type: str
    timeline: Timeline[str]
    created: int
    size: int
    workspace: str = "0"
    description: str = ""
    install_type: tuple[str, ...] = KINDS
    asked: dict[str, Any] = field(default_factory=dict)
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def compute_status(self, now: int) -> str:
        """Return the state's name at ``now``."""
        return self.timeline.find_state_at(now)
