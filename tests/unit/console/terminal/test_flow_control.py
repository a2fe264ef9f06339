"""What a slow terminal is sent at once: little, a key's echo first, and in the end everything."""

from __future__ import annotations

import random
from math import inf

import pyte
import pytest
from rich.cells import set_cell_size
from rich.color import ColorSystem
from rich.segment import Segment

from matui.base.clock import ManualClock
from matui.console.terminal import screen_state
from matui.console.terminal.flow_control import MIN_WINDOW, FlowControl, OutputRate
from matui.console.terminal.pen import CellRow, CellWriter, build_cells, join_row
from matui.console.terminal.screen_state import ScreenState, WriteBudget


class Line:
    """A line of so many bytes a second, with a way there and back in seconds."""

    def __init__(self, rate: float, way: float = 0.0, *, remote: bool = True) -> None:
        self.clock = ManualClock()
        self.rate, self.way = rate, way
        self.lag = 0.0  # from the reply until the application handles it
        self.flow = FlowControl(self.clock.monotonic, remote=remote)
        self.free_at = 0.0

    async def send(self, size: int) -> None:
        """Send, ask where that is worth it, and wait for the answer."""
        now = self.clock.monotonic()
        self.flow.on_write(size)
        self.free_at = max(now, self.free_at) + size / self.rate
        if self.flow.should_probe:
            self.flow.on_write(4)
            self.flow.on_probe()
            answer_at = self.free_at + self.way
            await self.clock.advance(answer_at - now + self.lag)
            self.flow.on_reply(answer_at)


async def test_a_quick_line_is_never_held_back() -> None:
    line = Line(rate=1e6, way=0.2)
    for _ in range(20):
        await line.send(6000)
    assert line.flow.compute_budget(low_priority=True) == inf


async def test_a_slow_line_holds_little_and_leaves_a_key_its_echo() -> None:
    line = Line(rate=2000)
    for size in (9000, 300, 20, 300):
        await line.send(size)
    room = line.flow.compute_budget(low_priority=True)
    assert MIN_WINDOW <= room <= 300
    line.flow.on_write(int(room))
    assert line.flow.compute_budget(low_priority=True) == 0
    assert line.flow.compute_budget(low_priority=False) <= 0
    line.flow.on_key()
    assert line.flow.compute_budget(low_priority=False) == MIN_WINDOW
    assert line.flow.compute_budget(low_priority=True) == 0, "a log does not take what a key was given"


async def test_a_line_that_has_become_quick_is_used_again() -> None:
    line = Line(rate=2000)
    await line.send(9000)
    assert line.flow.limited
    line.rate = 1e7
    for _ in range(40):
        await line.send(int(min(6000, max(1, line.flow.compute_budget(low_priority=True)))))
    assert line.flow.compute_budget(low_priority=True) >= 6000


async def test_a_distant_quick_line_is_not_taken_for_a_slow_one() -> None:
    line = Line(rate=1e6, way=0.6)
    for _ in range(10):
        await line.send(6000)
    assert line.flow.compute_budget(low_priority=True) == inf


@pytest.mark.parametrize("sizes", [(1000, 4), (1000, 170), (900, 300)])
async def test_a_busy_machine_is_not_taken_for_a_slow_line(sizes: tuple[int, int]) -> None:
    line = Line(rate=1e6, way=0.001, remote=False)
    for _ in range(5):
        await line.send(6000)
    line.way = 0.12  # whatever is sent: the machine has much else to do
    await line.send(sizes[0])
    assert line.flow.is_doubted
    await line.send(sizes[1])
    assert line.flow.compute_budget(low_priority=True) == inf


async def test_an_application_that_handles_replies_late_writes_more_at_once() -> None:
    line = Line(rate=17_000, way=0.001, remote=False)
    line.lag = 1.0
    for size in (900, 6000, 6000):
        await line.send(size)
    assert line.flow.limited
    assert line.flow.compute_budget(low_priority=True) >= 10_000, "the line is idle for a second each time"


async def test_a_line_that_has_become_slow_is_not_doubted_twice() -> None:
    line = Line(rate=1e6, way=0.05)
    for _ in range(5):
        await line.send(6000)
    line.rate = 2000
    await line.send(3000)
    await line.send(4)
    assert line.flow.limited
    assert not line.flow.is_doubted


