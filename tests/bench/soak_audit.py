"""A day of audit lines, with rotation: nothing is lost that should be kept, and nothing grows without end."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from matui.base.clock import ManualClock
from matui.live.audit.trail import Audit, AuditResult, read_audit
from matui.resources.model import Phase, Resource

EVERY_S = 30.0
MOST_BYTES, FILES = 400_000, 4


def write_day_of_audit(folder: Path) -> tuple[str, list[str]]:
    """Write a day of actions, one each half minute; returns a line of figures and what is wrong."""
    clock = ManualClock()
    audit = Audit(folder, clock=clock, most_bytes=MOST_BYTES, files=FILES)
    cloud: Any = SimpleNamespace(profile="p", name="modelarts", region="r", project_id="x")
    rng, handles = random.Random(7), len(list(Path("/proc/self/fd").iterdir()))
    actions = int(86_400 / EVERY_S)
    for turn in range(actions):
        name = "n" * rng.randint(1, 80)
        row = Resource("jobs", str(turn), name, "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
        action_id = audit.record_intent(cloud, "stop", row)
        audit.write_result(action_id, cloud, "stop", row, AuditResult(outcome="done", request_id="r" * 32))
        clock.jump(EVERY_S)
    sizes = [file.stat().st_size for file in sorted(folder.glob("audit*.jsonl"))]
    reading = read_audit(audit.lines, clock.now())
    wrong = []
    if len(sizes) != FILES or max(sizes) > MOST_BYTES:
        wrong.append(f"the audit files are {sizes}")
    kept = [int(entry.about["resource_id"]) for entry in reading.entries]
    if kept != list(range(actions - 1, actions - 1 - len(kept), -1)) or reading.skipped:
        wrong.append("the audit trail has holes")
    if len(list(Path("/proc/self/fd").iterdir())) != handles:
        wrong.append("the audit leaves files open")
    return f"audit: {actions} actions in a day, {len(kept)} kept in files of {sizes} bytes", wrong
