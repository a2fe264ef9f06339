"""The tail of the log pane: opens at the end, follows, loads older pages, survives trouble, drains."""

from collections.abc import AsyncIterator, Callable
from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import NotFoundError, RateLimitedError, ServerFaultError
from matui.live.logs.reader import JobLogFile
from matui.live.logs.tail import LogTail, TailState
from matui.live.poll.loop import Timing
from tests.unit.live.logs.log_server import JOB, LogServer, Ways


class Bench:
    """A tail on a server, a clock, and what was published."""

    def __init__(self, server: LogServer, max_lines: int = 200_000) -> None:
        self.server = server
        self.clock = ManualClock()
        self.states: list[TailState] = []
        self.over = False
        self.tail = LogTail(
            JobLogFile(server, JOB, "a.log"),
            timing=Timing(self.clock, Random(1), 2),
            ended=lambda: self.over,
            publish=self.states.append,
            max_lines=max_lines,
        )

    @property
    def texts(self) -> list[str]:
        store = self.tail.store
        return [line.text for line in store.iterate_lines(store.first, store.end) if not line.mark]

    @property
    def marks(self) -> list[str]:
        store = self.tail.store
        return [line.text for line in store.iterate_lines(store.first, store.end) if line.mark]

    async def read_older(self) -> None:
        self.tail.request_older()
        await self.clock.advance(0.01)


@pytest.fixture
async def bench() -> AsyncIterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(lines: list[str], ways: Ways | None = None, **settings: int) -> Bench:
        made.append(Bench(LogServer(ways or Ways(), lines), **settings))
        made[-1].tail.start()
        return made[-1]

    yield make
    for one in made:
        await one.tail.stop()


def make_steps(first: int, end: int) -> list[str]:
    return [f"step {number}" for number in range(first, end)]


async def test_it_opens_at_the_newest_lines_and_follows(bench) -> None:
    at = bench(make_steps(0, 1200))
    await at.clock.advance(0.1)
    assert at.texts == make_steps(700, 1200)
    at.server.lines += make_steps(1200, 1210)
    await at.clock.advance(3)
    assert at.texts == make_steps(700, 1210)
    assert at.tail.state.phase == "following"


async def test_full_pages_are_pulled_without_a_pause_until_caught_up(bench) -> None:
    at = bench(make_steps(0, 600))
    await at.clock.advance(0.1)
    at.server.lines += make_steps(600, 9000)
    await at.clock.advance(2.5, settle=500)
    assert at.texts[-1] == "step 8999"
    assert at.texts == make_steps(100, 9000)


@pytest.mark.parametrize("inclusive", [True, False])
async def test_older_pages_come_on_demand_until_the_top(bench, inclusive: bool) -> None:
    at = bench(make_steps(0, 1200), Ways(inclusive=inclusive))
    await at.clock.advance(0.1)
    for _ in range(4):
        await at.read_older()
    assert at.texts == make_steps(0, 1200)
    assert at.tail.store.first == -700
    assert at.tail.state.at_top
    asked = at.server.requests
    await at.read_older()
    assert at.server.requests == asked


async def test_nothing_is_above_a_log_without_lines_until_it_has_some(bench) -> None:
    at = bench([])
    await at.clock.advance(0.1)
    assert at.tail.state.at_top
    published = len(at.states)
    await at.read_older()
    assert len(at.states) == published
    at.server.lines += make_steps(0, 1200)
    await at.clock.advance(10)
    assert at.texts[-1] == "step 1199"
    for _ in range(4):
        await at.read_older()
    assert at.texts == make_steps(0, 1200)


