"""Line cursors without an order: digits that are a hash, or numbers that were drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from matui.live.logs.cursor.cursor_order import CursorOrder
from tests.unit.live.logs.log_server import LogServer, Ways
from tests.unit.live.logs.test_faulty_server import list_texts, make_steps, read


@dataclass
class HashServer(LogServer):
    """The cursor of a line is a number of 18 digits that has nothing to do with its place."""

    places: dict[str, int] = field(default_factory=dict)

    def build_cursor(self, index: int) -> str:
        drawn = str(Random(index * 1_000_003).randrange(10**17, 10**18))
        self.places[drawn] = index
        return drawn

    def find_index(self, cursor: str) -> int:
        return self.places[cursor]


class NumberServer(LogServer):
    """The cursor of a line is its number."""

    def build_cursor(self, index: int) -> str:
        return str(index + 1)

    def find_index(self, cursor: str) -> int:
        return int(cursor) - 1


@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("count", [1, 100, 501, 1300])
async def test_a_log_with_cursors_of_drawn_digits_is_whole_without_a_mark(
    top: bool, inclusive: bool, count: int
) -> None:
    server = HashServer(Ways(top_page=top, inclusive=inclusive), make_steps(0, count))
    assert list_texts(await read(server)) == make_steps(0, count)


@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_growing_log_with_cursors_of_drawn_digits_is_followed_whole(inclusive: bool) -> None:
    server = HashServer(Ways(inclusive=inclusive), make_steps(0, 300), make_steps(300, 500), Random(3))
    got = list_texts(await read(server, follow=True, ended=lambda: not server.coming))
    assert got == make_steps(0, 500)


class ByteServer(LogServer):
    """The cursor of a line is its position in bytes."""

    def build_cursor(self, index: int) -> str:
        return str(index * 57)

    def find_index(self, cursor: str) -> int:
        return int(cursor) // 57


async def test_positions_in_bytes_have_an_order_where_the_newest_line_comes_first() -> None:
    server = ByteServer(Ways(newest_first=True), make_steps(0, 1000))
    assert list_texts(await read(server)) == make_steps(0, 1000)


async def test_numbers_of_lines_have_an_order_though_the_cloud_does_not_count_the_lines_of_a_page() -> None:
    server = NumberServer(Ways(newest_first=True, counted=False), make_steps(0, 1000))
    assert list_texts(await read(server)) == make_steps(0, 1000)


@pytest.mark.parametrize(
    ("pages", "is_proved"),
    [
        ([(("", "1", "500"), 500)], True),  # numbers of lines
        ([(("", "1609121886518240330", "1609121900042593083"), 8)], True),  # times in ns
        ([(("", "746330599690992871", "745695194839724408"), 100)], False),  # drawn, and close by chance
        ([(("", "0", "28400"), 500)], True),  # bytes from the top
        ([(("", "28400", "57000"), 500)], False),  # bytes further down: two cursors prove nothing
        ([((str(n * 9000), str(n * 9000 + 40), str(n * 9000 + 8900)), 90) for n in range(1, 5)], True),
        ([(("", "612", "37"), 500), (("37", "91", "455"), 500)], False),  # drawn
        ([(("", "a", "b"), 2)], False),
    ],
)
def test_an_order_is_proved_by_the_distance_of_cursors_or_by_many_that_rise(
    pages: list[tuple[tuple[str, ...], int]], is_proved: bool
) -> None:
    order = CursorOrder()
    for cursors, lines in pages:
        order.observe(cursors, lines)
    assert order.is_proved is is_proved
