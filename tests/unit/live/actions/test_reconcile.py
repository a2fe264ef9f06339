"""Actions whose answer was lost: unknown first, and settled by the next read that tells."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import TimedOutError
from matui.base.redaction.masking import hide_secrets
from matui.live.actions.executor import Executor
from matui.live.actions.policy import Policy
from matui.live.actions.reconcile import Reconciler
from matui.live.audit.trail import Actor, Audit, AuditResult, read_audit
from matui.live.poll.freshness import Freshness
from matui.live.poll.poller import Snapshot, Update
from matui.live.poll.rows import Diff
from matui.resources.kinds.notebooks import NOTEBOOKS
from matui.resources.model import Phase
from tests.unit.live.acting import FakeCloud, make_notebook

STOPPING = make_notebook(1, "STOPPING", Phase.PENDING)
STOPPED = make_notebook(1, "STOPPED", Phase.STOPPED)
FAILED = make_notebook(1, "ERROR", Phase.FAILED)


class Bench:
    def __init__(self, folder, *rows, policy: Policy | None = None) -> None:
        self.cloud = FakeCloud(*(rows or (make_notebook(),)))
        self.clock = ManualClock()
        self.audit = Audit(folder / "s", clock=self.clock, actor=Actor("li", ""))
        self.executor = Executor(self.cloud, clock=self.clock, audit=self.audit, policy=policy or Policy())
        self.reconciler = self.executor.reconciler

    async def lose(self, action: str = "stop") -> None:
        self.cloud.errors = {"id-1": TimedOutError("No answer.", sent=True)}
        running = asyncio.ensure_future(
            self.executor.run(self.executor.plan(NOTEBOOKS, action, list(self.cloud.rows.values())))
        )
        for _ in range(5):
            await self.clock.advance(1)
        await running

    def read_entry(self):
        (entry,) = read_audit(self.audit.lines, self.clock.now()).entries
        return entry


def make_update(*rows, removed=()) -> Update:
    snapshot = Snapshot("notebooks", {r.id: r for r in rows}, len(rows), True, Freshness(0.0), 1)
    return Update(snapshot, Diff((), tuple(removed), tuple(rows)))


@pytest.mark.parametrize(
    ("row", "verdict"), [(STOPPING, "done"), (STOPPED, "done"), (FAILED, "changed"), (None, "gone")]
)
async def test_a_later_poll_settles_what_was_lost(tmp_path, row, verdict):
    bench = Bench(tmp_path)
    await bench.lose()
    assert (bench.read_entry().outcome, bench.read_entry().verdict) == ("unknown", "")
    bench.reconciler.observe_update(make_update(row) if row else make_update(removed=[make_notebook()]))
    entry = bench.read_entry()
    assert (entry.outcome, entry.verdict) == ("unknown", verdict)
    assert entry.status_after == (row.status if row else "gone")
    assert bench.reconciler.pending == ()


@pytest.mark.parametrize("seen", [None, "DELETING", "DELETED"])
async def test_a_deletion_that_was_lost_is_done_once_the_resource_goes(tmp_path, seen):
    bench = Bench(tmp_path, STOPPED)
    await bench.lose("delete")
    bench.reconciler.observe_update(
        make_update(replace(STOPPED, status=seen)) if seen else make_update(removed=[STOPPED])
    )
    assert bench.read_entry().verdict == "done"


async def test_the_read_right_after_settles_it_at_once(tmp_path):
    bench = Bench(tmp_path)
    act = bench.cloud.act

    async def arrives(action, rows):
        bench.cloud.turn(1, "STOPPING", Phase.PENDING)
        return await act(action, rows)

    bench.cloud.act = arrives
    await bench.lose()
    lines = [json.loads(line) for line in bench.audit.file.read_text().splitlines()]
    assert [line["line"] for line in lines] == ["intent", "result", "settled"]
    assert lines[1]["outcome"] == "unknown"
    assert (lines[2]["verdict"], lines[2]["status_after"]) == ("done", "STOPPING")
    assert lines[2]["resource_id"] == "id-1"


async def test_unchanged_is_said_only_after_a_minute(tmp_path):
    bench = Bench(tmp_path)
    await bench.lose()
    bench.reconciler.observe_update(make_update(make_notebook()))
    assert bench.read_entry().verdict == ""
    await bench.clock.advance(60)
    bench.reconciler.observe_update(make_update(make_notebook()))
    assert bench.read_entry().verdict == "unchanged"


async def test_a_row_that_is_only_expected_settles_nothing(tmp_path):
    bench = Bench(tmp_path)
    await bench.lose()
    bench.reconciler.observe_update(make_update(replace(STOPPING, facts={"expected": True})))
    assert bench.read_entry().verdict == ""


async def test_the_state_after_an_action_that_was_taken_is_noted_too(tmp_path):
    bench = Bench(tmp_path)
    await bench.executor.run(bench.executor.plan(NOTEBOOKS, "stop", [make_notebook()]))
    assert (bench.read_entry().outcome, bench.read_entry().status_after) == ("done", "")
    bench.reconciler.observe_update(make_update(STOPPING))
    assert (bench.read_entry().outcome, bench.read_entry().verdict, bench.read_entry().status_after) == (
        "done",
        "done",
        "STOPPING",
    )


CRASHES = """
import os, sys
from pathlib import Path
from matui.base.clock import ManualClock
from matui.live.audit.trail import Actor, Audit
from tests.unit.live.acting import FakeCloud, make_notebook
audit = Audit(Path(sys.argv[1]), clock=ManualClock(), actor=Actor("li", ""))
audit.record_intent(FakeCloud(), "stop", make_notebook())
os._exit(9)
"""


@pytest.fixture
def crashed(tmp_path):
    """Leave an intent in the trail whose process is dead."""
    command = [sys.executable, "-c", CRASHES, str(tmp_path / "s")]
    assert subprocess.run(command, check=False).returncode == 9


async def test_what_a_crashed_process_left_is_unknown_and_settled_when_it_is_read(tmp_path, crashed):
    bench = Bench(tmp_path, STOPPED)
    assert bench.read_entry().outcome == "unknown"
    bench.reconciler.load_unknown(bench.cloud)
    assert bench.reconciler.pending == (("notebooks", "id-1"),)
    await bench.reconciler.reread(bench.cloud)
    assert (bench.read_entry().outcome, bench.read_entry().verdict) == ("unknown", "done")
    again = Reconciler(bench.audit, clock=bench.clock)
    again.load_unknown(bench.cloud)
    assert again.pending == ()


async def test_what_is_gone_when_it_is_looked_for_is_settled_and_what_cannot_be_read_is_not(tmp_path):
    bench = Bench(tmp_path)
    await bench.lose()
    bench.cloud.read_errors = [TimedOutError("No answer.")]
    await bench.reconciler.reread(bench.cloud)
    assert bench.read_entry().verdict == ""
    bench.cloud.rows.clear()
    await bench.reconciler.reread(bench.cloud)
    assert bench.read_entry().verdict == "gone"


def test_an_action_of_a_living_process_is_pending_for_ten_minutes(tmp_path):
    bench = Bench(tmp_path)
    bench.audit.record_intent(bench.cloud, "stop", make_notebook())
    assert bench.read_entry().outcome == "pending"
    bench.reconciler.load_unknown(bench.cloud)
    assert bench.reconciler.pending == ()
    bench.clock.jump(601)
    assert bench.read_entry().outcome == "unknown"


def test_an_action_of_another_profile_is_left_to_that_profile(tmp_path):
    bench = Bench(tmp_path)
    ident = bench.audit.record_intent(bench.cloud, "stop", make_notebook())
    bench.audit.write_result(ident, bench.cloud, "stop", make_notebook(), AuditResult(outcome="unknown"))
    other = FakeCloud()
    other.profile = "staging"
    bench.reconciler.load_unknown(other)
    assert bench.reconciler.pending == ()


async def test_a_settlement_that_cannot_be_written_raises_nothing(tmp_path, monkeypatch):
    bench = Bench(tmp_path)
    await bench.lose()

    def full(*_arguments):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("matui.live.audit.jsonl_file.os.write", full)
    bench.reconciler.observe_update(make_update(STOPPED))
    assert bench.reconciler.pending == ()


async def test_rules_hold_in_the_executor_whoever_made_the_plan(tmp_path):
    rows = [make_notebook(number) for number in (1, 2)]
    free = Bench(tmp_path, *rows)
    plan = free.executor.plan(NOTEBOOKS, "stop", rows)
    for policy in (Policy(deny=["stop"]), Policy(most=1), Policy(protect=["nb-*"], protect_how="never")):
        bound = Executor(free.cloud, clock=free.clock, audit=free.audit, policy=policy)
        assert {outcome.result for outcome in await bound.run(plan)} == {"refused"}
    assert free.cloud.sent == []


async def test_what_turns_out_protected_when_it_is_read_again_is_left_alone(tmp_path):
    nameless = replace(make_notebook(), name="")
    bench = Bench(tmp_path, make_notebook(), policy=Policy(protect=["nb-*"]))
    (outcome,) = await bench.executor.run(bench.executor.plan(NOTEBOOKS, "stop", [nameless]))
    assert outcome.result == "changed"
    assert "guard.protect" in outcome.sentence
    assert bench.cloud.sent == []


def test_secrets_among_parameters_are_hidden_at_any_depth():
    told = hide_secrets({"image": "x", "Password": "p", "env": [{"API_TOKEN": "t", "n": 1}], "sk": "s"})
    assert told == {
        "image": "x",
        "Password": "<hidden>",
        "env": [{"API_TOKEN": "<hidden>", "n": 1}],
        "sk": "<hidden>",
    }


@pytest.mark.parametrize("action", ["restart", "edit", "create", "rerun"])
def test_a_status_without_news_of_an_action_settles_nothing(tmp_path, action):
    bench = Bench(tmp_path)
    ident = bench.audit.record_intent(bench.cloud, action, make_notebook())
    bench.audit.write_result(ident, bench.cloud, action, make_notebook(), AuditResult(outcome="unknown"))
    bench.reconciler.load_unknown(bench.cloud)
    bench.clock.jump(600)
    bench.reconciler.observe_update(make_update(make_notebook()))
    assert bench.read_entry().verdict == ""
