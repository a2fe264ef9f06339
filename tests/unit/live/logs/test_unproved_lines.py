"""Lines that no single page shows to be missing: what other answers show marks them, and a reading ends."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import EMPTY_PAGES, JUMPED, LOST_POSITION, NO_CURSOR, UNDECIDED
from matui.live.logs.reader import JobLogFile, LogReader
from matui.live.logs.stream import HeadlessLog
from matui.resources.model import Resource
from tests.unit.live.logs.log_server import JOB, LogServer, Ways
from tests.unit.live.logs.test_faulty_server import EMPTY, FaultyServer, list_texts, make_steps, read, shorten
from tests.unit.live.logs.test_stream import RestlessClock

EQUAL = ["same"] * 1300


class ByteCursors(LogServer):
    """Names a line by the bytes before it."""

    def build_cursor(self, index: int) -> str:
        return str(index * 57 + index * 31 % 20)

    def find_index(self, cursor: str) -> int:
        return int(cursor) // 57


class RowCursors(FaultyServer):
    """Names a line by its number."""

    def build_cursor(self, index: int) -> str:
        return str(index + 1)

    def find_index(self, cursor: str) -> int:
        return int(cursor) - 1


def list_marks(lines: list[str]) -> list[str]:
    return [line[1:-1] for line in lines if line.startswith("<")]


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("cap", [70, 500])
@pytest.mark.parametrize("lines", [make_steps(0, 1000), [f"run {n % 7}" for n in range(1000)], [""] * 1000])
async def test_newest_lines_first_are_told_by_the_lines_before_them(
    inclusive: bool, cap: int, lines: list[str]
) -> None:
    how = Ways(newest_first=True, top_page=False, inclusive=inclusive, cap=cap)
    assert list_texts(await read(ByteCursors(how, list(lines)))) == lines


@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("lines", [make_steps(0, 1300), [f"run {n % 7}" for n in range(1300)], EQUAL])
@pytest.mark.parametrize("tail", [None, 700])
async def test_cursors_that_are_places_between_lines_are_read_without_a_mark(
    opaque: bool, top: bool, lines: list[str], tail: int | None
) -> None:
    how = Ways(between_lines=True, opaque=opaque, top_page=top, cap=200)
    server = FaultyServer(how, lines[:900], lines[900:], Random(3), grows=60)
    got = list_texts(await read(server, follow=True, tail=tail, ended=lambda: not server.coming))
    assert got == lines[len(lines) - len(got) :]
    assert len(got) == len(lines) if tail is None else len(got) >= tail + 400 - 60


async def test_pages_of_a_few_equal_lines_whose_newest_line_comes_first_are_printed_once() -> None:
    how = Ways(newest_first=True, top_page=False)
    server = ByteCursors(how, ["same line"] * 2, ["same line"] * 300, Random(1), grows=2)
    assert len(await read(server, follow=True, tail=1, ended=lambda: not server.coming)) <= 302


async def test_older_pages_that_never_show_which_lines_are_new_end_with_a_mark() -> None:
    server = FaultyServer(Ways(inclusive=True, top_page=False), make_steps(0, 1300))

    def hide(base: str, older: bool, page: LogPage) -> LogPage | None:
        assert server.requests < 200
        return replace(page, start="", end="") if base else None

    server.fault = hide
    assert list_texts(await read(server, tail=700)) == [f"<{LOST_POSITION}>", *make_steps(800, 1300)]


async def test_newer_pages_that_never_show_which_lines_are_new_are_marked() -> None:
    server = FaultyServer(Ways(cap=200), list(EQUAL))
    server.fault = lambda base, older, page: (
        replace(page, end=page.start) if base == server.build_cursor(199) and not older else None
    )
    for follow in (False, True):
        assert set(list_marks(list_texts(await read(server, follow=follow)))) & {UNDECIDED, LOST_POSITION}


async def test_lines_after_a_cursor_that_vanish_are_marked_though_the_newest_line_is_equal() -> None:
    """The end has no cursor of its own; then the log starts again with equal lines."""
    server = FaultyServer(Ways(opaque=True, end_at_edge=False), ["same"] * 90, ["same"] * 60, grows=9)
    server.fault = lambda base, older, page: EMPTY if base and not older and not server.coming else None
    got = list_texts(await read(server, follow=True, ended=lambda: not server.coming))
    assert LOST_POSITION in list_marks(got)


async def test_a_page_that_holds_its_base_line_alone_is_not_the_end_of_equal_lines() -> None:
    server = FaultyServer(Ways(opaque=True, inclusive=True, cap=1), list(EQUAL))
    for follow in (False, True):
        assert list_marks(list_texts(await read(server, follow=follow))) == [EMPTY_PAGES]


async def test_a_tail_whose_first_page_has_contradictory_cursors_is_marked_above() -> None:
    server = FaultyServer(Ways(cap=70), make_steps(0, 499))
    server.fault = lambda base, older, page: (
        replace(page, end=page.start) if not base and (page.count or 0) > 1 else None
    )
    got = list_texts(await read(server, tail=300))
    assert got == [f"<{NO_CURSOR}>", *make_steps(429, 499)]


async def test_a_page_whose_cursors_are_farther_apart_than_its_lines_is_requested_again() -> None:
    server = RowCursors(Ways(top_page=False, echo="both", cap=70), make_steps(0, 1300))
    skipped: list[str] = []

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        if skipped or not (older and base) or server.find_index(base) != 600:
            return None
        skipped.append(base)
        return server._build_page(base, True, 460, 530)

    server.fault = skip
    assert list_texts(await read(server)) == make_steps(0, 1300)
    assert skipped


async def test_a_whole_page_instead_of_one_line_decides_nothing_about_equal_lines() -> None:
    server = FaultyServer(Ways(inclusive=True), list(EQUAL))
    server.fault = lambda base, older, page: (
        server._build_page(base, False, 499, 999)
        if base == server.build_cursor(499) and page.count == 1
        else None
    )
    assert list_texts(await read(server)) == EQUAL


async def test_a_proof_that_two_others_contradict_proves_no_page() -> None:
    server = FaultyServer(Ways(), list(EQUAL))
    proofs = 0

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal proofs
        if base == server.build_cursor(499) and not older and page.count == 500 and proofs == 0:
            return shorten(page, 499)
        proofs += base == server.build_cursor(999) and older
        return shorten(page, 498) if proofs == 3 and older and page.count == 499 else None

    server.fault = fault
    assert list_texts(await read(server)) == EQUAL


async def test_a_page_is_not_left_out_where_its_proof_and_the_page_after_it_are_wrong() -> None:
    """Each of two pages from a base is proved or refused by wrong pages; one line from there decides."""
    server = FaultyServer(Ways(opaque=True, cap=70), list(EQUAL))
    asked = 0
    wrong_proof = iter([server._build_page("", True, 139, 209)])

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        if base == server.build_cursor(139) and not older and page.count == 70:
            asked += 1
            return server._build_page(base, False, 210, 280) if asked == 2 else None
        if base == server.build_cursor(209) and older and asked == 1:
            return server._build_page(base, True, 69, 139)
        return next(wrong_proof, None) if base == server.build_cursor(279) and older else None

    server.fault = fault
    assert list_texts(await read(server)) == EQUAL
    assert asked == 3


async def test_a_page_that_is_always_skipped_is_marked_where_the_cursors_number_the_lines() -> None:
    """The same page, requested again, is no new evidence of what a cursor is."""
    server = RowCursors(Ways(top_page=False, echo="both", cap=100, counted=False), make_steps(0, 2300))
    server.fault = lambda base, older, page: (
        server._build_page(base, True, 1500, 1600)
        if older and base and server.find_index(base) == 1700
        else None
    )
    assert list_texts(await read(server, tail=1500)) == [f"<{LOST_POSITION}>", *make_steps(1700, 2300)]


async def test_an_equal_newest_line_with_another_cursor_is_not_the_end() -> None:
    server = FaultyServer(Ways(opaque=True), ["same"] * 499, rng=Random(15))
    original = server._find_range
    server._find_range = lambda base, older, limit: original(
        base, older, min(limit, server.rng.randint(1, 5))
    )  # type: ignore[method-assign]
    got = list_texts(await read(server))
    assert got == server.lines or list_marks(got)


@pytest.mark.parametrize("opaque", [True, False])
async def test_a_short_last_page_is_compared_with_the_lines_before_its_end(opaque: bool) -> None:
    server = FaultyServer(Ways(opaque=opaque, cap=70), make_steps(0, 100))

    def leave_out(base: str, older: bool, page: LogPage) -> LogPage | None:
        is_last = bool(base) and not older and page.end == server.build_cursor(99)
        content = page.content.splitlines(keepends=True)
        return replace(page, content="".join(content[:5] + content[15:]), count=20) if is_last else None

    server.fault = leave_out
    got = list_texts(await read(server))
    assert list_marks(got) == [JUMPED]
    assert [line for line in got if not line.startswith("<")] == [*make_steps(0, 75), *make_steps(85, 100)]


@pytest.mark.parametrize("inclusive", [True, False])
async def test_equal_lines_are_counted_where_the_cursors_have_an_order(inclusive: bool) -> None:
    server = FaultyServer(Ways(cap=200, inclusive=inclusive), list(EQUAL))
    server.fault = lambda base, older, page: (
        shorten(page, 78) if base == server.build_cursor(199) and not older and page.count == 200 else None
    )
    assert JUMPED in list_marks(list_texts(await read(server)))


async def test_pages_of_one_line_are_not_all_proved() -> None:
    server = FaultyServer(Ways(cap=1), [f"run {n % 7}" for n in range(400)])
    assert list_texts(await read(server)) == server.lines
    assert server.requests / 2 < 450


async def test_a_newest_line_older_than_the_page_does_not_confirm_its_end() -> None:
    """The newest page was the first one, and so is the newest line; the lines between come afterwards."""
    server = FaultyServer(Ways(cap=200), make_steps(0, 1000))
    answers = iter([server._build_page("", False, 0, 200), server._build_page("", False, 0, 1)])
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
    server = RowCursors(Ways(top_page=False, inclusive=True, cap=70), make_steps(0, 500))
    server.fault = lambda base, older, page: (
        EMPTY if older and base and server.find_index(base) < 250 else None
    )
    got = list_texts(await read(server))
    assert list_marks(got) == [LOST_POSITION]
    assert got[-1] == "step 499"


async def test_a_page_given_again_instead_of_the_newest_line_does_not_confirm_the_end() -> None:
    server = FaultyServer(Ways(opaque=True, cap=70), make_steps(0, 500))
    given = server._build_page("", False, 140, 210)
    asked = 0

    def again(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += bool(base) and not older and server.find_index(base) >= 209
        return given if asked > 0 and server.requests < 40 else None

    server.fault = again
    got = list_texts(await read(server))
    assert got == make_steps(0, 500) or list_marks(got)


class FaultyByteCursors(ByteCursors, FaultyServer):
    """Names a line by the bytes before it, and sends wrong pages."""


class StartsLater(FaultyServer):
    """Has no lines before ``start_at`` any more, and leads on from a cursor before it."""

    start_at = 0

    def _find_range(self, base: str, older: bool, limit: int) -> tuple[int, int]:
        first, end = super()._find_range(base, older, limit)
        return max(first, self.start_at), max(end, self.start_at)


async def test_lines_held_that_the_cloud_no_longer_has_show_that_the_log_has_started_again() -> None:
    server, looks = StartsLater(Ways(), make_steps(0, 100)), 0

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks in (3, 5):
            server.lines += make_steps(len(server.lines), len(server.lines) + 20)
            server.start_at = 123 if looks == 5 else 0
        return looks > 8

    got = list_texts(await read(server, follow=True, ended=ended))
    assert list_marks(got) == [JUMPED]
    assert [line for line in got if not line.startswith("<")] == [*make_steps(0, 120), *make_steps(123, 140)]


async def test_a_newest_line_older_than_one_seen_before_shows_that_the_log_has_started_again() -> None:
    server = FaultyByteCursors(Ways(top_page=False, echo="newer"), list(EQUAL[:900]), ["same"] * 60)
    before = [LogPage("same", server.build_cursor(2299), server.build_cursor(2299), 1)]
    server.fault = lambda base, older, page: before.pop() if before else None
    assert list_marks(list_texts(await read(server, follow=True, ended=lambda: not server.coming)))


async def test_a_log_without_a_line_once_a_line_was_seen_is_marked() -> None:
    server = FaultyServer(Ways(opaque=True, top_page=False), make_steps(0, 101))
    server.fault = lambda base, older, page: EMPTY if server.requests > 2 else None
    assert list_texts(await read(server, follow=True)) == [f"<{EMPTY_PAGES}>"]


async def test_a_page_of_uncounted_lines_with_one_cursor_is_requested_again() -> None:
    server = FaultyServer(Ways(between_lines=True, counted=False), make_steps(0, 6))
    server.fault = lambda base, older, page: (
        replace(page, end=page.start) if server.requests in (3, 4) else None
    )
    assert list_texts(await read(server)) == make_steps(0, 6)


async def test_a_page_of_equal_lines_that_begins_one_line_late_is_requested_again() -> None:
    server = RowCursors(Ways(inclusive=True, echo="newer", cap=100), list(EQUAL))
    late: list[str] = []

    def begin_late(base: str, older: bool, page: LogPage) -> LogPage | None:
        if late or older or page.count != 100 or not base or server.find_index(base) < 500:
            return None
        late.append(base)
        at = server.find_index(base) + 1
        return server._build_page(base, False, at, at + 100)

    server.fault = begin_late
    assert list_texts(await read(server)) == EQUAL
    assert late


async def test_a_page_that_repeats_itself_begins_with_its_base_line_as_the_pages_before_it() -> None:
    lines = [f"run {n % 7}" for n in range(1300)]
    server = FaultyServer(Ways(inclusive=True, echo="newer", cap=100), list(lines))
    late: list[str] = []

    def begin_late(base: str, older: bool, page: LogPage) -> LogPage | None:
        if older or not base or server.find_index(base) < 500 or (late and late[0] != base) or len(late) > 6:
            return None
        late.append(base)
        at = server.find_index(base) + 2
        return server._build_page(base, False, at, at + (page.count or 0))

    server.fault = begin_late
    got = list_texts(await read(server))
    assert got == lines or list_marks(got)


@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_first_page_without_its_first_line_is_not_the_top(inclusive: bool) -> None:
    server = RowCursors(Ways(inclusive=inclusive), make_steps(0, 1300))
    lose = iter([True])

    def lose_first(base: str, older: bool, page: LogPage) -> LogPage | None:
        if base or not older or not next(lose, False):
            return None
        content = page.content.partition("\n")[2]
        return replace(page, content=content, count=499)

    server.fault = lose_first
    got = list_texts(await read(server))
    assert got == make_steps(0, 1300) or not inclusive


async def test_an_older_page_that_is_always_given_again_is_not_the_top() -> None:
    server = FaultyServer(Ways(top_page=False, cap=70), list(EQUAL))
    server.fault = lambda base, older, page: (
        server._build_page("", False, 600, 670) if older and base == server.build_cursor(600) else None
    )
    got = list_texts(await read(server))
    assert list_marks(got) == [LOST_POSITION]


async def test_lines_without_an_order_are_not_printed_before_it_is_known_which_comes_first() -> None:
    server = RowCursors(
        Ways(newest_first=True, cap=70), make_steps(0, 4), make_steps(4, 200), Random(1), grows=3
    )
    server.fault = lambda base, older, page: (
        replace(page, end=page.start) if (page.count or 0) > 1 and server.asked < 4 else None
    )
    got = list_texts(await read(server, follow=True, tail=0, ended=lambda: not server.coming))
    numbers = [int(line.split()[1]) for line in got]
    assert numbers == list(range(numbers[0], 200))


async def test_a_single_empty_page_above_the_newest_page_is_not_the_top() -> None:
    server = FaultyServer(
        Ways(opaque=True, top_page=False, cap=70),
        make_steps(0, 499),
        make_steps(499, 560),
        Random(1),
        grows=2,
    )
    empty = iter([EMPTY])
    server.fault = lambda base, older, page: (
        next(empty, None) if older and base and page.count == 50 else None
    )
    assert list_texts(await read(server, follow=True, ended=lambda: not server.coming)) == make_steps(0, 560)


async def test_a_probe_that_names_only_its_base_proves_no_repeated_lines() -> None:
    lines = [f"run {n % 7}" for n in range(1300)]
    server = FaultyByteCursors(Ways(echo="both"), list(lines))
    server.fault = lambda base, older, page: (
        replace(page, start=base, end=base) if base == server.build_cursor(499) and page.count == 21 else None
    )
    got = list_texts(await read(server))
    assert got == lines or list_marks(got)


async def test_a_newest_page_without_cursors_is_not_requested_without_end() -> None:
    server = RowCursors(Ways(inclusive=True, cap=100), list(EQUAL[:1000]), ["same"] * 60, Random(1), grows=1)
    server.fault = lambda base, older, page: replace(page, start="", end="") if page.count != 1 else None

    def ended() -> bool:
        assert server.requests < 800
        return not server.coming

    assert NO_CURSOR in list_marks(list_texts(await read(server, follow=True, ended=ended)))


def skip_page(server: FaultyServer, index: int, *, once: bool) -> None:
    """Let the page after the line ``index`` be the one after it, as if that was the next one."""
    skipped: list[str] = []

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        is_hit = base == server.build_cursor(index) and not older and (page.count or 0) > 1
        if not is_hit or (once and skipped):
            return None
        skipped.append(base)
        size = server.ways.cap
        return server._build_page(base, False, index + 1 + size, index + 1 + 2 * size)

    server.fault = skip


@pytest.mark.parametrize("lines", [make_steps(0, 1300), EQUAL])
@pytest.mark.parametrize("once", [True, False])
async def test_a_skipped_page_is_told_by_its_distance_where_cursors_repeat_the_base(
    lines: list[str], once: bool
) -> None:
    server = FaultyServer(Ways(echo="both", cap=100), list(lines))
    skip_page(server, 599, once=once)
    got = list_texts(await read(server))
    assert got == lines or (not once and list_marks(got) == [JUMPED])


class SlowingCursors(FaultyServer):
    """Names a line by its time; the lines come slower and slower."""

    def build_cursor(self, index: int) -> str:
        return str(1_609_121_886_518_240_330 + 1_000_003 * index + 2_003 * index**2)

    def find_index(self, cursor: str) -> int:
        return next(n for n in range(len(self.lines)) if self.build_cursor(n) == cursor)


async def test_lines_that_come_slower_and_slower_are_not_all_proved() -> None:
    server = SlowingCursors(Ways(echo="both", cap=100), make_steps(0, 2000))
    assert list_texts(await read(server)) == make_steps(0, 2000)
    assert server.requests / 2 < 20 + 8  # each is counted twice


async def test_a_first_line_that_is_not_held_is_marked_where_no_page_leads_to_it() -> None:
    server = FaultyServer(Ways(opaque=True, inclusive=True, cap=1), make_steps(0, 300))
    got = list_texts(await read(server, tail=200))
    assert got == [f"<{LOST_POSITION}>", "step 299"]


async def test_a_newest_page_that_ends_before_one_seen_at_the_opening_is_not_the_end() -> None:
    class StalePages(ByteCursors):
        async def read_log_page(
            self, job: Resource, file: str, *, base: str, older: bool, limit: int
        ) -> LogPage:
            page = await super().read_log_page(job, file, base=base, older=older, limit=limit)
            is_stale = self.requests > 10 and not base and not older  # each is counted twice
            return self._build_page("", False, max(0, 49 - limit), 49) if is_stale else page

    server = StalePages(Ways(newest_first=True, cap=70), make_steps(0, 99))
    reader = LogReader(server, JOB, "a.log")
    got: list[str] = []
    batch = await reader.read_newer(verify=True)
    while batch.lines or batch.more or batch.retry:
        got.extend(batch.lines)
        batch = await reader.read_newer(verify=True)
    assert got == make_steps(0, 99)


async def test_a_page_that_ends_with_its_first_line_is_requested_again() -> None:
    server = FaultyServer(Ways(opaque=True, end_at_edge=False), ["same"] * 60, ["same"] * 40, grows=9)
    asked: list[str] = []

    def turn(base: str, older: bool, page: LogPage) -> LogPage | None:
        if not base or older or (page.count or 0) < 2 or page.end:
            return None
        asked.append(base)
        return replace(page, start="", end=page.start) if asked.count(base) == 3 else None

    server.fault = turn
    got = list_texts(await read(server, follow=True, ended=lambda: not server.coming))
    assert len(got) == 100
    assert any(asked.count(base) >= 3 for base in asked)
