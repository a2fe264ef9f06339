"""Equal reads in flight are sent once."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.calls.shared_reads import read_shared, share_reads


class Source:
    """Counts reads; each takes until ``go`` is set."""

    def __init__(self) -> None:
        self.count, self.go = 0, asyncio.Event()

    async def read(self) -> int:
        self.count += 1
        await self.go.wait()
        if self.count < 0:
            raise ValueError("refused")
        return self.count


async def test_equal_reads_in_flight_are_sent_once_and_later_ones_again() -> None:
    source = Source()
    with share_reads():
        tasks = [asyncio.ensure_future(read_shared(key, source.read)) for key in ("a", "a", "b")]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        assert source.count == 2
        source.go.set()
        assert [await task for task in tasks[1:]] == [2, 2]
        assert await read_shared("a", source.read) == 3


async def test_reads_outside_of_a_block_are_never_shared() -> None:
    source = Source()
    source.go.set()
    await asyncio.gather(*(read_shared("a", source.read) for _ in range(3)))
    assert source.count == 3


async def test_an_error_is_that_of_all() -> None:
    source = Source()
    with share_reads():
        tasks = [asyncio.ensure_future(read_shared("a", source.read)) for _ in range(2)]
        await asyncio.sleep(0)
        source.count = -5
        source.go.set()
        for task in tasks:
            with pytest.raises(ValueError, match="refused"):
                await task
