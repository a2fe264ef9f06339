"""What a slow terminal is sent at once: little, a key's echo first, and in the end everything."""

from __future__ import annotations

import random
from math import inf

import pyte
from rich.cells import set_cell_size
from rich.color import ColorSystem
from rich.segment import Segment

from matui.clock import ManualClock
from matui.console.terminal.compositor import Painted, Room
from matui.console.terminal.flow_control import LEAST, OutputPace
from matui.console.terminal.pen import Pen, Row, cells_of


class Line:
    """A line of so many bytes a second, with a way there and back in seconds."""

    def __init__(self, rate: float, way: float = 0.0, *, remote: bool = True) -> None:
        self.clock = ManualClock()
        self.rate, self.way = rate, way
        self.pace = OutputPace(self.clock.monotonic, remote=remote)
        self.free_at = 0.0

    async def send(self, size: int) -> None:
        """Send, ask where that is worth it, and wait for the answer."""
        now = self.clock.monotonic()
        self.pace.wrote(size)
        self.free_at = max(now, self.free_at) + size / self.rate
        if self.pace.asks:
            self.pace.wrote(4)
            self.pace.asked()
            answer_at = self.free_at + self.way
            await self.clock.advance(answer_at - now)
            self.pace.answered(answer_at)


async def test_a_quick_line_is_never_held_back() -> None:
    line = Line(rate=1e6, way=0.2)
    for _ in range(20):
        await line.send(6000)
    assert line.pace.room(patient=True) == inf


async def test_a_slow_line_holds_little_and_leaves_a_key_its_echo() -> None:
    line = Line(rate=2000)
    for size in (9000, 300, 20, 300):
        await line.send(size)
    room = line.pace.room(patient=True)
    assert LEAST <= room <= 300
    line.pace.wrote(int(room))
    assert line.pace.room(patient=True) == 0
    assert line.pace.room(patient=False) <= 0
    line.pace.typed()
    assert line.pace.room(patient=False) == LEAST
    assert line.pace.room(patient=True) == 0, "a log does not take what a key was given"


async def test_a_line_that_has_become_quick_is_used_again() -> None:
    line = Line(rate=2000)
    await line.send(9000)
    assert line.pace.limited
    line.rate = 1e7
    for _ in range(40):
        await line.send(int(min(6000, max(1, line.pace.room(patient=True)))))
    assert line.pace.room(patient=True) >= 6000


async def test_a_distant_quick_line_is_not_taken_for_a_slow_one() -> None:
    line = Line(rate=1e6, way=0.6)
    for _ in range(10):
        await line.send(6000)
    assert line.pace.room(patient=True) == inf


async def test_a_terminal_that_never_answers_is_asked_no_more_and_holds_nothing_up_for_long() -> None:
    clock = ManualClock()
    pace = OutputPace(clock.monotonic, remote=True)
    questions = 0
    for _ in range(200):
        pace.wrote(1000)
        if pace.asks:
            pace.asked()
            questions += 1
        await clock.advance(1.0)
        pace.look()
        assert pace.room(patient=False) == inf
    assert pace.mute
    assert questions == 3
    assert pace.room(patient=True) > 0, "time alone makes room again"


async def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    pace = OutputPace(ManualClock().monotonic)
    pace.wrote(100)
    pace.answered(5.0)
    assert pace.room(patient=True) == inf


def row(text: str) -> Row:
    """Return a row of 40 cells."""
    return cells_of([Segment(set_cell_size(text, 40))], ColorSystem.TRUECOLOR)


def test_what_had_to_wait_is_owed_and_the_screen_is_right_in_the_end() -> None:
    rng, screen = random.Random(3), pyte.Screen(40, 12)
    stream, painted = pyte.Stream(screen), Painted()
    painted.take_size(40, 12)
    wanted: dict[int, Row] = {}
    for turn in range(300):
        changed = {y: row(f"line {rng.randrange(1000)} 漢字 {turn}") for y in range(12) if rng.random() < 0.4}
        wanted |= changed
        painted.room = Room(rng.randrange(150), rng.randrange(80), patient_rows=range(6))
        asked = {y: wanted[y] for y in {*changed, *painted.owed}}
        pen = Pen()
        painted.write(asked, pen)
        stream.feed(pen.text())
    painted.room = Room()
    pen = Pen()
    painted.write({y: wanted[y] for y in painted.owed}, pen)
    stream.feed(pen.text())
    assert painted.owed == set()
    for y in range(12):
        shown = "".join(cell[0] for cell in wanted[y] if cell is not None and not cell[2])
        assert screen.display[y].rstrip() == shown.rstrip()


def test_the_rows_of_a_key_go_out_before_those_of_a_log() -> None:
    painted = Painted()
    painted.take_size(40, 8)
    painted.room = Room(all=60, patient=60, first_rows=(7,), patient_rows=range(4))
    painted.write({y: row(f"row {y}" + "x" * 30) for y in range(8)}, Pen())
    assert 7 not in painted.owed
    assert {1, 2, 3} <= painted.owed
    painted.room = Room(all=0, patient=0)
    pen = Pen()
    painted.write({5: row("more")}, pen)
    assert pen.text() == ""
