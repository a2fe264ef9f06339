"""Candidate log files are read side by side, and written in their turn."""

from __future__ import annotations

import asyncio

from matui.cli.signals.command import read_first_with_signals


class FakeRun:
    """Reads when ``go`` is set; the first signal is on a page before the last one."""

    def __init__(self, began: list[str], name: str, *, has_signals: bool) -> None:
        self.found, self.go, self.at_end, self.ended = (asyncio.Event() for _ in range(4))
        self.name, self.began, self.has_signals = name, began, has_signals
        self.is_whole = self.is_written = False

    async def read(self, *, follow: bool, tail: int | None = None) -> None:
        assert tail == 5
        self.began.append(self.name)
        await self.go.wait()
        if self.has_signals:
            self.found.set()
        for _ in range(3):
            await asyncio.sleep(0)
        self.at_end.set()
        if follow:
            await self.ended.wait()
        self.is_whole = True

    def release(self) -> None:
        self.is_written = True


async def test_the_first_file_with_signals_is_read_whole_and_the_others_given_up() -> None:
    began: list[str] = []
    first, last = (FakeRun(began, name, has_signals=True) for name in ("first", "last"))
    reading = asyncio.ensure_future(read_first_with_signals([first, last], 5))
    await asyncio.sleep(0.001)
    assert began == ["first", "last"]
    first.go.set()
    assert await reading is first
    assert (first.is_whole, last.is_whole, last.is_written) == (True, False, False)


async def test_a_later_file_is_written_once_the_first_has_no_signals() -> None:
    began: list[str] = []
    first, last = FakeRun(began, "first", has_signals=False), FakeRun(began, "last", has_signals=True)
    reading = asyncio.ensure_future(read_first_with_signals([first, last], 5))
    last.go.set()
    await asyncio.sleep(0.001)
    assert (last.is_whole, last.is_written, first.is_whole) == (True, False, False)
    first.go.set()
    assert await reading is last
    assert last.is_written


async def test_without_signals_no_file_is_chosen() -> None:
    runs = [FakeRun([], name, has_signals=False) for name in ("first", "last")]
    for run in runs:
        run.go.set()
    assert await read_first_with_signals(runs, 5) is None


async def test_a_later_file_is_followed_once_the_first_has_no_signals_at_its_end() -> None:
    began: list[str] = []
    first, last = FakeRun(began, "first", has_signals=False), FakeRun(began, "last", has_signals=True)
    reading = asyncio.ensure_future(read_first_with_signals([first, last], 5, follow=True))
    last.go.set()
    await asyncio.sleep(0.001)
    assert (began, last.is_written) == (["first", "last"], False)
    first.go.set()
    await asyncio.sleep(0.001)
    assert (last.is_written, reading.done()) == (True, False)
    last.ended.set()
    assert await reading is last
    assert not first.is_whole


async def test_without_signals_the_last_file_is_followed() -> None:
    first, last = (FakeRun([], name, has_signals=False) for name in ("first", "last"))
    reading = asyncio.ensure_future(read_first_with_signals([first, last], 5, follow=True))
    for run in (first, last, last):
        run.go.set()
    await asyncio.sleep(0.001)
    assert not reading.done()
    last.ended.set()
    assert await reading is last
