"""What waits for the first rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

from matui.console.first_rows import MAX_HOLD_S, JumpReader, PaintHold, PollStarter


def test_pollers_start_one_by_one_and_those_of_a_closed_profile_do_not() -> None:
    started: list[str] = []
    timers: list[Callable[[], None]] = []
    starter = PollStarter(lambda _after, call: timers.append(call))

    def member(name: str) -> Any:
        return SimpleNamespace(
            cloud=SimpleNamespace(kinds=("jobs", "models", "not-a-kind")),
            pollers=SimpleNamespace(get_poller=lambda kind: started.append(f"{name} {kind}")),
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
        hold.hold(batch, lambda name=name: closed.append(f"{name} late"))
    assert (closed, hold.is_held) == (["first"], True)
    hold.release()
    assert (closed, hold.is_held) == (["first", "second"], False)
    assert [after for after, _ in timers] == [MAX_HOLD_S, MAX_HOLD_S]
    timers[1][1]()
    assert closed == ["first", "second"]


def test_a_batch_without_rows_in_time_is_closed_before_what_it_held_up() -> None:
    timers: list[Callable[[], None]] = []
    hold, done = PaintHold(lambda _after, call: timers.append(call)), []
    batch = ExitStack()
    batch.callback(done.append, "painted")
    hold.hold(batch, lambda: done.append("bars"))
    timers.pop()()
    assert (done, hold.is_held) == (["painted", "bars"], False)


class Rig:
    """A reader with timers that the test fires; ``read`` holds the kinds that were read, ``*`` for all."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self._timers: list[tuple[float, Callable[[], None]]] = []
        controls = SimpleNamespace(trigger=lambda: self.read.append("*"))
        self.fleet: Any = SimpleNamespace(
            kinds=("jobs", "pools", "models"), trigger=self.read.append, controls=controls
        )
        self.reader = JumpReader(lambda delay, call: self._timers.append((delay, call)))

    def fire(self, within_s: float) -> None:
        """Call what is due within some seconds of its own start."""
        due = [call for delay, call in self._timers if delay <= within_s]
        self._timers = [timer for timer in self._timers if timer[0] > within_s]
        for call in due:
            call()


def test_the_kind_shown_is_read_first_and_the_others_one_by_one_after_its_rows():
    rig = Rig()
    rig.reader.read(rig.fleet, "pools")
    rig.fire(0.1)
    assert rig.read == ["pools"]
    rig.reader.note_shown("jobs")  # a poll that was under way
    rig.fire(0.1)
    assert rig.read == ["pools"]
    rig.reader.note_shown("pools")
    for expected in (["pools", "jobs"], ["pools", "jobs", "models"], ["pools", "jobs", "models"]):
        rig.fire(0.1)
        assert rig.read == expected


def test_triage_needs_every_list_at_once():
    rig = Rig()
    rig.reader.read(rig.fleet, "triage")
    assert rig.read == ["*"]


def test_the_others_are_read_though_the_kind_shown_is_not():
    rig = Rig()
    rig.reader.read(rig.fleet, "pools")
    for _ in range(4):
        rig.fire(2.0)
    assert rig.read == ["pools", "jobs", "models"]


def test_another_jump_begins_with_the_kind_shown_again():
    rig = Rig()
    rig.reader.read(rig.fleet, "pools")
    rig.reader.note_shown("pools")
    rig.reader.read(rig.fleet, "models")
    rig.fire(0.1)
    assert rig.read == ["pools", "models"]
