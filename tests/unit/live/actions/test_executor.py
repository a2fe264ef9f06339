"""Actions: sent once, on exactly what was meant, and never without a line in the audit."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from matui.base.calls import send_gate
from matui.base.calls.send_gate import STATE
from matui.base.clock import ManualClock
from matui.base.errors import (
    ConflictError,
    ConnectionLostError,
    MatuiError,
    NotFoundError,
    PermissionDeniedError,
    ServerFaultError,
    TimedOutError,
    UsageError,
)
from matui.live.actions.executor import Executor
from matui.live.actions.policy import Policy
from matui.live.audit.trail import Actor, Audit
from matui.resources.kinds.notebooks import NOTEBOOKS
from matui.resources.model import Phase
from tests.unit.live.acting import FakeCloud, make_notebook

STOPPING = ("STOPPING", Phase.PENDING)


class Bench:
    def __init__(self, folder: Path, cloud: FakeCloud, *, read_only: bool = False) -> None:
        self.cloud = cloud
        self.clock = ManualClock()
        self.file = folder / "state" / "audit.jsonl"
        self.acted: list[str] = []
        self.executor = Executor(
            cloud,
            clock=self.clock,
            audit=Audit(self.file.parent, clock=self.clock, actor=Actor("li", "")),
            policy=Policy(read_only=read_only),
            acted=lambda resource, action, _sent_at: self.acted.append(f"{action.id} {resource.id}"),
        )

    async def do(self, action: str, *resources, dry_run: bool = False):
        plan = self.executor.plan(NOTEBOOKS, action, resources)
        running = asyncio.ensure_future(self.executor.run(plan, dry_run=dry_run))
        for _ in range(30):
            if running.done():
                break
            await self.clock.advance(1)
        return await running

    def read_lines(self) -> list[dict]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []


async def test_an_action_is_sent_once_and_recorded_before_and_after(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "done"
    assert "should become STOPPING" in outcome.sentence
    assert bench.cloud.sent == [("stop", ("id-1",))]
    assert bench.acted == ["stop id-1"]
    intent, result = bench.read_lines()
    assert (intent["line"], result["line"]) == ("intent", "result")
    assert intent["id"] == result["id"]
    assert result["outcome"] == "done"
    assert result["request_id"] == "req-id-1"


async def test_a_read_only_profile_sends_nothing(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()), read_only=True)
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "refused"
    assert "read-only" in outcome.sentence
    assert (bench.cloud.sent, bench.read_lines()) == ([], [])


async def test_a_read_only_executor_refuses_a_plan_made_elsewhere(tmp_path):
    free = Bench(tmp_path, FakeCloud(make_notebook()))
    bound = Bench(tmp_path, free.cloud, read_only=True)
    (outcome,) = await bound.executor.run(free.executor.plan(NOTEBOOKS, "stop", [make_notebook()]))
    assert outcome.result == "refused"
    assert free.cloud.sent == []


async def test_an_action_the_cloud_does_not_offer_is_refused(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    (outcome,) = await bench.do("restart", make_notebook())
    assert outcome.result == "refused"
    assert "offers no restart" in outcome.sentence


async def test_an_action_the_state_forbids_is_refused_with_the_reason(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    (outcome,) = await bench.do("start", make_notebook())
    assert "already running" in outcome.sentence
    assert bench.cloud.sent == []


def test_an_action_the_kind_does_not_have_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="start, stop, restart, delete"):
        Bench(tmp_path, FakeCloud()).executor.plan(NOTEBOOKS, "explode", [make_notebook()])


async def test_a_status_that_changed_since_the_plan_aborts_in_words(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook(status="STOPPED", phase=Phase.STOPPED)))
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "changed"
    assert "from RUNNING to STOPPED" in outcome.sentence
    assert bench.cloud.sent == []
    assert [(line["line"], line.get("outcome")) for line in bench.read_lines()] == [
        ("intent", None),
        ("result", "not sent"),
    ]


async def test_progress_within_a_phase_does_not_abort(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook(status="ERROR", phase=Phase.FAILED)))
    (outcome,) = await bench.do("delete", make_notebook(status="START_FAILED", phase=Phase.FAILED))
    assert outcome.result == "done"


async def test_a_change_between_unknown_words_aborts(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook(status="NEW_B", phase=Phase.UNKNOWN)))
    (outcome,) = await bench.do("delete", make_notebook(status="NEW_A", phase=Phase.UNKNOWN))
    assert outcome.result == "changed"


async def test_an_id_that_now_has_another_name_aborts(tmp_path):
    other = make_notebook(7)
    bench = Bench(tmp_path, FakeCloud())
    bench.cloud.rows["id-1"] = type(other)(
        "notebooks", "id-1", "another", "RUNNING", Phase.RUNNING, "modelarts", "prod"
    )
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "changed"
    assert "another" in outcome.sentence


async def test_a_vanished_resource_is_gone_and_the_others_are_acted_on_in_order(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook(1), make_notebook(3)))
    outcomes = await bench.do("stop", make_notebook(1), make_notebook(2), make_notebook(3))
    assert [outcome.result for outcome in outcomes] == ["done", "gone", "done"]
    assert [outcome.resource.id for outcome in outcomes] == ["id-1", "id-2", "id-3"]


async def test_nothing_is_sent_when_the_re_read_fails(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    bench.cloud.read_errors = [TimedOutError("No answer within 10 s.", sent=True)]
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "failed"
    assert outcome.exit_code == 4
    assert bench.cloud.sent == []


async def test_each_target_that_cannot_be_read_again_is_stated_and_recorded_as_not_sent(tmp_path):
    rows = [make_notebook(number) for number in range(60)]
    bench = Bench(tmp_path, FakeCloud(*rows))
    bench.cloud.read_errors = [TimedOutError("No answer within 10 s.", sent=True) for _ in rows]
    outcomes = await bench.do("stop", *rows)
    assert {outcome.result for outcome in outcomes} == {"failed"}
    assert bench.cloud.sent == []
    recorded = {line["resource_id"]: line for line in bench.read_lines() if line["line"] == "result"}
    assert set(recorded) == {row.id for row in rows}
    assert {(line["outcome"], line["sent_at"]) for line in recorded.values()} == {("not sent", None)}
    assert len([line for line in bench.read_lines() if line["line"] == "intent"]) == 60


async def test_a_resource_marked_twice_is_acted_on_once(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    assert len(await bench.do("stop", make_notebook(), make_notebook())) == 1
    assert len(bench.cloud.sent) == 1


async def test_fifty_marks_go_out_four_at_a_time_and_come_back_in_order(tmp_path):
    rows = [make_notebook(number) for number in range(50)]
    bench = Bench(tmp_path, FakeCloud(*rows))
    outcomes = await bench.do("stop", *rows)
    assert [outcome.resource.id for outcome in outcomes] == [row.id for row in rows]
    assert len(bench.cloud.sent) == 50
    assert 1 < bench.cloud.most_reading <= 4
    assert len(bench.read_lines()) == 100


async def test_a_cloud_that_batches_gets_one_request_for_those_still_there(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook(1), make_notebook(3)))
    bench.cloud.batch = True
    outcomes = await bench.do("stop", make_notebook(1), make_notebook(2), make_notebook(3))
    assert bench.cloud.sent == [("stop", ("id-1", "id-3"))]
    assert [outcome.result for outcome in outcomes] == ["done", "gone", "done"]


@pytest.mark.parametrize(
    ("error", "result", "exit_code"),
    [
        (ConflictError("It is running.", code="ModelArts.6304", status=409), "refused", 1),
        (PermissionDeniedError("Not allowed.", code="ModelArts.0108", status=403), "refused", 3),
        (NotFoundError("No such instance.", code="ModelArts.6309", status=404), "gone", 1),
        (ConnectionLostError("No connection.", sent=False), "failed", 4),
    ],
)
async def test_a_refusal_is_reported_with_the_clouds_code(tmp_path, error, result, exit_code):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    bench.cloud.errors = {"id-1": error}
    (outcome,) = await bench.do("stop", make_notebook())
    assert (outcome.result, outcome.exit_code) == (result, exit_code)
    assert getattr(error, "code", "") in outcome.sentence
    assert bench.acted == []
    assert bench.read_lines()[1]["outcome"] == result


@pytest.mark.parametrize(
    "error", [TimedOutError("No answer.", sent=True), ServerFaultError("The cloud failed.", status=502)]
)
async def test_an_unclear_answer_is_never_repeated_but_read(tmp_path, error):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    bench.cloud.errors = {"id-1": error}
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "unknown"
    assert len(bench.cloud.sent) == 1
    assert "still RUNNING" in outcome.sentence
    assert outcome.after == make_notebook()
    assert bench.read_lines()[1]["outcome"] == "unknown"
    assert bench.read_lines()[1]["status_after"] == "RUNNING"


async def test_an_unclear_answer_that_arrived_after_all_is_said(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    bench.cloud.errors = {"id-1": TimedOutError("No answer.", sent=True)}
    plan = bench.executor.plan(NOTEBOOKS, "stop", [make_notebook()])
    running = asyncio.ensure_future(bench.executor.run(plan))
    await bench.clock.advance(0)
    bench.cloud.turn(1, *STOPPING)
    await bench.clock.advance(2)
    (outcome,) = await running
    assert "probably arrived" in outcome.sentence


async def test_the_reading_after_an_unclear_answer_is_a_wait_for_the_state(tmp_path, monkeypatch):
    monkeypatch.setattr(send_gate, "_NOTICES_S", {STATE: 0.0})
    bench, waits = Bench(tmp_path, FakeCloud(make_notebook())), []
    bench.cloud.errors = {"id-1": TimedOutError("No answer.", sent=True)}
    plan = bench.executor.plan(NOTEBOOKS, "stop", [make_notebook()])
    running = asyncio.ensure_future(bench.executor.run(plan, on_wait=waits.append))
    await bench.clock.advance(0)
    await asyncio.sleep(0)
    assert waits[-1:] == [STATE]
    await bench.clock.advance(2)
    await running
    assert waits[-1] == ""


async def test_an_unclear_answer_with_no_read_says_so(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    bench.cloud.errors = {"id-1": TimedOutError("No answer.", sent=True)}
    bench.cloud.read_errors = [None, TimedOutError("No answer.")]
    (outcome,) = await bench.do("stop", make_notebook())
    assert "before you repeat" in outcome.sentence


async def test_a_dry_run_reads_but_neither_sends_nor_records(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook(1)))
    outcomes = await bench.do("stop", make_notebook(1), make_notebook(2), dry_run=True)
    assert [outcome.result for outcome in outcomes] == ["dry-run", "gone"]
    assert (bench.cloud.sent, bench.read_lines()) == ([], [])


async def test_an_action_that_cannot_be_recorded_is_not_sent(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    bench.file.mkdir(parents=True)
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "failed"
    assert "audit" in outcome.sentence
    assert bench.cloud.sent == []


async def test_a_result_that_cannot_be_recorded_is_said(tmp_path, monkeypatch):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    act = bench.cloud.act

    async def break_the_disk(action, resources):
        bench.file.unlink()
        bench.file.mkdir()
        return await act(action, resources)

    monkeypatch.setattr(bench.cloud, "act", break_the_disk)
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "done"
    assert "missing from the audit" in outcome.sentence
    assert bench.acted == ["stop id-1"]


async def test_a_cancelled_run_waits_for_what_was_sent_and_records_it(tmp_path):
    rows = [make_notebook(number) for number in range(9)]
    bench = Bench(tmp_path, FakeCloud(*rows))
    bench.cloud.gate = asyncio.Event()
    running = asyncio.ensure_future(bench.executor.run(bench.executor.plan(NOTEBOOKS, "stop", rows)))
    await bench.clock.advance(0)
    assert len(bench.cloud.sent) == 4
    running.cancel()
    await bench.clock.advance(0)
    assert not running.done()
    bench.cloud.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(bench.cloud.sent) == 4
    outcomes = [line["outcome"] for line in bench.read_lines() if line["line"] == "result"]
    assert outcomes == ["done"] * 4 + ["not sent"] * 5


async def test_a_second_interrupt_records_what_was_sent_as_unknown_and_not_as_not_sent(tmp_path):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))
    bench.cloud.gate = asyncio.Event()
    said = []
    plan = bench.executor.plan(NOTEBOOKS, "stop", [make_notebook()])
    running = asyncio.ensure_future(bench.executor.run(plan, on_cancel=said.append))
    await bench.clock.advance(0)
    assert len(bench.cloud.sent) == 1
    running.cancel()
    await bench.clock.advance(0)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if "_act_and_record" not in repr(task):
            task.cancel()  # as asyncio.run does after the second ctrl+c
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [line["outcome"] for line in bench.read_lines() if line["line"] == "result"] == ["unknown"]
    assert [outcome.result for outcome in said[0]] == ["unknown"]


async def test_an_action_torn_off_is_recorded_as_unknown(tmp_path, monkeypatch):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))

    async def torn(_action, _resources):
        raise asyncio.CancelledError

    monkeypatch.setattr(bench.cloud, "act", torn)
    with pytest.raises(asyncio.CancelledError):
        await bench.executor.run(bench.executor.plan(NOTEBOOKS, "stop", [make_notebook()]))
    assert bench.read_lines()[1]["outcome"] == "unknown"


async def test_a_resource_the_answer_forgets_is_unknown(tmp_path, monkeypatch):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))

    async def silent(_action, _resources):
        return ()

    monkeypatch.setattr(bench.cloud, "act", silent)
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "unknown"


async def test_an_error_raised_by_the_cloud_is_an_outcome(tmp_path, monkeypatch):
    bench = Bench(tmp_path, FakeCloud(make_notebook()))

    async def broken(_action, _resources):
        raise MatuiError("No project id.")

    monkeypatch.setattr(bench.cloud, "act", broken)
    (outcome,) = await bench.do("stop", make_notebook())
    assert outcome.result == "failed"
