"""Empty pages and a page of one line do not prove the first line of a log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import EMPTY_PAGES, LOST_POSITION
from tests.unit.live.logs.log_server import Ways
from tests.unit.live.logs.test_faulty_server import EMPTY, FaultyServer, list_texts, make_steps, read


def answer_empty_above(server: FaultyServer, first: str, times: int) -> None:
    """Let the pages of older lines be empty that would end next to the line ``first``, so many times."""
    empty = iter([EMPTY] * times)
    server.fault = lambda base, older, page: next(empty, None) if older and base == first else None


async def test_empty_pages_above_the_newest_page_are_not_the_top() -> None:
    server = FaultyServer(Ways(opaque=True, top_page=False, cap=70), make_steps(0, 1000))
    answer_empty_above(server, server.build_cursor(930), 4)
    assert list_texts(await read(server)) == make_steps(0, 1000)


@pytest.mark.parametrize("first", [930, 860])
async def test_pages_above_a_line_that_stay_empty_are_marked(first: int) -> None:
    server = FaultyServer(Ways(opaque=True, top_page=False, cap=70), make_steps(0, 1000))
    answer_empty_above(server, server.build_cursor(first), 1000)
    assert list_texts(await read(server)) == [f"<{LOST_POSITION}>", *make_steps(first, 1000)]


@pytest.mark.parametrize("between_lines", [True, False])
async def test_a_log_as_long_as_its_pages_has_no_mark(between_lines: bool) -> None:
    ways = Ways(opaque=True, top_page=False, cap=70, between_lines=between_lines)
    for size in (70, 140):
        assert list_texts(await read(FaultyServer(ways, make_steps(0, size)))) == make_steps(0, size)


async def test_a_page_of_equal_lines_that_is_short_shows_no_line_above() -> None:
    server = FaultyServer(Ways(opaque=True, top_page=False, cap=70), ["same"] * 70)
    server.fault = lambda base, older, page: (
        replace(page, content="same\n" * 40, start=server.build_cursor(28), count=40)
        if base == server.build_cursor(68) and page.count == 68
        else None
    )
    assert list_texts(await read(server, tail=500)) == ["same"] * 70


def shorten_opening(server: FaultyServer, *, ever: bool) -> None:
    """Give one line a page while the log is opened, but two for its second page above; then whole ones."""
    asked = iter(range(8 if not ever else 10_000))

    def keep_newest(base: str, older: bool, page: LogPage) -> LogPage | None:
        at = next(asked, None)
        size = 2 if at == 3 else 1
        if at is None or not (older or not base):
            return None
        lines = page.content.splitlines()[-size:]
        last = server.find_index(page.end)
        return LogPage("\n".join(lines), server.build_cursor(last - len(lines) + 1), page.end, len(lines))

    server.fault = keep_newest


@pytest.mark.parametrize("ever", [False, True])
async def test_a_line_shown_above_at_the_opening_is_read_or_marked(ever: bool) -> None:
    server = FaultyServer(Ways(opaque=True, inclusive=True, top_page=False), make_steps(0, 300))
    shorten_opening(server, ever=ever)
    lines = list_texts(await read(server))
    assert lines == ([f"<{EMPTY_PAGES}>", "step 299"] if ever else make_steps(0, 300))
