"""A poller keeps one value live."""

from __future__ import annotations

from random import Random

from matui.base.clock import ManualClock
from matui.base.errors import UnreachableError
from matui.live.poll.loop import Timing
from matui.live.poll.poller import PolledValue, ValuePoller


async def test_the_last_good_value_stays_while_fetching_fails() -> None:
    clock = ManualClock(0)
    states: list[PolledValue[int]] = []
    answers: list[int | Exception] = [7, UnreachableError("gone"), 8]

    async def fetch() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    feed = ValuePoller(fetch, timing=Timing(clock, Random(1), 10), publish=states.append)
    assert feed.state == PolledValue(None, feed.state.freshness)
    feed.start()
    await clock.advance(25)
    assert [state.value for state in states] == [7, 7, 8]
    assert [state.freshness.error is None for state in states] == [True, False, True]
    feed.stop()
    await clock.advance(60)
    assert len(states) == 3


async def test_a_hidden_feed_slows_down_and_a_trigger_refreshes_a_paused_one() -> None:
    clock = ManualClock(0)
    ran: list[float] = []

    async def fetch() -> None:
        ran.append(clock.now())

    feed = ValuePoller(fetch, timing=Timing(clock, Random(1), 10), publish=lambda _state: None)
    feed.controls.hidden = True
    feed.start()
    await clock.advance(35)
    assert len(ran) == 1
    feed.controls.pause()
    feed.controls.trigger()
    await clock.advance(100)
    assert ran[1:] == [35]
    feed.stop()
