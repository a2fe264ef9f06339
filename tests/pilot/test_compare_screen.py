"""The comparison's curves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from matui.console.screens.compare import CompareScreen, render_curves_head
from matui.live.compare.comparison import Comparison, Side, compare
from matui.resources.model import Phase, RawPage, RawRecord, Resource
from matui.signals.names import Value
from matui.signals.progress import LineReading
from matui.signals.series import SignalLog
from tests.pilot.test_log_pane import Opens


def make_side(name: str) -> Side:
    log = SignalLog()
    for step in range(1, 60):
        log.add(LineReading((Value("loss", 3 / step),), step), None, step)
    record = RawRecord(RawPage(b"", lambda _body: {}))
    job = Resource("jobs", name, name, "done", Phase.DONE, "modelarts", "prod", raw=record)
    return Side(job, log=log)


async def read(_progress: Callable[[str], None], show: Callable[[Comparison], None]) -> Comparison:
    show(compare(Side(make_side("one").resource), Side(make_side("two").resource)))
    for _ in range(20):
        await asyncio.sleep(0)
    return compare(make_side("one"), make_side("two"))


@pytest.mark.parametrize(
    ("names", "width", "words"),
    [
        (("loss", "lr"), 78, " loss 1/2  ↑ ↓ other series · x step or time since the start"),
        (("loss", "lr"), 44, " loss 1/2  ↑ ↓ other series · x step or time"),
        (("loss", "lr"), 30, " loss 1/2"),
        (("loss",), 42, " loss 1/1  x step or time since the start"),
    ],
)
def test_the_keys_above_the_curves_are_whole_and_those_that_do_something(
    names: tuple[str, ...], width: int, words: str
) -> None:
    assert "".join(text for text, _style in render_curves_head("loss", names, width, is_ascii=False)) == words


async def test_curves_that_are_not_laid_out_yet_are_drawn_for_their_place(console: Opens) -> None:
    async with console(size=(80, 24)) as c:
        screen = CompareScreen("one and two", read)
        c.app.push_screen(screen)
        await c.advance(0.1)
        shown = len(screen._curves._lines)
        assert shown == screen._curves.size.height
        screen._curves.remove_class("open")
        await c.advance(0.1)
        screen._show_curves()
        assert len(screen._curves._lines) == shown
