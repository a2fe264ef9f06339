"""What the soak measures: memory, objects, tasks, sockets, file handles and the pace of the pollers."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import sys
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

import psutil

WARM_UP = 0.25
_SLOWEST = 8  # a kind that is not shown is polled four times as seldom, longer while errors last
_MOST_NEEDED = 50
MOST_GROWTH = {
    "rss_mib": 8.0,
    "traced_mib": 2.0,
    "tasks": 6.0,
    "sockets": 4.0,
    "files": 4.0,
    "objects": 0.06,
    "journal_mib": 2.0,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading. ``day`` is simulated days since the start; sizes are MiB.

    ``objects`` are allocated blocks: ``gc.get_objects`` refers to tuples that threads still fill.
    """

    day: float
    rss_mib: float
    traced_mib: float
    objects: int
    tasks: int
    sockets: int
    files: int
    journal_mib: float


def take(day: float, state_dir: Path) -> Sample:
    """Read everything after collecting what is garbage."""
    gc.collect()
    links = [_read_link(entry) for entry in Path("/proc/self/fd").iterdir()]
    return Sample(
        day=day,
        rss_mib=psutil.Process(os.getpid()).memory_info().rss / 2**20,
        traced_mib=tracemalloc.get_traced_memory()[0] / 2**20,
        objects=sys.getallocatedblocks(),
        tasks=len(asyncio.all_tasks()),
        sockets=sum(link.startswith("socket:") for link in links),
        files=sum(not link.startswith("socket:") for link in links),
        journal_mib=sum(file.stat().st_size for file in state_dir.glob("journal.db*")) / 2**20,
    )


def _read_link(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


def drop_warm_up(samples: list[Sample]) -> list[Sample]:
    """Return the samples after the warm-up."""
    return [sample for sample in samples if sample.day >= WARM_UP * samples[-1].day]


def compute_growth(samples: list[Sample]) -> dict[str, float]:
    """Return how much each figure grew from the first to the last third after warm-up (objects: a share).

    It is that of the means; of tasks that of the fewest, as notifications and failures that are being saved
    come and go by dozens.
    """
    kept = drop_warm_up(samples)
    third = max(1, len(kept) // 3)
    early, late = kept[:third], kept[-third:]
    grown = {
        name: mean(getattr(s, name) for s in late) - mean(getattr(s, name) for s in early)
        for name in MOST_GROWTH
    }
    grown["objects"] /= mean(s.objects for s in early)
    grown["tasks"] = min(s.tasks for s in late) - min(s.tasks for s in early)
    return grown


def list_complaints(samples: list[Sample]) -> list[str]:
    """Return a sentence for each figure that grew more than it may."""
    grew = [
        f"{name} grew by {grown:.2f}, more than {MOST_GROWTH[name]:g}"
        for name, grown in compute_growth(samples).items()
        if grown > MOST_GROWTH[name]
    ]
    return grew if samples[-1].journal_mib else [*grew, "no journal was written"]


def format_by_day(samples: list[Sample]) -> str:
    """Return the memory at the end of each simulated day."""
    days = range(1, int(samples[-1].day) + 1)
    ends = [min(samples, key=lambda sample: abs(sample.day - day)) for day in days]
    return "MiB by day: " + "  ".join(
        f"{day}: {end.rss_mib:.1f}" for day, end in zip(days, ends, strict=True)
    )


def list_drift(polled_at: Mapping[str, Sequence[float]]) -> list[str]:
    """Return a line a kind: the mean seconds between polls in the first and the second half."""
    lines = []
    for kind, times in sorted(polled_at.items()):
        gaps = [after - before for before, after in itertools.pairwise(times)]
        half = len(gaps) // 2
        if half:
            lines.append(
                f"{kind}: {mean(gaps[:half]):.1f} s, then {mean(gaps[half:]):.1f} s; most {max(gaps):.0f} s"
            )
    return lines


def as_line(sample: Sample) -> str:
    """Return a sample on one line."""
    return "  ".join(f"{name} {value:.1f}" for name, value in asdict(sample).items())


def list_lost_pace(polled_at: Mapping[str, Sequence[float]], cadence_s: float) -> list[str]:
    """Return a sentence for each kind whose polls drifted apart, or stopped for twenty minutes."""
    wrong = []
    moments = [time for times in polled_at.values() for time in (times[0], times[-1])]
    expected = (max(moments) - min(moments)) / (_SLOWEST * cadence_s) if moments else 0
    for kind, times in polled_at.items():
        gaps = [after - before for before, after in itertools.pairwise(times)]
        half = len(gaps) // 2
        if half < min(_MOST_NEEDED, expected / 2):
            wrong.append(f"{kind} was polled only {len(times)} times")
        elif abs(mean(gaps[half:]) - mean(gaps[:half])) > cadence_s:
            wrong.append(f"{kind} drifted from {mean(gaps[:half]):.0f} s to {mean(gaps[half:]):.0f} s")
        elif max(gaps) > 20 * cadence_s:
            wrong.append(f"{kind} was silent for {max(gaps):.0f} s")
    return wrong
