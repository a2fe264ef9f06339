"""The manual clock wakes sleepers in order; the skew to a cloud's clock is put in words."""

from __future__ import annotations

import asyncio

from matui.base.clock import ManualClock, format_skew, format_skew_hint


async def test_sleepers_wake_in_the_order_of_their_deadlines() -> None:
    clock, woken = ManualClock(100.0), list[tuple[str, float]]()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.now()))

    tasks = [asyncio.ensure_future(sleeper("late", 5)), asyncio.ensure_future(sleeper("early", 2))]
    await clock.advance(3)
    assert woken == [("early", 102.0)]
    await clock.advance(3)
    assert woken == [("early", 102.0), ("late", 105.0)]
    assert clock.now() == 106.0
    await asyncio.gather(*tasks)


async def test_a_jump_wakes_no_sleeper() -> None:
    clock = ManualClock()
    task = asyncio.ensure_future(clock.sleep(1))
    await asyncio.sleep(0)
    clock.jump(10)
    await asyncio.sleep(0)
    assert not task.done()
    await clock.advance()
    assert task.done()


def test_a_skew_of_less_than_five_minutes_is_not_mentioned() -> None:
    assert format_skew(None) == format_skew(299) == format_skew_hint(-299) == ""


def test_a_large_skew_has_its_direction() -> None:
    assert format_skew(1200) == "clock 20m behind"
    assert "20m ahead of the cloud's" in format_skew_hint(-1200)
