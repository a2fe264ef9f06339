"""``matui wait``: until it holds, until it never can, or until the time is up."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.errors import AuthenticationError, RateLimitedError, ServerFaultError, TimedOutError
from matui.resources.model import Phase


def turn_job(line, status: str, phase: Phase):
    from dataclasses import replace

    line.cloud.rows["10"] = replace(line.cloud.rows["10"], status=status, phase=phase)


def test_it_waits_until_the_phase_is_reached(line):
    def step(count):
        if count == 3:
            turn_job(line, "JOBSTAT_COMPLETED", Phase.DONE)

    line.clock.on_sleep = step
    assert line("wait", "job", "10", "--for", "done").code == 0
    assert line.clock.sleeps == 3


@pytest.mark.parametrize("timeout", ["90", "90s", "1m30s", "00:01:30", "1.5min"])
def test_the_time_out_exits_4(line, timeout):
    start = line.clock.time
    said = line("wait", "job", "10", "--for", "done", "--timeout", timeout)
    assert said.code == 4
    assert line.clock.time - start == 90
    assert "it is RUNNING" in said.err


def test_a_time_out_of_0_checks_once(line):
    assert line("wait", "job", "10", "--for", "running", "--timeout", "0").code == 0
    said = line("wait", "job", "10", "--for", "done", "--timeout", "0")
    assert (said.code, line.clock.sleeps) == (4, 0)
    assert "it is RUNNING" in said.err


def test_a_resource_without_a_status_is_named_by_its_phase(line):
    turn_job(line, "", Phase.RUNNING)
    assert "it is running" in line("wait", "job", "10", "--for", "done", "--timeout", "90s").err
    assert line("wait", "job", "10", "--for", "running").out.endswith(": running\n")


def test_a_vanished_resource_is_deleted(line):
    line.clock.on_sleep = lambda _count: line.cloud.rows.pop("10", None)
    assert line("wait", "job", "10", "--for", "deleted").code == 0


def test_what_never_was_counts_as_deleted_too(line):
    assert line("wait", "job", "77", "--for", "deleted").code == 0
    assert line("wait", "job", "77", "--for", "done").code == 1


def test_a_vanished_resource_will_never_be_done(line):
    line.clock.on_sleep = lambda _count: line.cloud.rows.pop("10", None)
    said = line("wait", "job", "10", "--for", "done")
    assert said.code == 1
    assert "no longer exists" in said.err


def test_a_throttled_look_up_waits_as_long_as_the_cloud_asks_for(line):
    """It ended the command with exit code 1, though waiting is what the command is for."""
    throttled = RateLimitedError("Too many requests.", retry_after_s=120.0)
    line.cloud.read_errors = [throttled, RateLimitedError("Too many requests."), None]
    start = line.clock.time
    said = line("wait", "job", "10", "--for", "running")
    assert said.code == 0
    assert line.clock.time - start == 150
    assert said.err.count("Still waiting. Too many requests.") == 1


def test_trouble_on_the_way_is_waited_out_and_reported_once(line):
    storm = [ServerFaultError("The cloud failed.", status=502, request_id=f"r{n}") for n in range(3)]
    line.cloud.read_errors = [None, *storm]
    line.clock.on_sleep = lambda count: turn_job(line, "JOBSTAT_COMPLETED", Phase.DONE)
    said = line("wait", "job", "10", "--for", "done")
    assert said.code == 0
    assert said.err.count("The cloud failed") == 1


def test_lost_credentials_end_the_wait(line):
    line.cloud.read_errors = [None, AuthenticationError("Signature wrong.")]
    assert line("wait", "job", "10", "--for", "done").code == 3


def test_no_answer_at_first_exits_4(line):
    line.cloud.read_errors = [TimedOutError("No answer.")]
    assert line("wait", "job", "10", "--for", "done").code == 4


def test_a_cloud_that_hangs_does_not_keep_it_beyond_its_time(line, monkeypatch):
    monkeypatch.setattr("matui.cli.wait._LAST_READ_S", 0.01)
    read = line.cloud.read

    async def hangs_later(kind: str, ident: str):
        return await (asyncio.Event().wait() if line.clock.sleeps else read(kind, ident))

    monkeypatch.setattr(line.cloud, "read", hangs_later)
    said = line("wait", "job", "10", "--for", "done", "--timeout", "1s")
    assert said.code == 4
    assert "it is RUNNING" in said.err


def test_a_cloud_that_hangs_from_the_beginning_does_not_either(line, monkeypatch):
    async def hangs(_kind: str, _ident: str):
        await asyncio.Event().wait()

    monkeypatch.setattr(line.cloud, "read", hangs)
    said = line("wait", "job", "10", "--for", "done", "--timeout", "0.01s")
    assert said.code == 4
    assert "within 0.01s" in said.err
    said = line("wait", "job", "10", "--for", "done", "--timeout", "0.01")
    assert "within 0.01 s." in said.err


def test_several_are_waited_for_until_all_have_reached_one_of_the_goals(line):
    line.clock.on_sleep = lambda count: turn_job(line, "JOBSTAT_FAILED", Phase.FAILED) if count > 4 else None
    said = line("wait", "job", "10", "11", "--for", "done,failed")
    assert said.code == 0
    assert len(said.out.splitlines()) == 2


def test_one_that_never_will_ends_the_wait_for_all(line):
    said = line("wait", "job", "10", "11", "--for", "done,stopped")
    assert said.code == 1
    assert "job twin (11) will not become done or stopped: it is FAILED" in said.err


@pytest.mark.parametrize("goal", ["running", "RUNNING", "JOBSTAT_RUNNING", "jobstat_running"])
def test_what_holds_already_returns_at_once(line, goal):
    said = line("wait", "job", "train", "--for", goal)
    assert (said.code, line.clock.sleeps) == (0, 0)
    assert said.out == "job train (10): RUNNING\n"


def test_a_failed_job_will_never_be_done(line):
    line.clock.on_sleep = lambda _count: turn_job(line, "JOBSTAT_FAILED", Phase.FAILED)
    said = line("wait", "job", "10", "--for", "done")
    assert said.code == 1
    assert "will not become done: it is FAILED" in said.err


def test_a_stopped_notebook_may_still_be_started(line):
    line.clock.on_sleep = lambda count: line.cloud.turn(2, "RUNNING", Phase.RUNNING) if count == 2 else None
    assert line("wait", "nb", "id-2", "--for", "running").code == 0


def test_a_notebook_that_failed_while_starting_is_reported(line):
    line.cloud.turn(2, "STARTING", Phase.PENDING)
    line.clock.on_sleep = lambda _count: line.cloud.turn(2, "START_FAILED", Phase.FAILED)
    assert line("wait", "nb", "id-2", "--for", "running").code == 1


@pytest.mark.parametrize(
    "arguments", [("--for", "runing"), ("--for", "x"), (), ("--for", "done", "--timeout", "soon")]
)
def test_a_wrong_goal_or_time_is_a_usage_error(line, arguments):
    assert line("wait", "job", "10", *arguments).code == 2
    assert line.options == []


def test_an_unknown_status_word_may_be_waited_for(line):
    line.clock.on_sleep = lambda _count: turn_job(line, "JOBSTAT_HIBERNATED", Phase.UNKNOWN)
    assert line("wait", "job", "10", "--for", "JOBSTAT_HIBERNATED").code == 0


def test_ended_is_any_end(line):
    assert line("wait", "job/11", "job/12", "--for", "ended").code == 0


@pytest.mark.parametrize("goal", ["done,faild", ",", "ende"])
def test_each_of_several_goals_is_checked(line, goal):
    assert line("wait", "job", "10", "--for", goal).code == 2
