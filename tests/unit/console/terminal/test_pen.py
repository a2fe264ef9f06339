"""What the writer writes leaves a terminal showing exactly what was wanted."""

from __future__ import annotations

import random

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from matui.console.terminal.pen import CellRow, CellWriter, build_cells
from matui.console.terminal.screen_state import Shift, find_shift

WIDTH = 40
STYLES = [
    Style(),
    Style(color="red"),
    Style(color="#102030", bgcolor="blue", bold=True),
    Style(bgcolor="#405060"),
    Style(bold=True, underline=True),
    Style(italic=True, color="green", bgcolor="#405060"),
    Style(dim=True),
    Style(reverse=True),
]


def make_row(rng: random.Random) -> CellRow:
    segments, left = [], WIDTH
    if rng.random() < 0.4:
        blank = rng.randint(3, 30)
        left -= blank
    while left:
        text = rng.choice(["ab", "  ", "训练", "x", "hello ", "─"])
        size = 4 if text == "训练" else len(text)
        if size > left:
            text, size = " " * left, left
        segments.append(Segment(text, rng.choice(STYLES)))
        left -= size
    if (width := sum(segment.cell_length for segment in segments)) < WIDTH:
        segments.append(Segment(" " * (WIDTH - width), rng.choice(STYLES)))
    return build_cells(segments, ColorSystem.TRUECOLOR)


def read_seen(screen: pyte.Screen, y: int) -> list[tuple[object, ...]]:
    shown = []
    for x in range(WIDTH):
        cell = screen.buffer[y][x]
        lit = cell.underscore or cell.reverse
        looks = (cell.bg, cell.underscore, cell.reverse)
        shown.append((cell.data, *looks, *((cell.fg, cell.bold) if cell.data.strip() or lit else ())))
    return shown


def paint_rows(rows: list[CellRow]) -> pyte.Screen:
    screen = pyte.Screen(WIDTH, len(rows))
    writer = CellWriter()
    for y, cells in enumerate(rows):
        writer.write(0, y, cells)
    pyte.Stream(screen).feed(writer.get_text())
    return screen


@pytest.mark.parametrize("seed", range(60))
def test_an_update_shows_the_same_as_painting_all(seed: int) -> None:
    rng = random.Random(seed)
    old = [make_row(rng) for _ in range(6)]
    new = [list(cells) for cells in old]
    for _ in range(rng.randint(1, 4)):  # some rows end in blanks
        y = rng.randrange(6)
        new[y] = make_row(rng) if rng.random() < 0.5 else [*old[y][:20], *make_row(rng)[20:]]
        first = new[y][20]
        if first is not None and (first[2] or (new[y][19] or ("", None, False))[0] in "训练"):
            new[y] = make_row(rng)
    screen = paint_rows(old)
    writer = CellWriter(erases=seed % 2 == 0)
    for y in range(6):
        if old[y] != new[y]:
            writer.update(y, old[y], new[y])
    pyte.Stream(screen).feed(writer.get_text())
    expected = paint_rows(new)
    assert [read_seen(screen, y) for y in range(6)] == [read_seen(expected, y) for y in range(6)]


def test_one_changed_cell_costs_a_few_bytes() -> None:
    old = build_cells(
        [Segment("a" * WIDTH, Style(color="#010203", bgcolor="#040506"))], ColorSystem.TRUECOLOR
    )
    new = list(old)
    new[30] = build_cells([Segment("b", Style(color="#010203", bgcolor="#040506"))], ColorSystem.TRUECOLOR)[0]
    writer = CellWriter()
    writer.update(3, old, new)
    assert len(writer.get_text()) < 60


@pytest.mark.parametrize("lines", [1, 3, -1, -2])
def test_scrolled_rows_end_where_they_should(lines: int) -> None:
    rng = random.Random(3)
    rows = [make_row(rng) for _ in range(8)]
    screen = paint_rows(rows)
    writer = CellWriter()
    writer.scroll(1, 6, lines)
    pyte.Stream(screen).feed(writer.get_text())
    expected = paint_rows(rows)
    for y in range(1, 7):
        if 1 <= y + lines <= 6:
            assert read_seen(screen, y) == read_seen(expected, y + lines)
    assert read_seen(screen, 0) == read_seen(expected, 0)
    assert read_seen(screen, 7) == read_seen(expected, 7)


def test_rows_that_moved_are_recognised() -> None:
    old = {y: f"line {y}" for y in range(10)}
    new = {y: f"line {y + 2}" for y in range(10)}
    assert find_shift(old, new) == Shift(0, 9, 2)
    assert find_shift(new, old) == Shift(0, 9, -2)


def test_rows_that_did_not_move_are_left_alone() -> None:
    old = {y: f"line {y}" for y in range(10)}
    assert find_shift(old, old) is None
    assert find_shift(old, {y: f"other {y}" for y in range(10)}) is None
    assert find_shift(dict.fromkeys(range(10), ""), {y: "" if y else "x" for y in range(10)}) is None


JOINED = [
    "👨\u200d👩\u200d👧",
    "❤\ufe0f",
    "🇨🇳",
    "👍🏽",
    "हिं",
    "e\u0301",
    "🏴\U000e0067\U000e007f",
    "1\ufe0f\u20e3",
]


class NaiveScreen(pyte.Screen):
    """A terminal that gives each character its own width and joins nothing."""

    def draw(self, data: str) -> None:
        for character in data:
            super().draw(character)


@pytest.mark.parametrize("screen", [pyte.Screen, NaiveScreen])
@pytest.mark.parametrize("joined", JOINED)
def test_what_follows_joined_characters_is_in_its_column(joined: str, screen: type[pyte.Screen]) -> None:
    before, after = Segment(f"{'x' * 30}"), Segment(f"{joined}-b")
    wanted = build_cells(
        [before, after, Segment(" " * (WIDTH - 30 - after.cell_length))], ColorSystem.TRUECOLOR
    )
    assert len(wanted) == WIDTH
    shown, writer = screen(WIDTH, 2), CellWriter(erases=True)
    writer.update(0, [None] * WIDTH, wanted)
    pyte.Stream(shown).feed(writer.get_text())
    end = 30 + after.cell_length
    assert shown.display[0].rstrip().endswith("-b")
    assert [shown.buffer[0][x].data for x in range(end - 2, WIDTH)] == ["-", "b", *" " * (WIDTH - end)]


@pytest.mark.parametrize("joined", JOINED)
def test_joined_characters_at_the_edge_do_not_reach_the_next_row(joined: str) -> None:
    at_the_end = Segment(joined)
    start = WIDTH - at_the_end.cell_length
    shown, writer = NaiveScreen(WIDTH, 2), CellWriter(erases=True)
    writer.update(0, [None] * WIDTH, build_cells([Segment("x" * start), at_the_end], ColorSystem.TRUECOLOR))
    pyte.Stream(shown).feed(writer.get_text())
    assert not shown.display[1].strip()
