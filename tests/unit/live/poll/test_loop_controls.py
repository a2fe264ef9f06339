"""Controls passed down by reference: what holds above holds for every loop below."""

from __future__ import annotations

from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.live.poll.loop import Timing
from matui.live.poll.loop_controls import LoopControls
from matui.live.poll.poller import ValuePoller


class Noted:
    """A loop that notes what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def trigger(self) -> None:
        self.calls.append("trigger")

    def apply_controls(self) -> None:
        self.calls.append("changed")


def test_a_pause_above_holds_below_until_every_level_has_resumed() -> None:
    above = LoopControls()
    below = LoopControls(above)
    above.pause()
    below.pause()
    above.resume()
    assert below.paused
    assert not above.paused
    below.resume()
    assert not below.paused


@pytest.mark.parametrize("name", ["hidden", "blurred", "yielding"])
def test_what_slows_above_slows_below(name: str) -> None:
    above = LoopControls()
    below = LoopControls(above)
    setattr(above, name, True)
    assert getattr(below, name)
    setattr(above, name, False)
    assert not getattr(below, name)


def test_a_loop_hears_of_every_level_while_it_is_attached() -> None:
    above, loop = LoopControls(), Noted()
    below = LoopControls(above)
    below.attach(loop)
    above.blurred = True
    above.pause()
    above.trigger()
    below.trigger()
    assert loop.calls == ["changed", "changed", "trigger", "trigger"]
    below.detach(loop)
    above.trigger()
    below.resume()
    assert len(loop.calls) == 4


async def test_a_feed_started_during_a_pause_fetches_once() -> None:
    clock, fetched = ManualClock(0), list[float]()

    async def fetch() -> None:
        fetched.append(clock.now())

    controls = LoopControls()
    controls.pause()
    feed = ValuePoller(fetch, timing=Timing(clock, Random(1), 10, controls), publish=lambda _state: None)
    feed.start()
    await clock.advance(60)
    assert fetched == [0]
    controls.resume()
    await clock.advance(0)
    assert fetched == [0, 60]
    feed.stop()
