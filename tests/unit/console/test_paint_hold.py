"""Delaying the paint of an empty table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from matui.console.paint_hold import MAX_HOLD_S, PaintHold


def test_a_batch_is_closed_by_the_first_rows_or_after_its_time() -> None:
    timers: list[tuple[float, Callable[[], None]]] = []
    hold, closed = PaintHold(lambda after, call: timers.append((after, call))), []
    for name in ("first", "second"):
        batch = ExitStack()
        batch.callback(closed.append, name)
        hold.hold(batch)
    assert closed == ["first"]
    hold.release()
    assert closed == ["first", "second"]
    assert [after for after, _ in timers] == [MAX_HOLD_S, MAX_HOLD_S]
    timers[1][1]()
    assert closed == ["first", "second"]
