"""The clock of a replay: speed, pause, jumps, and sleepers that wait for played time."""

import asyncio

import pytest

from matui.base.clock import ManualClock
from matui.live.recording.playback import ReplayClock


def test_time_stands_still_until_it_is_played() -> None:
    base = ManualClock()
    clock = ReplayClock(base, 100.0, 200.0)
    base.jump(10)
    assert clock.now() == 100.0
    clock.play(is_playing=True)
    clock.set_speed(10)
    base.jump(3)
    assert (clock.now(), clock.monotonic()) == (130.0, 30.0)


def test_a_jump_is_no_played_time_and_stays_within_the_recording() -> None:
    clock = ReplayClock(ManualClock(), 100.0, 200.0)
    clock.jump(150.0)
    assert (clock.now(), clock.monotonic()) == (150.0, 0.0)
    clock.jump(900.0)
    assert clock.now() == 200.0


def test_it_stops_at_the_end() -> None:
    base = ManualClock()
    clock = ReplayClock(base, 100.0, 101.0)
    clock.play(is_playing=True)
    base.jump(60)
    assert (clock.now(), clock.monotonic()) == (101.0, 1.0)


@pytest.mark.parametrize("speed", [1, 60])
def test_a_sleeper_wakes_after_played_seconds(speed: int) -> None:
    async def run() -> None:
        base = ManualClock()
        clock = ReplayClock(base, 0.0, 10_000.0)
        sleeper = asyncio.ensure_future(clock.sleep(60))
        await base.advance(1000)
        assert not sleeper.done()
        clock.set_speed(speed)
        clock.play(is_playing=True)
        await base.advance(60 / speed - 0.01)
        assert not sleeper.done()
        await base.advance(0.02)
        assert sleeper.done()

    asyncio.run(run())
