"""The background look: in turn, five requests a minute, none above half of the budget, none while paused."""

from __future__ import annotations

from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import BudgetState, LogBytes, LogPage
from matui.live.poll.loop_controls import LoopControls
from matui.live.signals.gated_logs import LONG_READ_SHARE, is_half_used
from matui.live.signals.look import BackgroundLook
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase, Resource

START = 1_760_000_000.0


def make_job(ident: str) -> Resource:
    return Resource("jobs", ident, ident, "Running", Phase.RUNNING, "modelarts", "prod")


class Logs:
    """A cloud with two files a job, of which the last one has signals."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.sent: list[tuple[float, str]] = []
        self.used = 0
        self.answer_s = 0.0

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        self.sent.append((self.clock.monotonic(), job.id))
        return ("rank-0.log", "rank-1.log")

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        self.sent.append((self.clock.monotonic(), job.id))
        await self.clock.sleep(self.answer_s)
        if base:
            return LogPage("", base, base, 0)
        line = "iteration 7/ 9 | lm loss: 1.5 |\n" if file == "rank-1.log" else "nothing\n"
        return LogPage(line, "1", "1", 1)

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        raise AssertionError


class Stage:
    def __init__(self, *jobs: Resource) -> None:
        self.clock = ManualClock(START)
        self.start_s = self.clock.monotonic()
        self.logs = Logs(self.clock)
        self.jobs = list(jobs)
        self.read: set[str] = set()
        self.controls = LoopControls()
        self.store = SignalStore(TimestampParser)
        self.look = BackgroundLook(
            self.logs,
            self.store,
            on_turn=lambda: None,
            running=lambda: self.jobs,
            is_read=lambda one: one.id in self.read,
            budget=lambda: BudgetState(self.logs.used, 100),
            clock=self.clock,
            rng=Random(1),
            parent=self.controls,
        )

    async def pass_minutes(self, minutes: float) -> None:
        for _ in range(round(minutes * 60)):
            await self.clock.advance(1)


async def test_every_running_job_is_looked_at_with_five_requests_a_minute() -> None:
    stage = Stage(*(make_job(name) for name in "abc"))
    stage.look.start()
    await stage.pass_minutes(8)
    await stage.look.stop()
    times = [at for at, _ident in stage.logs.sent]
    assert {ident for _at, ident in stage.logs.sent} == {"a", "b", "c"}
    assert max(sum(1 for other in times if at <= other < at + 60) for at in times) <= 5
    assert len(times) >= 20
    for name in "abc":
        signals = stage.store.find(make_job(name).key)
        assert signals is not None
        assert signals.file == "rank-1.log"
        assert signals.log.step == 7


async def test_both_files_of_eight_jobs_are_looked_at_within_minutes() -> None:
    stage = Stage(*(make_job(name) for name in "abcdefgh"))
    stage.look.start()
    await stage.pass_minutes(6.5)
    await stage.look.stop()
    known = [stage.store.find(one.key) for one in stage.jobs]
    assert [one is not None and one.log.step for one in known] == [7] * 8


def test_a_read_of_a_whole_log_leaves_the_look_a_part_of_half_of_the_budget() -> None:
    assert is_half_used(BudgetState(144, 300)) is False
    assert is_half_used(BudgetState(144, 300), LONG_READ_SHARE) is True


async def test_nothing_is_sent_above_half_of_the_budget() -> None:
    stage = Stage(make_job("a"))
    stage.logs.used = 50
    stage.look.start()
    await stage.pass_minutes(3)
    assert stage.logs.sent == []
    stage.logs.used = 49
    await stage.pass_minutes(1)
    assert stage.logs.sent != []
    await stage.look.stop()


async def test_a_job_that_a_pane_reads_is_left_alone_and_a_pause_holds() -> None:
    stage = Stage(make_job("a"))
    stage.read.add("a")
    stage.look.start()
    await stage.pass_minutes(2)
    assert stage.logs.sent == []
    stage.read.clear()
    stage.controls.pause()
    await stage.pass_minutes(2)
    assert stage.logs.sent == []
    await stage.look.stop()


async def test_silence_is_judged_by_the_time_of_the_request_not_of_a_slow_answer() -> None:
    stage = Stage(make_job("a"))
    stage.logs.answer_s = 60
    stage.look.start()
    while len(stage.logs.sent) < 4:
        await stage.clock.advance(1)
    await stage.look.stop()
    asked = [START + at - stage.start_s for at, _ident in stage.logs.sent[:3]]
    signals = stage.store.find(make_job("a").key)
    assert signals is not None
    assert any(signals.complete_at_ms == pytest.approx(at * 1000, abs=1) for at in asked)


async def test_the_job_under_the_cursor_is_looked_at_at_once_and_its_files_are_tried() -> None:
    stage = Stage(*(make_job(name) for name in "abcdefgh"))
    stage.look.start()
    await stage.pass_minutes(1.2)
    assert "g" not in {ident for _at, ident in stage.logs.sent}
    sent = len(stage.logs.sent)
    stage.look.prefer(make_job("g"))
    await stage.clock.advance(0.1)
    assert [ident for _at, ident in stage.logs.sent[sent:]] == ["g"] * 3
    signals = stage.store.find(make_job("g").key)
    assert signals is not None
    assert signals.log.step == 7
    stage.look.prefer(make_job("g"))
    await stage.clock.advance(0.1)
    assert len(stage.logs.sent) == sent + 3
    await stage.look.stop()


@pytest.mark.parametrize("preferred_at_s", [0.0, 1.0, 5.0])
async def test_the_job_under_the_cursor_waits_three_seconds_after_the_start(preferred_at_s: float) -> None:
    stage = Stage(*(make_job(name) for name in "ab"))
    stage.look.start()
    await stage.clock.advance(preferred_at_s)
    stage.look.prefer(make_job("b"))
    await stage.clock.advance(0.1)
    assert bool(stage.logs.sent) == (preferred_at_s > 3)
    await stage.clock.advance(3)
    assert [ident for _at, ident in stage.logs.sent] == ["b"] * 3
    await stage.look.stop()


@pytest.mark.parametrize("requests", [1, 2])
async def test_the_look_that_has_begun_goes_on_where_the_cursor_comes_to_its_job(requests: int) -> None:
    stage = Stage(make_job("a"))
    stage.look.start()
    while len(stage.logs.sent) < requests:
        await stage.clock.advance(1)
    stage.look.prefer(make_job("a"))
    await stage.clock.advance(0.1)
    signals = stage.store.find(make_job("a").key)
    assert signals is not None
    assert signals.log.step == 7
    await stage.look.stop()


async def test_the_job_under_the_cursor_comes_before_a_look_that_has_begun() -> None:
    stage = Stage(*(make_job(name) for name in "ab"))
    stage.look.start()
    while not stage.logs.sent:
        await stage.clock.advance(1)
    stage.look.prefer(make_job("b"))
    await stage.clock.advance(0.1)
    assert [ident for _at, ident in stage.logs.sent] == ["a", "b", "b", "b"]
    await stage.look.stop()


async def test_the_job_under_the_cursor_waits_where_half_of_the_budget_is_used() -> None:
    stage = Stage(*(make_job(name) for name in "ab"))
    stage.look.start()
    await stage.pass_minutes(0.3)
    stage.logs.used, sent = 50, len(stage.logs.sent)
    stage.look.prefer(make_job("b"))
    await stage.pass_minutes(0.5)
    assert len(stage.logs.sent) == sent
    await stage.look.stop()
