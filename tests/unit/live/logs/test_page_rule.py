"""The rule by which a page is taken (``log_end``): what answers show to be missing is read or marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import JUMPED, NO_CURSOR, UNPROVED
from tests.unit.live.logs.log_server import Ways
from tests.unit.live.logs.test_faulty_server import EMPTY, FaultyServer, list_texts, make_steps, read
from tests.unit.live.logs.test_unproved_lines import EQUAL, RowCursors, list_marks


class ByteCursors(FaultyServer):
    """Names a line by the bytes before it."""

    def build_cursor(self, index: int) -> str:
        return str(index * 57 + index * 31 % 20)

    def find_index(self, cursor: str) -> int:
        return int(cursor) // 57


@pytest.mark.parametrize("wrong", [1, 2, 3])
async def test_a_proof_that_leads_back_to_the_line_it_came_from_ends(wrong: int) -> None:
    """The first line of the log, which begins its own page, was requested once for each line of the proof."""
    server = FaultyServer(Ways(opaque=True, inclusive=True), list(EQUAL))
    asked = 0

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        if not (older and base == server.build_cursor(499)) or asked == wrong:
            return None
        asked += 1
        return (
            server._build_page(base, True, 498, 499)
            if page.count == 1
            else server._build_page(base, True, 0, 1)
        )

    server.fault = skip
    assert list_texts(await read(server)) == EQUAL
    assert server.requests < 60


async def test_a_page_and_its_proof_that_skip_a_page_are_not_believed_where_cursors_count_the_lines() -> None:
    server = RowCursors(Ways(cap=100), ["same"] * 1000)
    skipped: list[str] = []

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        if base == server.build_cursor(599) and not older and page.count == 100 and not skipped:
            skipped.append(base)
            return server._build_page(base, False, 700, 800)
        if base == server.build_cursor(799) and older and len(skipped) == 1:
            return server._build_page(base, True, 599, 699)
        return None

    server.fault = skip
    assert list_texts(await read(server)) == server.lines
    assert skipped


async def test_a_page_that_does_not_begin_with_its_base_is_requested_again_where_all_others_do() -> None:
    server = FaultyServer(Ways(opaque=True, inclusive=True, cap=70), ["same"] * 500)
    skipped: list[str] = []

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        if base == server.build_cursor(207) and not older and page.count == 70 and not skipped:
            skipped.append(base)
            return server._build_page(base, False, 208, 278)
        if base == server.build_cursor(277) and older and len(skipped) == 1:
            return server._build_page(base, True, 207, 277)
        return None

    server.fault = skip
    assert list_texts(await read(server)) == server.lines
    assert skipped


@pytest.mark.parametrize("lines", [["same"] * 3000, make_steps(0, 3000)])
@pytest.mark.parametrize("older", [False, True])
async def test_a_page_that_is_far_from_its_base_is_requested_again(lines: list[str], older: bool) -> None:
    server = ByteCursors(Ways(top_page=not older), list(lines))
    skipped: list[str] = []

    def skip(base: str, is_older: bool, page: LogPage) -> LogPage | None:
        at = 1500 if older else 1499
        if skipped or is_older is not older or base != server.build_cursor(at) or page.count != 500:
            return None
        skipped.append(base)
        return (
            server._build_page(base, older, 500, 1000)
            if older
            else server._build_page(base, older, 2000, 2500)
        )

    server.fault = skip
    assert list_texts(await read(server)) == lines
    assert skipped


async def test_lines_of_another_log_beyond_the_base_are_followed_by_a_mark_not_taken_for_the_next_ones() -> (
    None
):
    server = FaultyServer(Ways(end_at_edge=False), make_steps(0, 1200), make_steps(1200, 1700), grows=20)
    wrong: list[str] = []

    def other(base: str, older: bool, page: LogPage) -> LogPage | None:
        if wrong or not base or older or server.find_index(base) != 999:
            return None
        wrong.append(base)
        lines = "".join(f"other {number}\n" for number in range(300))
        return replace(page, content=lines, end="", count=300)

    server.fault = other
    got = list_texts(await read(server, follow=True, ended=lambda: not server.coming))
    assert JUMPED in list_marks(got)
    assert wrong


@pytest.mark.parametrize("echo", ["", "both"])
async def test_the_last_page_is_proved_where_it_has_no_cursor_of_its_end(echo: str) -> None:
    server = ByteCursors(Ways(echo=echo, end_at_edge=False, empty_end="base"), make_steps(0, 1000))
    skipped: list[str] = []

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        if skipped or older or not base or server.find_index(base) != 499:
            return None
        skipped.append(base)
        return server._build_page(base, False, 501, 1000)

    server.fault = skip
    got = list_texts(await read(server))
    assert got == server.lines or list_marks(got)
    assert skipped


async def test_one_line_that_contradicts_those_before_it_is_requested_again() -> None:
    """A line whose two cursors are the base looked like a page that begins there."""
    server = ByteCursors(Ways(echo="both", cap=70), [""] * 1300)
    wrong: list[str] = []

    def lose_cursor(base: str, older: bool, page: LogPage) -> LogPage | None:
        if wrong or older or not base or page.count != 1 or server.find_index(base) < 60:
            return None
        wrong.append(base)
        return replace(page, end=page.start)

    server.fault = lose_cursor
    assert list_texts(await read(server)) == server.lines
    assert wrong


async def test_two_lines_above_the_first_page_are_not_its_first_line() -> None:
    server = FaultyServer(Ways(opaque=True, inclusive=True, echo="both", top_page=False, cap=70), [""] * 99)
    server.fault = lambda base, older, page: (
        server._build_page(base, True, 29, 31)
        if base == server.build_cursor(29) and older and server.asked == 4
        else None
    )
    got = list_texts(await read(server))
    assert got == server.lines or list_marks(got)


@pytest.mark.parametrize("first_line", ["step 0", ""])
@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("last", range(4, 10))
async def test_a_log_that_started_again_while_it_was_opened_is_marked(
    first_line: str, top: bool, last: int
) -> None:
    """No line of the old log was printed: those that opening it brought are missing."""
    lines = [first_line] * 500
    server = FaultyServer(Ways(opaque=True, top_page=top), list(lines))

    def start_again(base: str, older: bool, limit: int) -> tuple[int, int]:
        if server.requests > last and len(server.lines) == 500:
            server.lines += [first_line and f"again {number}" for number in range(40)]
        is_again = len(server.lines) > 500
        if base and is_again and server.find_index(base) < 500:
            return 0, 0
        first, end = original(base, older, limit)
        if is_again and older and not base and top:
            return 500, min(540, 500 + limit)
        return (max(500, first), max(500, end)) if is_again else (first, end)

    original, server._find_range = server._find_range, start_again  # type: ignore[method-assign]
    got = list_texts(await read(server))
    assert list_marks(got) or got in (lines, server.lines)


async def test_a_first_line_that_is_not_held_shows_that_lines_without_a_cursor_are_missing() -> None:
    server = FaultyServer(Ways(cap=200), make_steps(0, 1000))
    server.fault = lambda base, older, page: replace(page, start="", end="")
    assert list_texts(await read(server, tail=600)) == [f"<{NO_CURSOR}>", *make_steps(800, 1000)]


async def test_equal_lines_that_no_request_proves_are_read_after_a_mark() -> None:
    server = FaultyServer(Ways(opaque=True), list(EQUAL))
    server.fault = lambda base, older, page: EMPTY if older and base else None
    got = list_texts(await read(server))
    assert [line for line in got if not line.startswith("<")] == EQUAL
    assert UNPROVED in list_marks(got)
