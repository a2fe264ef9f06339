"""After a jump the kind shown is read and painted before the others."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from matui.console.jump_reader import JumpReader


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