async def test_a_log_that_has_not_been_read_is_not_read_sooner_for_what_is_above(bench) -> None:
    at = bench(make_steps(0, 3))
    at.server.refuse = ServerFaultError("broken", status=500)
    await at.clock.advance(0.1)
    asked = at.server.requests
    for _ in range(5):
        await at.read_older()
    assert (at.server.requests, at.tail.state.at_top) == (asked, False)


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("echo", ["", "newer", "both"])
async def test_pages_let_go_of_come_back_under_their_numbers(bench, inclusive: bool, echo: str) -> None:
    at = bench(make_steps(0, 700), Ways(inclusive=inclusive, echo=echo), max_lines=1500)
    await at.clock.advance(0.1)
    numbered = {}
    for upto in range(700, 6000, 130):
        at.server.lines += make_steps(upto, upto + 130)
        await at.clock.advance(3)
        store = at.tail.store
        numbered |= {n: store.get_line(n).text for n in range(store.first, store.end)}
    assert len(at.tail.store) <= 1500
    at.tail.reading_at = at.tail.store.first
    while not at.tail.state.at_top:
        await at.read_older()
        at.tail.reading_at = at.tail.store.first
        store = at.tail.store
        assert all(
            numbered.get(n, text) == text
            for n, text in ((n, store.get_line(n).text) for n in range(store.first, store.end))
        )
    assert at.texts[:500] == make_steps(0, 500)
    assert len(at.tail.store) <= 2600
    assert at.tail.state.behind
    at.tail.reading_at = None
    await at.clock.advance(10)
    assert at.texts[-1] == at.server.lines[-1]
    assert not at.tail.state.behind


async def test_going_down_again_brings_back_what_was_let_go_of_below(bench) -> None:
    at = bench(make_steps(0, 9000), max_lines=2000)
    await at.clock.advance(0.1)
    at.tail.reading_at = 0
    while not at.tail.state.at_top:
        await at.read_older()
        at.tail.reading_at = at.tail.store.first
    assert at.tail.store.first == -8500
    assert at.tail.store.below
    while at.tail.store.below:
        at.tail.reading_at = at.tail.store.end - 10
        await at.clock.advance(0.01)
    await at.clock.advance(3)
    assert at.texts[-1] == "step 8999"
    assert at.tail.store.get_line(-200).text == "step 8300"


async def test_a_page_above_that_fails_does_not_stop_new_lines(bench) -> None:
    at = bench(make_steps(0, 900))
    await at.clock.advance(0.1)
    at.server.refuse = ServerFaultError("broken", status=500)
    await at.read_older()
    assert at.tail.state.freshness.error is not None
    at.server.refuse = None
    at.server.lines += make_steps(900, 905)
    await at.clock.advance(10)
    assert at.texts[-1] == "step 904"
    await at.read_older()
    assert at.texts == make_steps(0, 905)


async def test_a_reader_far_up_makes_new_lines_wait_not_vanish(bench) -> None:
    at = bench(make_steps(0, 1000), max_lines=600)
    await at.clock.advance(0.1)
    at.tail.reading_at = 0
    for upto in range(1000, 5000, 100):
        at.server.lines += make_steps(upto, upto + 100)
        await at.clock.advance(3)
    assert at.tail.state.behind
    assert at.tail.store.first == 0
    at.tail.reading_at = None
    await at.clock.advance(5)
    assert at.texts[-1] == "step 4999"
    assert at.texts == make_steps(5000 - len(at.texts), 5000)


async def test_a_failure_keeps_what_is_shown_and_is_reported(bench) -> None:
    at = bench(make_steps(0, 10))
    await at.clock.advance(0.1)
    at.server.refuse = RateLimitedError("slow down", status=429, retry_after_s=30)
    at.server.lines += make_steps(10, 20)
    await at.clock.advance(5)
    asked = at.server.requests
    assert at.tail.state.freshness.error is at.server.refuse
    at.server.refuse = None
    await at.clock.advance(20)
    assert at.server.requests == asked
    await at.clock.advance(20)
    assert at.texts == make_steps(0, 20)
    assert at.tail.state.freshness.error is None


async def test_a_refused_cursor_leaves_a_mark_and_opens_at_the_newest(bench) -> None:
    at = bench(make_steps(0, 10))
    await at.clock.advance(0.1)
    at.server.lines += make_steps(10, 2000)
    at.server.forgotten = 1000
    await at.clock.advance(20)
    assert at.texts == make_steps(0, 10) + make_steps(1000, 2000)
    assert len(at.marks) == 1
    assert "gap" in at.marks[0]


