"""A recording of a small cloud whose answers a test sets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError
from matui.clouds.protocols import BudgetState, ListRequest, LogBytes, LogPage, Page
from matui.live.recording.cloud import record_cloud
from matui.live.recording.tape import Tape
from matui.resources.detail import Detail, Event, Gauge, Metrics, MetricSeries, PoolUsage, Section
from matui.resources.model import Phase, Resource

START = 1_760_000_000.0


def make_job(number: int, **changes: object) -> Resource:
    """Return a job."""
    values = {
        "kind": "jobs",
        "id": f"10{number:04}",
        "name": f"bert-large-{number}",
        "status": "RUNNING",
        "phase": Phase.RUNNING,
        "cloud": "modelarts",
        "profile": "prod",
        "workspace": "team-alpha",
        "owner": "zhang.wei",
        "created_at": int(START * 1000),
        "facts": {"version_count": number},
    }
    return Resource(**{**values, **changes})  # type: ignore[arg-type]


@dataclass
class SmallCloud:
    """Lists jobs, describes them, and has events, metrics and one log file."""

    rows: tuple[Resource, ...] = ()
    log: str = ""
    error: MatuiError | None = None
    name: str = "modelarts"
    profile: str = "prod"
    region: str = "cn-north-4"
    project_id: str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    kinds: tuple[str, ...] = ("jobs",)
    usage: PoolUsage | None = None
    events_of: list[Event] = field(default_factory=list)

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 60)

    async def aclose(self) -> None: ...

    async def list_page(self, request: ListRequest) -> Page:
        if self.error is not None:
            raise self.error
        return Page(
            self.rows[request.number * request.size : (request.number + 1) * request.size],
            len(self.rows),
            True,
        )

    async def read(self, kind: str, resource_id: str) -> Resource:
        return next(row for row in self.rows if (row.kind, row.id) == (kind, resource_id))

    async def describe(self, resource: Resource) -> Detail:
        return Detail(resource, (Section("Overview", (("Name", resource.name), ("Owner", resource.owner))),))

    async def fetch_events(self, resource: Resource) -> tuple[Event, ...]:
        return tuple(self.events_of)

    async def fetch_metrics(self, resource: Resource) -> Metrics:
        return Metrics((MetricSeries(f"gpu of {resource.name}", (1.0, 2.0), "%", 60.0),))

    async def fetch_pool_usage(self, pool: Resource) -> PoolUsage | None:
        return self.usage

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        return (Gauge("Training jobs", 9.0, 10.0),)

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        return (f"{job.name}.log",)

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        lines = self.log.splitlines(keepends=True)
        begin = int(base or 0)
        return LogPage("".join(lines[begin:]), str(begin + 1), str(len(lines)), len(lines) - begin)

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        raise NotImplementedError


@dataclass
class Studio:
    """What is recorded, and the file."""

    file: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    cloud: SmallCloud = field(default_factory=SmallCloud)

    def record(self, script: Callable[[SmallCloud], object], *, redact: bool = False) -> Tape:
        """Run ``script``, a coroutine function of the recording cloud, and close the recording."""
        tape = Tape(self.file, redact=redact)
        recording = record_cloud(self.cloud, tape, self.clock)
        asyncio.run(script(recording))  # type: ignore[arg-type]
        tape.close()
        assert tape.problem == ""
        return tape


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Return a studio in a folder of its own."""
    return Studio(tmp_path / "shift.rec")
