"""Visualization (TensorBoard) jobs and their states over time (5.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matui.sim.world.entities import jobs as j
from matui.sim.world.timeline import Timeline


@dataclass(slots=True)
class Visualization:
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
        self.timeline.replan(now, (0, j.INIT), (3, j.SUBMIT_TRYING), (7, j.WAITING), (12, j.RUNNING))
        if self.hours:
            end = 12 + self.hours * 3600
            self.timeline.steps += [(now + end * 1000, j.KILLING), (now + end * 1000 + 8000, j.KILLED)]

    def duration(self, now: int) -> int:
        """Return the running time since the last start in ms."""
        begun = self.timeline.last_entry(j.RUNNING)
        if begun is None or begun > now:
            return 0
        after = next((at for at, state in self.timeline.steps if at > begun and state != j.RUNNING), now)
        return min(after, now) - begun