async def test_a_terminal_that_never_answers_is_asked_no_more_and_holds_nothing_up_for_long() -> None:
    clock = ManualClock()
    flow = FlowControl(clock.monotonic, remote=True)
    questions = 0
    for _ in range(200):
        flow.on_write(1000)
        if flow.should_probe:
            flow.on_probe()
            questions += 1
        await clock.advance(1.0)
        flow.check_timeout()
        assert flow.compute_budget(low_priority=False) == inf
    assert flow.unresponsive
    assert questions == 3
    assert flow.compute_budget(low_priority=True) > 0, "time alone makes room again"


async def test_an_answer_that_is_not_awaited_changes_nothing() -> None:
    flow = FlowControl(ManualClock().monotonic)
    flow.on_write(100)
    flow.on_reply(5.0)
    assert flow.compute_budget(low_priority=True) == inf


def make_row(text: str) -> CellRow:
    """Return a row of 40 cells."""
    return build_cells([Segment(set_cell_size(text, 40))], ColorSystem.TRUECOLOR)


def test_what_had_to_wait_is_owed_and_the_screen_is_right_in_the_end() -> None:
    rng, screen = random.Random(3), pyte.Screen(40, 12)
    stream, state = pyte.Stream(screen), ScreenState()
    state.resize(40, 12)
    wanted: dict[int, CellRow] = {}
    for turn in range(300):
        changed = {
            y: make_row(f"line {rng.randrange(1000)} 漢字 {turn}") for y in range(12) if rng.random() < 0.4
        }
        wanted |= changed
        state.budget = WriteBudget(rng.randrange(150), rng.randrange(80), low_priority_rows=range(6))
        asked = {y: wanted[y] for y in {*changed, *state.deferred}}
        writer = CellWriter()
        state.write(asked, writer)
        stream.feed(writer.get_text())
    state.budget = WriteBudget()
    writer = CellWriter()
    state.write({y: wanted[y] for y in state.deferred}, writer)
    stream.feed(writer.get_text())
    assert state.deferred == set()
    for y in range(12):
        shown = "".join(cell[0] for cell in wanted[y] if cell is not None and not cell[2])
        assert screen.display[y].rstrip() == shown.rstrip()


def test_the_rows_of_a_key_go_out_before_those_of_a_log() -> None:
    state = ScreenState()
    state.resize(40, 8)
    state.budget = WriteBudget(total=60, low_priority=60, first_rows=(7,), low_priority_rows=range(4))
    state.write({y: make_row(f"row {y}" + "x" * 30) for y in range(8)}, CellWriter())
    assert 7 not in state.deferred
    assert {1, 2, 3} <= state.deferred
    state.budget = WriteBudget(total=0, low_priority=0)
    writer = CellWriter()
    state.write({5: make_row("more")}, writer)
    assert writer.get_text() == ""


def test_the_rows_of_the_bars_go_out_right_behind_those_of_a_key() -> None:
    state = ScreenState()
    state.resize(40, 8)
    state.budget = WriteBudget(total=120, first_rows=(3,), next_rows=(7,))
    state.write({y: make_row(f"row {y}" + "x" * 30) for y in range(8)}, CellWriter())
    assert not {3, 7} & state.deferred
    assert {1, 2, 4, 5, 6} <= state.deferred


def test_the_text_of_a_row_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[CellRow] = []
    monkeypatch.setattr(screen_state, "join_row", lambda cells: asked.append(cells) or join_row(cells))
    state, moved = ScreenState(), make_row("a row that moves")
    assert [state.join_row(moved) for _ in range(3)] == ["a row that moves".ljust(38)] * 3
    assert len(asked) == 1
    assert state.join_row([None, *moved]) == "\0" + "a row that moves".ljust(38)


def test_the_rate_is_a_mean_over_ten_seconds_in_steps() -> None:
    rate = OutputRate()
    assert rate.text == "… B/s"
    for second in range(60):
        rate.add(float(second), 50_000 if second < 20 else 50_000 + (second - 20) * 37)
    assert rate.text == "≤ 50 B/s"
    words = set()
    for second in range(60, 90):
        rate.add(float(second), 51_443 + (second - 60) * (36 + second % 5))
        words.add(rate.text)
    assert words <= {"≤ 50 B/s", "≤ 100 B/s"}


def test_nothing_written_and_very_much_have_their_words() -> None:
    rate = OutputRate()
    rate.add(0.0, 5)
    rate.add(5.0, 5)
    assert rate.text == "≤ 10 B/s"
    rate.add(6.0, 12_000 * 6)
    assert rate.text == "≤ 20 kB/s"
    rate.add(7.0, 10**9)
    assert rate.text == "> 500 kB/s"
