"""Starting the pollers of the kinds that are not shown."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from matui.console.poll_starter import PollStarter


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