async def test_one_refusal_by_mistake_loses_nothing(bench) -> None:
    at = bench(make_steps(0, 10))
    await at.clock.advance(0.1)
    at.server.refuse = NotFoundError("gateway", status=404)
    await at.clock.advance(2.3)
    at.server.refuse = None
    at.server.lines += make_steps(10, 20)
    await at.clock.advance(10)
    assert at.texts == make_steps(0, 20)
    assert at.marks == []


async def test_it_is_drained_only_after_two_empty_looks_once_the_job_ended(bench) -> None:
    at = bench(make_steps(0, 10))
    await at.clock.advance(0.1)
    await at.clock.advance(20)
    assert at.tail.state.phase == "following"
    at.over = True
    at.tail.reset_idle()
    await at.clock.advance(1)
    at.server.lines += make_steps(10, 12)
    await at.clock.advance(2.5)
    assert at.tail.state.phase == "following"
    await at.clock.advance(10)
    assert at.tail.state.phase == "drained"
    assert at.texts == make_steps(0, 12)
    asked = at.server.requests
    await at.clock.advance(600)
    assert at.server.requests == asked


async def test_two_looks_at_once_do_not_drain_a_log(bench) -> None:
    at = bench(make_steps(0, 10))
    await at.clock.advance(0.1)
    at.over = True
    for _ in range(4):
        at.tail.trigger()
        await at.clock.advance(0.01)
    assert at.tail.state.phase == "following"


async def test_paused_it_asks_for_nothing_but_older_pages(bench) -> None:
    at = bench(make_steps(0, 1000))
    await at.clock.advance(0.1)
    at.tail.controls.pause()
    at.server.lines += make_steps(1000, 1010)
    asked = at.server.requests
    await at.clock.advance(60)
    assert at.server.requests == asked
    await at.read_older()
    assert at.texts == make_steps(0, 1000)
    at.tail.controls.resume()
    await at.clock.advance(3)
    assert at.texts == make_steps(0, 1010)


async def test_an_empty_log_is_waited_for(bench) -> None:
    at = bench([])
    await at.clock.advance(5)
    assert at.tail.state.phase == "opening"
    at.server.lines += make_steps(0, 3)
    await at.clock.advance(3)
    assert at.texts == make_steps(0, 3)


async def test_reading_by_bytes_is_reported(bench) -> None:
    at = bench(make_steps(0, 900))
    at.server.refuse = ServerFaultError("AOM reports an error", status=500, code="ModelArts.0804")
    await at.clock.advance(0.1)
    assert at.texts[-1] == "step 899"
    assert "ModelArts.0804" in at.tail.state.fallback
    while not at.tail.state.at_top:
        await at.read_older()
    assert at.texts == make_steps(0, 900)


async def test_a_quiet_log_is_asked_less_often_until_something_comes(bench) -> None:
    at = bench(make_steps(0, 10))
    await at.clock.advance(60)
    asked = at.server.requests
    await at.clock.advance(60)
    assert at.server.requests - asked <= 2 * 9
    at.server.lines += make_steps(10, 11)
    while at.texts != make_steps(0, 11):
        await at.clock.advance(0.5)
    asked = at.server.requests
    await at.clock.advance(6.7)
    assert at.server.requests - asked >= 2 * 3


async def test_a_quiet_log_is_asked_at_once_and_at_the_full_pace_when_wanted(bench) -> None:
    at = bench(make_steps(0, 10))
    await at.clock.advance(120)
    at.tail.reset_idle()
    asked = at.server.requests
    await at.clock.advance(6.7)
    assert at.server.requests - asked >= 2 * 3


async def test_the_log_of_an_ended_job_is_read_to_its_end_at_once(bench) -> None:
    at = bench(make_steps(0, 900))
    at.over = True
    await at.clock.advance(0.1)
    assert at.texts == make_steps(400, 900)
    assert at.tail.state.at_end
    assert at.tail.state.phase == "following"


async def test_the_end_of_a_running_job_is_never_final(bench) -> None:
    at = bench(make_steps(0, 900))
    await at.clock.advance(30)
    assert not at.tail.state.at_end
