"""The record of a plan: one intent a target, a line for what was not sent, and none in a dry run."""

from __future__ import annotations

import json
from pathlib import Path

from matui.base.clock import ManualClock
from matui.live.actions.executor import Executor
from matui.live.actions.outcome import report_dry_run
from matui.live.actions.run_record import RunRecord
from matui.live.audit.trail import Actor, Audit
from matui.resources.kinds.notebooks import NOTEBOOKS
from tests.unit.live.acting import FakeCloud, make_notebook


class Bench:
    def __init__(self, folder: Path, *, dry_run: bool = False) -> None:
        clock, cloud = ManualClock(), FakeCloud(make_notebook(1), make_notebook(2))
        self.file = folder / "audit.jsonl"
        audit = Audit(folder, clock=clock, actor=Actor("li", ""))
        self.executor = executor = Executor(cloud, clock=clock, audit=audit)
        self.plan = executor.plan(NOTEBOOKS, "stop", [make_notebook(1), make_notebook(2)])
        self.record = RunRecord(self.plan, cloud, audit, executor.reconciler, dry_run=dry_run)

    def read_lines(self) -> list[tuple[str, str]]:
        text = self.file.read_text() if self.file.exists() else ""
        entries = [json.loads(line) for line in text.splitlines()]
        return [(entry["line"], entry.get("outcome", "")) for entry in entries]


async def test_an_intent_is_written_once(tmp_path):
    bench = Bench(tmp_path)
    ready = [make_notebook(1), make_notebook(2)]
    assert await bench.record.intend(ready) == ready
    assert await bench.record.intend(ready) == ready
    assert bench.read_lines() == [("intent", ""), ("intent", "")]


async def test_a_cancelled_wait_is_recorded_as_unknown_and_tracked(tmp_path):
    bench = Bench(tmp_path)
    await bench.record.intend([make_notebook(1)])
    bench.record.record_unknown(make_notebook(1), sent_at=5.0)
    bench.record.record_not_sent(make_notebook(2))
    assert bench.executor.reconciler.pending != ()
    assert bench.read_lines() == [
        ("intent", ""),
        ("result", "unknown"),
        ("intent", ""),
        ("result", "not sent"),
    ]
    assert [outcome.result for outcome in bench.record.build_outcomes()] == ["unknown", "not sent"]


async def test_a_dry_run_writes_no_line(tmp_path):
    bench = Bench(tmp_path, dry_run=True)
    bench.record.set_outcome(report_dry_run(make_notebook(1), bench.plan.action))
    bench.record.record_not_sent(make_notebook(2), "changed", "it is stopped by now")
    assert bench.record.has_outcome(make_notebook(1))
    assert [outcome.result for outcome in bench.record.build_outcomes()] == ["dry-run", "changed"]
    assert bench.read_lines() == []
