"""Which goals a wait takes, and which can no longer be reached."""

from __future__ import annotations

import pytest

from matui.resources.model import Phase


def job_turns(line, status: str, phase: Phase):
    from dataclasses import replace

    line.cloud.rows["10"] = replace(line.cloud.rows["10"], status=status, phase=phase)


@pytest.mark.parametrize("goal", ["running", "RUNNING", "JOBSTAT_RUNNING", "jobstat_running"])
def test_what_holds_already_returns_at_once(line, goal):
    said = line("wait", "job", "train", "--for", goal)
    assert (said.code, line.clock.sleeps) == (0, 0)
    assert said.out == "job train (10): RUNNING\n"


def test_a_failed_job_will_never_be_done(line):
    line.clock.on_sleep = lambda _count: job_turns(line, "JOBSTAT_FAILED", Phase.FAILED)
    said = line("wait", "job", "10", "--for", "done")
    assert said.code == 1
    assert "will not become done: it is FAILED" in said.err


def test_a_stopped_notebook_may_still_be_started(line):
    line.clock.on_sleep = lambda count: line.cloud.turn(2, "RUNNING", Phase.RUNNING) if count == 2 else None
    assert line("wait", "nb", "id-2", "--for", "running").code == 0


def test_a_notebook_that_failed_while_starting_is_told(line):
    line.cloud.turn(2, "STARTING", Phase.PENDING)
    line.clock.on_sleep = lambda _count: line.cloud.turn(2, "START_FAILED", Phase.FAILED)
    assert line("wait", "nb", "id-2", "--for", "running").code == 1


@pytest.mark.parametrize(
    "arguments", [("--for", "runing"), ("--for", "x"), (), ("--for", "done", "--timeout", "soon")]
)
def test_a_wrong_goal_or_time_is_a_usage_error(line, arguments):
    assert line("wait", "job", "10", *arguments).code == 2
    assert line.options == []


def test_a_status_word_nobody_knows_may_be_waited_for(line):
    line.clock.on_sleep = lambda _count: job_turns(line, "JOBSTAT_HIBERNATED", Phase.UNKNOWN)
    assert line("wait", "job", "10", "--for", "JOBSTAT_HIBERNATED").code == 0


def test_ended_is_any_end(line):
    assert line("wait", "job/11", "job/12", "--for", "ended").code == 0


@pytest.mark.parametrize("goal", ["done,faild", ",", "ende"])
def test_each_of_several_goals_is_checked(line, goal):
    assert line("wait", "job", "10", "--for", goal).code == 2
