"""Lines that no single page shows to be missing: what other answers show marks them, and a reading ends."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import EMPTY_PAGES, JUMPED, LOST_POSITION, NO_CURSOR, UNDECIDED
from matui.live.logs.reader import JobLogFile
from matui.live.logs.stream import HeadlessLog
from tests.unit.live.logs.log_server import JOB, LogServer, Ways
from tests.unit.live.logs.test_faulty_server import EMPTY, FaultyServer, read, shorten, steps, texts
from tests.unit.live.logs.test_stream import RestlessClock

EQUAL = ["same"] * 1300


class ByteCursors(LogServer):
    """Names a line by the bytes before it."""

    def cursor(self, index: int) -> str:
        return str(index * 57 + index * 31 % 20)

    def index(self, cursor: str) -> int:
        return int(cursor) // 57


class RowCursors(FaultyServer):
    """Names a line by its number."""

    def cursor(self, index: int) -> str:
        return str(index + 1)

    def index(self, cursor: str) -> int:
        return int(cursor) - 1


def marks(lines: list[str]) -> list[str]:
    return [line[1:-1] for line in lines if line.startswith("<")]


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("cap", [70, 500])
@pytest.mark.parametrize("lines", [steps(0, 1000), [f"run {n % 7}" for n in range(1000)], [""] * 1000])
async def test_newest_lines_first_are_told_by_the_lines_before_them(
    inclusive: bool, cap: int, lines: list[str]
) -> None:
    how = Ways(newest_first=True, top_page=False, inclusive=inclusive, cap=cap)
    assert texts(await read(ByteCursors(how, list(lines)))) == lines


@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("lines", [steps(0, 1300), [f"run {n % 7}" for n in range(1300)], EQUAL])
@pytest.mark.parametrize("tail", [None, 700])
async def test_cursors_that_are_places_between_lines_are_read_without_a_mark(
    opaque: bool, top: bool, lines: list[str], tail: int | None
) -> None:
    how = Ways(between_lines=True, opaque=opaque, top_page=top, cap=200)
    server = FaultyServer(how, lines[:900], lines[900:], Random(3), grows=60)
    got = texts(await read(server, follow=True, tail=tail, ended=lambda: not server.coming))
    assert got == lines[len(lines) - len(got) :]
    assert len(got) == len(lines) if tail is None else len(got) >= tail + 400 - 60


async def test_pages_of_a_few_equal_lines_whose_newest_line_comes_first_are_printed_once() -> None:
    how = Ways(newest_first=True, top_page=False)
    server = ByteCursors(how, ["same line"] * 2, ["same line"] * 300, Random(1), grows=2)
    assert len(await read(server, follow=True, tail=1, ended=lambda: not server.coming)) <= 302


async def test_older_pages_that_never_show_which_lines_are_new_end_with_a_mark() -> None:
    server = FaultyServer(Ways(inclusive=True, top_page=False), steps(0, 1300))

    def hide(base: str, older: bool, page: LogPage) -> LogPage | None:
        assert server.requests < 200
        return replace(page, start="", end="") if base else None

    server.fault = hide
    assert texts(await read(server, tail=700)) == [f"<{LOST_POSITION}>", *steps(800, 1300)]


async def test_newer_pages_that_never_show_which_lines_are_new_are_marked() -> None:
    server = FaultyServer(Ways(cap=200), list(EQUAL))
    server.fault = lambda base, older, page: (
        replace(page, end=page.start) if base == server.cursor(199) and not older else None
    )
    for follow in (False, True):
        assert set(marks(texts(await read(server, follow=follow)))) & {UNDECIDED, LOST_POSITION}


async def test_lines_after_a_cursor_that_vanish_are_marked_though_the_newest_line_is_equal() -> None:
    """The end has no cursor of its own; then the log starts again with equal lines."""
    server = FaultyServer(Ways(opaque=True, end_at_edge=False), ["same"] * 90, ["same"] * 60, grows=9)
    server.fault = lambda base, older, page: EMPTY if base and not older and not server.coming else None
    got = texts(await read(server, follow=True, ended=lambda: not server.coming))
    assert LOST_POSITION in marks(got)


async def test_a_page_that_holds_its_base_line_alone_is_not_the_end_of_equal_lines() -> None:
    server = FaultyServer(Ways(opaque=True, inclusive=True, cap=1), list(EQUAL))
    for follow in (False, True):
        assert marks(texts(await read(server, follow=follow))) == [EMPTY_PAGES]


async def test_a_tail_whose_first_page_has_contradictory_cursors_is_marked_above() -> None:
    server = FaultyServer(Ways(cap=70), steps(0, 499))
    server.fault = lambda base, older, page: (
        replace(page, end=page.start) if not base and (page.count or 0) > 1 else None
    )
    got = texts(await read(server, tail=300))
    assert got == [f"<{NO_CURSOR}>", *steps(429, 499)]


async def test_a_page_whose_cursors_are_farther_apart_than_its_lines_is_requested_again() -> None:
    server = RowCursors(Ways(top_page=False, echo="both", cap=70), steps(0, 1300))
    skipped: list[str] = []

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        if skipped or not (older and base) or server.index(base) != 600:
            return None
        skipped.append(base)
        return server._page(base, True, 460, 530)

    server.fault = skip
    assert texts(await read(server)) == steps(0, 1300)
    assert skipped


async def test_a_whole_page_instead_of_one_line_decides_nothing_about_equal_lines() -> None:
    server = FaultyServer(Ways(inclusive=True), list(EQUAL))
    server.fault = lambda base, older, page: (
        server._page(base, False, 499, 999) if base == server.cursor(499) and page.count == 1 else None
    )
    assert texts(await read(server)) == EQUAL


async def test_a_proof_that_two_others_contradict_proves_no_page() -> None:
    server = FaultyServer(Ways(), list(EQUAL))
    proofs = 0

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal proofs
        if base == server.cursor(499) and not older and page.count == 500 and proofs == 0:
            return shorten(page, 499)
        proofs += base == server.cursor(999) and older
        return shorten(page, 498) if proofs == 3 and older and page.count == 499 else None

    server.fault = fault
    assert texts(await read(server)) == EQUAL


async def test_a_page_that_is_always_skipped_is_marked_where_the_cursors_number_the_lines() -> None:
    """The same page, requested again, is no new evidence of what a cursor is."""
    server = RowCursors(Ways(top_page=False, echo="both", cap=100, counted=False), steps(0, 2300))
    server.fault = lambda base, older, page: (
        server._page(base, True, 1500, 1600) if older and base and server.index(base) == 1700 else None
    )
    assert texts(await read(server, tail=1500)) == [f"<{LOST_POSITION}>", *steps(1700, 2300)]


async def test_an_equal_newest_line_with_another_cursor_is_not_the_end() -> None:
    server = FaultyServer(Ways(opaque=True), ["same"] * 499, rng=Random(15))
    original = server._range
    server._range = lambda base, older, limit: original(base, older, min(limit, server.rng.randint(1, 5)))  # type: ignore[method-assign]
    got = texts(await read(server))
    assert got == server.lines or marks(got)


@pytest.mark.parametrize("opaque", [True, False])
async def test_a_short_last_page_is_compared_with_the_lines_before_its_end(opaque: bool) -> None:
    server = FaultyServer(Ways(opaque=opaque, cap=70), steps(0, 100))

    def leave_out(base: str, older: bool, page: LogPage) -> LogPage | None:
        is_last = bool(base) and not older and page.end == server.cursor(99)
        content = page.content.splitlines(keepends=True)
        return replace(page, content="".join(content[:5] + content[15:]), count=20) if is_last else None

    server.fault = leave_out
    got = texts(await read(server))
    assert marks(got) == [JUMPED]
    assert [line for line in got if not line.startswith("<")] == [*steps(0, 75), *steps(85, 100)]


@pytest.mark.parametrize("inclusive", [True, False])
async def test_equal_lines_are_counted_where_the_cursors_have_an_order(inclusive: bool) -> None:
    server = FaultyServer(Ways(cap=200, inclusive=inclusive), list(EQUAL))
    server.fault = lambda base, older, page: (
        shorten(page, 78) if base == server.cursor(199) and not older and page.count == 200 else None
    )
    assert JUMPED in marks(texts(await read(server)))


async def test_pages_of_one_line_are_not_all_proved() -> None:
    server = FaultyServer(Ways(cap=1), [f"run {n % 7}" for n in range(400)])
    assert texts(await read(server)) == server.lines
    assert server.requests / 2 < 450


async def test_a_newest_line_older_than_the_page_does_not_confirm_its_end() -> None:
    """The newest page was the first one, and so is the newest line; the lines between come afterwards."""
    server = FaultyServer(Ways(cap=200), steps(0, 1000))
    answers = iter([server._page("", False, 0, 200), server._page("", False, 0, 1)])
    server.fault = lambda base, older, page: None if base or older else next(answers, None)
    log = HeadlessLog(
        JobLogFile(server, JOB, "a.log"),
        clock=RestlessClock(),
        rng=Random(1),
        failed=lambda _error, _wait: None,
    )
    pages = log.read_pages(
        follow=False, tail=None, cadence_s=2, ended=lambda: True, is_before=lambda line: line == "step -1"
    )
    assert [line.text async for page in pages for line in page] == server.lines


async def test_an_empty_page_where_the_base_line_belongs_is_not_the_top() -> None:
    server = RowCursors(Ways(top_page=False, inclusive=True, cap=70), steps(0, 500))
    server.fault = lambda base, older, page: EMPTY if older and base and server.index(base) < 250 else None
    got = texts(await read(server))
    assert marks(got) == [LOST_POSITION]
    assert got[-1] == "step 499"


async def test_a_page_given_again_instead_of_the_newest_line_does_not_confirm_the_end() -> None:
    server = FaultyServer(Ways(opaque=True, cap=70), steps(0, 500))
    given = server._page("", False, 140, 210)
    asked = 0

    def again(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += bool(base) and not older and server.index(base) >= 209
        return given if asked > 0 and server.requests < 40 else None

    server.fault = again
    got = texts(await read(server))
    assert got == steps(0, 500) or marks(got)
