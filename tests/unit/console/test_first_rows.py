"""What waits for the first rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

from matui.console.first_rows import MAX_HOLD_S, PaintHold, PollStarter


def test_pollers_start_one_by_one_and_those_of_a_closed_profile_do_not() -> None:
    started: list[str] = []
    timers: list[Callable[[], None]] = []
    starter = PollStarter(lambda _after, call: timers.append(call))

    def member(name: str) -> Any:
        return SimpleNamespace(
            cloud=SimpleNamespace(kinds=("jobs", "models", "not-a-kind")),
            pollers=SimpleNamespace(poller=lambda kind: started.append(f"{name} {kind}")),
        )

    kept, closed = member("kept"), member("closed")
    starter.add(kept, "jobs")
    starter.add(closed, None)
    starter.drop(closed)
    starter.start_next()
    timers.pop()()
    assert started == ["kept models"]
    assert not timers


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
