"""Answers that contradict each other: what one of them shows is not lost because another one denies it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from matui.base.errors import NotFoundError
from matui.clouds.protocols import LogPage
from matui.live.logs.batch import EMPTY_PAGES, JUMPED, LOST_POSITION
from matui.live.logs.cursor.cursor_order import CursorOrder
from matui.resources.model import Resource
from tests.unit.live.logs.log_server import Ways
from tests.unit.live.logs.test_faulty_server import (
    EMPTY,
    FaultyServer,
    StartsAgainServer,
    list_texts,
    make_steps,
    read,
    shorten,
)
from tests.unit.live.logs.test_page_rule import ByteCursors
from tests.unit.live.logs.test_unproved_lines import RowCursors, list_marks

EQUAL = ["same"] * 1000
PERIODIC = [f"run {n % 7}" for n in range(1300)]


def answer_once(server: FaultyServer, wrong: dict[tuple[int, bool, int], tuple[int, int]]) -> None:
    """Answer the first request from a line (its number, older, lines of the right page) with other lines."""
    left = dict(wrong)

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        at = (server.find_index(base), older, page.count or 0) if base else (-1, older, 0)
        lines = left.pop(at, None)
        return server._build_page(base, older, *lines) if lines else None

    server.fault = fault


async def test_a_proof_with_more_lines_than_requested_is_requested_again() -> None:
    server = FaultyServer(Ways(opaque=True, cap=100), make_steps(0, 1000))
    answer_once(server, {(499, False, 100): (600, 700), (600, True, 3): (400, 500)})
    assert list_texts(await read(server)) == make_steps(0, 1000)


@pytest.mark.parametrize("echo", ["newer", "both"])
async def test_a_page_that_names_only_its_base_is_proved_from_its_end(echo: str) -> None:
    server = FaultyServer(Ways(opaque=True, cap=70, echo=echo), make_steps(0, 1000))
    answer_once(server, {(209, False, 70): (280, 350)})
    assert list_texts(await read(server)) == make_steps(0, 1000)


async def test_a_page_that_starts_at_an_earlier_base_is_not_the_next_one() -> None:
    server = FaultyServer(Ways(opaque=True, cap=70, echo="newer"), list(EQUAL))

    left = {
        (349, False): server._build_page("", True, 279, 349),
        (348, True): server._build_page(server.build_cursor(349), False, 350, 420),
    }
    server.fault = lambda base, older, page: (
        left.pop((server.find_index(base), older), None) if base else None
    )
    assert list_texts(await read(server)) == EQUAL


def test_the_same_two_cursors_read_both_ways_rise_once() -> None:
    order = CursorOrder()
    for before, after in pairwise(["100", "5000", "90000", "7000000", "80000000"]):
        order.observe((before, after, after), 1)
        order.observe((before, before, after), 1)
    assert not order.is_proved


async def test_a_line_above_the_first_page_is_not_denied_by_an_empty_page() -> None:
    server = FaultyServer(Ways(opaque=True, cap=100, top_page=False), ["same"] * 101)
    above = 0

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal above
        above += bool(base) and older and server.find_index(base) == 1
        return EMPTY if above == 2 else None

    server.fault = fault
    assert list_texts(await read(server)) == ["same"] * 101


async def test_a_line_above_the_first_page_that_is_gone_afterwards_is_marked() -> None:
    server = FaultyServer(Ways(inclusive=True, top_page=False, end_at_edge=False), PERIODIC[:501])
    above = 0

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal above
        above += bool(base) and older and server.find_index(base) == 1
        return EMPTY if base and older and above > 1 else None

    server.fault = fault
    got = list_texts(await read(server))
    assert got == [f"<{LOST_POSITION}>", *PERIODIC[1:501]]


async def test_a_page_given_twice_is_not_what_is_above_the_first_line() -> None:
    server = RowCursors(Ways(inclusive=True, cap=100, top_page=False), list(PERIODIC))
    answer_once(server, {(1200, True, 50): (1200, 1202)})
    assert list_texts(await read(server)) == PERIODIC


async def test_a_proof_that_lacks_as_many_lines_as_the_page_is_requested_again() -> None:
    server = ByteCursors(Ways(inclusive=True, echo="both", cap=70), ["same"] * 100)
    left = {("", 70): 69, (server.build_cursor(69), 68): 67}

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        size = left.pop((base, page.count or 0), 0) if older else 0
        return shorten(page, size) if size else None

    server.fault = fault
    assert list_texts(await read(server)) == ["same"] * 100
    assert not left


async def test_an_equal_newest_line_whose_cursor_is_another_one_each_time_is_behind_the_lines_held() -> None:
    how = Ways(opaque=True, inclusive=True, echo="newer", top_page=False)
    server = FaultyServer(how, [], ["same"] * 60, Random(1), grows=1)
    server.fault = lambda base, older, page: EMPTY if base == server.build_cursor(0) else None
    got = list_texts(await read(server, follow=True, ended=lambda: not server.coming))
    assert list_marks(got)
    assert got.count("same") >= 60


def restart_after(
    server: FaultyServer, is_due: Callable[[str, bool, LogPage], bool], lines: list[str]
) -> None:
    """Let the log start again with ``lines``, and the same cursors, after the first answer that is due."""
    left = [lines]

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        if left and is_due(base, older, page):
            server.lines[:] = left.pop()
        return None

    server.fault = fault


@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_log_of_equal_lines_that_ends_before_those_held_has_started_again(inclusive: bool) -> None:
    server = RowCursors(Ways(inclusive=inclusive), ["same"] * 7, ["same"] * 40)
    restart_after(server, lambda base, older, page: server.requests > 14, [])
    server.grows = 0

    def has_ended() -> bool:
        server.grows = 3 * int(not server.lines or bool(server.grows))
        return not server.coming

    got = list_texts(await read(server, follow=True, ended=has_ended))
    assert list_marks(got) == [LOST_POSITION]


async def test_a_page_refused_for_other_lines_shows_that_the_log_has_started_again() -> None:
    lines, others = ["waiting"] * 674, ["waiting"] * 1500
    lines[630] = lines[600] = others[640] = others[590] = "event"
    server = RowCursors(Ways(inclusive=True, echo="newer", cap=70), lines)
    restart_after(
        server,
        lambda base, older, page: bool(base) and not older and server.find_index(base) == 621,
        others,
    )
    assert LOST_POSITION in list_marks(list_texts(await read(server, follow=True)))


class ForgetfulServer(StartsAgainServer):
    """Refuses the cursors from before the log started again."""

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        if base and self.find_index(base) < 0:
            raise NotFoundError("no such line", status=404)
        return await super().read_log_page(job, file, base=base, older=older, limit=limit)


async def test_lines_that_recur_do_not_join_the_newest_page_to_those_held() -> None:
    server, looks = ForgetfulServer(Ways(opaque=True), PERIODIC[:27]), 0

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 6:
            server.lines[:], server.rotated = PERIODIC[:10], 5000
        return looks > 16

    assert list_marks(list_texts(await read(server, follow=True, ended=ended)))


async def test_lines_of_the_first_page_that_were_never_read_are_marked() -> None:
    """The log starts again while it is opened, with more lines than before."""
    server = FaultyServer(Ways(echo="newer"), make_steps(0, 127))
    restart_after(server, lambda base, older, page: older and not base, make_steps(5000, 5830))
    got = list_texts(await read(server))
    assert [line for line in got if not line.startswith("<")] == make_steps(5000, 5830)
    assert list_marks(got)


async def test_no_line_before_the_second_one_held_is_a_log_that_has_started_again() -> None:
    server = FaultyServer(Ways(top_page=False), make_steps(0, 2))
    server.fault = lambda base, older, page: EMPTY if base and older else None
    assert list_texts(await read(server, tail=500)) == [f"<{LOST_POSITION}>", *make_steps(0, 2)]


async def test_a_page_twice_as_far_as_those_before_is_doubted_before_the_order_is_certain() -> None:
    server = ByteCursors(Ways(echo="both", cap=100, top_page=False), make_steps(0, 1300))
    answer_once(server, {(1100, True, 100): (900, 1000)})
    assert list_texts(await read(server)) == make_steps(0, 1300)


async def test_lines_that_recur_do_not_join_a_page_whose_base_has_another_cursor() -> None:
    server = FaultyServer(Ways(opaque=True, cap=70), list(PERIODIC))
    answer_once(server, {(139, False, 70): (210, 280)})
    assert list_texts(await read(server)) == PERIODIC


async def test_a_log_that_has_no_line_before_its_last_one_has_started_again() -> None:
    server = FaultyServer(Ways(opaque=True), ["same"] * 8, ["same"] * 30, grows=2)
    checks = 0

    def forget(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal checks
        checks += not base and not server.coming
        return EMPTY if base and older and checks else None

    server.fault = forget
    got = list_texts(await read(server, follow=True, tail=1, ended=lambda: not server.coming))
    assert list_marks(got)


async def test_a_first_and_a_newest_page_that_lack_the_newest_line_are_marked() -> None:
    server = RowCursors(Ways(top_page=False), make_steps(0, 2))
    server.fault = lambda base, older, page: shorten(page, 1) if not base and page.count == 2 else None
    got = list_texts(await read(server))
    assert list_marks(got) == [JUMPED]


async def test_pages_above_a_newest_page_of_the_full_limit_that_stay_empty_are_marked() -> None:
    server = FaultyServer(Ways(top_page=False), [""] * 1000)
    server.fault = lambda base, older, page: EMPTY if older and base == server.build_cursor(500) else None
    assert list_marks(list_texts(await read(server))) == [LOST_POSITION]


@pytest.mark.parametrize("held", [7, 100])
async def test_a_newest_page_of_lines_that_recur_does_not_join_those_held(held: int) -> None:
    """Its lines are those held, but for the cursors."""
    server, looks = FaultyServer(Ways(opaque=True, inclusive=True, cap=100), PERIODIC[:held]), 0
    stuck = server.build_cursor(held - 1)
    server.fault = lambda base, older, page: EMPTY if base == stuck and not older and looks > 4 else None

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 5:
            server.lines[:] = PERIODIC[:499]
        return looks > 8

    got = list_texts(await read(server, follow=True, ended=ended))
    assert got == PERIODIC[:499] or list_marks(got)


async def test_a_short_proof_of_a_page_longer_than_all_before_is_requested_again() -> None:
    """The page lacks one of 11 equal lines, its proof one of 10."""
    server = FaultyServer(Ways(opaque=True, inclusive=True, top_page=False), ["same"] * 2)
    newest, left = server.build_cursor(1), [9]

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        if base == newest and not older and len(server.lines) > 2:
            return shorten(page, 10)
        return shorten(page, left.pop()) if older and page.count == 10 and left else None

    server.fault = fault

    def ended() -> bool:
        if server.requests > 8:
            server.lines[2:] = ["same"] * 10
        return server.requests > 30

    got = list_texts(await read(server, follow=True, ended=ended))
    assert not left
    assert list_marks(got)


@pytest.mark.parametrize("wrong", [57, 42])
async def test_one_line_from_the_base_that_is_not_before_the_end_of_the_page_proves_nothing(
    wrong: int,
) -> None:
    lines = ["", *["same"] * 57]
    server = ByteCursors(Ways(inclusive=True), lines[:18])
    cursor = server.build_cursor(wrong)
    left = {(server.build_cursor(17), False): LogPage("same\n", cursor, cursor, 1)}
    server.fault = lambda base, older, page: left.pop((base, older), None) if server.requests == 10 else None

    def ended() -> bool:
        if server.requests > 4:
            server.lines[18:] = lines[18:43] if server.requests < 8 else lines[18:]
        return server.requests > 20

    assert list_texts(await read(server, follow=True, ended=ended)) == lines


async def test_one_line_after_the_base_of_pages_that_begin_with_it_is_requested_again() -> None:
    server = RowCursors(Ways(inclusive=True, echo="newer"), [""] * 117)
    answer_once(server, {(116, False, 1): (117, 118)})

    def ended() -> bool:
        if server.requests > 4:
            server.lines[117:] = [""] * 42
        return server.requests > 20

    got = list_texts(await read(server, follow=True, tail=499, ended=ended))
    assert got == [""] * 159


async def test_other_lines_from_within_the_last_page_are_marked_at_the_top() -> None:
    lines = make_steps(0, 1000)
    server = RowCursors(Ways(echo="both", top_page=False), lines)

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        if older and base == server.build_cursor(500) and page.count in (50, 500):
            return replace(page, content=page.content.replace("step", "other"))
        return None

    server.fault = fault
    assert list_marks(list_texts(await read(server)))


async def test_one_line_that_recurs_does_not_join_a_page_without_cursors() -> None:
    server = FaultyServer(Ways(), [*make_steps(0, 9), "same"])
    server.fault = lambda base, older, page: replace(page, start="", end="")

    def ended() -> bool:
        if server.requests > 4:
            server.lines[:] = ["same", *make_steps(100, 599)]
        return server.requests > 20

    assert list_marks(list_texts(await read(server, follow=True, ended=ended)))


async def test_a_page_of_one_line_with_two_cursors_is_requested_again() -> None:
    server = RowCursors(Ways(top_page=False), make_steps(0, 2))
    left = [1]

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        return shorten(page, left.pop()) if left and not base and page.count == 2 else None

    server.fault = fault
    assert list_texts(await read(server)) == make_steps(0, 2)


async def test_a_proof_that_skips_as_many_counted_lines_as_its_page_proves_nothing() -> None:
    server = RowCursors(Ways(echo="newer", cap=100), ["same"] * 1300)
    skipped = server.build_cursor(899)
    left = {
        (skipped, False): [server._build_page(skipped, False, 1000, 1100)] * 2,
        (server.build_cursor(1099), True): [server._build_page(server.build_cursor(1099), True, 899, 999)],
    }

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        pages = left.get((base, older), [])
        return pages.pop() if pages else None

    server.fault = fault
    assert list_texts(await read(server)) == ["same"] * 1300


@pytest.mark.parametrize("follow", [False, True])
async def test_lines_that_only_contradicted_pages_showed_are_marked(follow: bool) -> None:
    server = FaultyServer(Ways(newest_first=True), ["same"] * 2)
    pages = 0

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal pages
        pages += not base
        return EMPTY if pages > 2 else None

    server.fault = fault
    got = list_texts(await read(server, follow=follow, tail=10, ended=lambda: server.requests > 20))
    assert got == [f"<{EMPTY_PAGES}>"]


@pytest.mark.parametrize("lines", [["same"] * 2, make_steps(0, 2), ["same"] * 3])
async def test_a_first_page_of_one_line_with_two_cursors_is_requested_again(lines: list[str]) -> None:
    server = ByteCursors(Ways(top_page=False), lines)
    left = [1]

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        return shorten(page, left.pop()) if left and not base and page.count == len(server.lines) else None

    server.fault = fault
    assert list_texts(await read(server, tail=1500)) == lines
