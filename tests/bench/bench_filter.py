"""How long one key in the filter takes on 20,000 jobs, in ms."""

from __future__ import annotations

import statistics
import time

from matui.resources.filters import parse_filter
from matui.resources.model import Phase, Resource

NOW = 1_600_000_000_000
FILTERS = (
    "t",
    "train",
    "trn7",
    "!train",
    "train !resnet",
    "status:failed",
    "phase:degraded",
    "age<2h",
    "owner:li age>1d duration>1h",
    "flavor:v100 train status:run",
    r"/resnet-\d+7$/",
)


def make_jobs(count: int = 20_000) -> list[Resource]:
    statuses = ("JOBSTAT_RUNNING", "JOBSTAT_FAILED", "JOBSTAT_COMPLETED")
    phases = (Phase.RUNNING, Phase.FAILED, Phase.DONE)
    return [
        Resource(
            "jobs",
            str(100_000 + n),
            f"train-resnet-{n}",
            statuses[n % 3],
            phases[n % 3],
            "modelarts",
            "prod",
            owner=f"li-{n % 9}",
            created_at=NOW - n * 60_000,
            duration_ms=n * 1000,
            facts={"flavor": "modelarts.vm.gpu.v100"},
        )
        for n in range(count)
    ]


def measure_ms() -> dict[str, float]:
    """Return the median of each filter."""
    rows = make_jobs()
    took = {}
    for text in FILTERS:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            parse_filter(text).select(rows, NOW)
            times.append((time.perf_counter() - start) * 1000)
        took[text] = statistics.median(times)
    return took
