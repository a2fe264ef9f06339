"""Details are requested once, then while they change, and two of those at rest with each poll."""

from __future__ import annotations

from matui.base.clock import ManualClock
from matui.clouds.detail_cache import MOVING_A_POLL, RESTING_A_POLL, UNWANTED_S, DetailCache


class Details:
    def __init__(self, moving: set[str]) -> None:
        self.moving = moving
        self.asked: list[str] = []

    async def fetch(self, key: str) -> str:
        self.asked.append(key)
        return "moving" if key in self.moving else "ended"


async def test_each_poll_reads_two_at_rest_again_in_turn() -> None:
    details, clock = Details(set()), ManualClock()
    cache = DetailCache(details.fetch, lambda value: value == "ended", clock)
    keys = list("abcde")
    await cache.get_many(keys)
    details.asked.clear()
    for _ in range(3):
        await clock.advance(5)
        await cache.get_many(keys)
    assert details.asked == ["a", "b", "c", "d", "e", "a"]
    assert RESTING_A_POLL == 2


async def test_those_that_move_are_read_with_each_poll_eight_at_most() -> None:
    keys = [f"j{n}" for n in range(20)]
    details, clock = Details(set(keys)), ManualClock()
    cache = DetailCache(details.fetch, lambda value: value == "ended", clock)
    await cache.get_many(keys)
    details.asked.clear()
    await clock.advance(5)
    await cache.get_many(keys)
    assert details.asked == keys[:MOVING_A_POLL]


async def test_what_no_poll_has_wanted_for_a_day_is_dropped() -> None:
    details, clock = Details(set()), ManualClock()
    cache = DetailCache(details.fetch, lambda value: value == "ended", clock)
    await cache.get_many(["gone", "stays"])
    for _ in range(3):
        await clock.advance(UNWANTED_S / 2)
        await cache.get_many(["stays"])
    assert [cache.contains(key) for key in ("gone", "stays")] == [False, True]
