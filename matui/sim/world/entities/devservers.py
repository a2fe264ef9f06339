"""DevServers and their states over time."""

from __future__ import annotations

from dataclasses import dataclass

from matui.sim.world.timeline import Timeline


@dataclass(slots=True)
class DevServer:
    """One machine. Times are ms since the epoch."""

    id: str
    name: str
    flavor: str
    machine: str
    timeline: Timeline[str]
    created: int
