"""Servers that break the promise of a page: empty, given twice, of any size, gone or started again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import NotFoundError
from matui.clouds.protocols import LogBytes, LogPage
from matui.live.logs.batch import EMPTY_PAGES, JUMPED, LOST_POSITION, UNVERIFIED_END
from matui.live.logs.line_store import LogLine
from matui.live.logs.reader import JobLogFile
from matui.live.logs.stream import read_log
from matui.live.logs.tail import LogTail
from matui.live.poll.loop import Timing
from matui.resources.model import Resource
from tests.unit.live.logs.log_server import JOB, LogServer, Ways
from tests.unit.live.logs.test_stream import RestlessClock

EMPTY = LogPage("", "", "", 0)


class FaultyServer(LogServer):
    """``fault`` may replace the page of a request; ``asked`` counts the requests that have a base."""

    fault: Callable[[str, bool, LogPage], LogPage | None] | None = None
    asked = 0

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        page = await super().read_log_page(job, file, base=base, older=older, limit=limit)
        self.asked += bool(base)
        replaced = self.fault(base, older, page) if self.fault is not None else None
        return page if replaced is None else replaced


def make_steps(first: int, end: int) -> list[str]:
    return [f"step {number}" for number in range(first, end)]


async def read(
    server: LogServer, *, follow: bool = False, tail: int | None = None, clock: RestlessClock | None = None,
    ended: Callable[[], bool] = lambda: True,
) -> list[LogLine]:  # fmt: skip
    lines = read_log(
        JobLogFile(server, JOB, "a.log"),
        timing=Timing(clock or RestlessClock(), Random(1), 2),
        follow=follow,
        tail=tail,
        ended=ended,
    )
    return [line async for line in lines]


def list_texts(lines: list[LogLine]) -> list[str]:
    return [f"<{line.text}>" if line.mark else line.text for line in lines]


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("opaque", [True, False])
async def test_pages_that_are_empty_now_and_then_lose_nothing(follow, top, inclusive, opaque) -> None:
    server = FaultyServer(Ways(top_page=top, inclusive=inclusive, opaque=opaque), make_steps(0, 5000))
    rng = Random(7)
    server.fault = lambda base, older, page: EMPTY if base and rng.random() < 0.2 else None
    assert list_texts(await read(server, follow=follow)) == make_steps(0, 5000)


@pytest.mark.parametrize("top", [True, False])
async def test_a_page_given_twice_is_asked_for_again(top: bool) -> None:
    server = FaultyServer(Ways(top_page=top), make_steps(0, 5000))
    before: list[LogPage] = []

    def repeat(base: str, older: bool, page: LogPage) -> LogPage | None:
        if not base:
            return None
        before.append(page)
        return before[-2] if len(before) % 4 == 3 else None

    server.fault = repeat
    assert list_texts(await read(server)) == make_steps(0, 5000)


@pytest.mark.parametrize("follow", [False, True])
async def test_lines_behind_a_cursor_that_stays_empty_are_read_from_the_newest_page_back(
    follow: bool,
) -> None:
    server = FaultyServer(Ways(), make_steps(0, 5000))
    stuck = server.build_cursor(499)
    server.fault = lambda base, older, page: EMPTY if base == stuck and not older else None
    got = list_texts(await read(server, follow=follow))
    assert got == make_steps(0, 5000)


async def test_older_lines_behind_a_cursor_that_stays_empty_are_marked() -> None:
    server = FaultyServer(Ways(), make_steps(0, 5000))
    stuck = server.build_cursor(4000)
    server.fault = lambda base, older, page: EMPTY if base == stuck and older else None
    got = list_texts(await read(server, tail=3000))
    assert got == [f"<{EMPTY_PAGES}>", *make_steps(4000, 5000)]


async def test_the_first_lookup_of_a_log_is_repeated_when_it_is_empty() -> None:
    server = FaultyServer(Ways(), make_steps(0, 1200))
    answers = iter([EMPTY, EMPTY])
    server.fault = lambda base, older, page: next(answers, None)
    assert list_texts(await read(server)) == make_steps(0, 1200)


async def test_following_goes_on_after_the_place_in_the_log_is_gone() -> None:
    """A log that keeps its newest lines only answers an older cursor with empty pages."""
    server = FaultyServer(Ways(), make_steps(0, 2000))
    clock, looks = RestlessClock(), 0

    def forget(base: str, older: bool, page: LogPage) -> LogPage | None:
        return EMPTY if base and server.find_index(base) < server.forgotten_from else None

    server.forgotten_from = 0
    server.fault = forget

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 8:
            server.lines += make_steps(2000, 6800)
            server.forgotten_from = 4000
        return looks > 20

    got = list_texts(await read(server, follow=True, clock=clock, ended=ended))
    assert got == [*make_steps(0, 2000), f"<{EMPTY_PAGES}>", *make_steps(3800, 6800)]


async def test_pages_of_any_size_are_followed_without_a_pause() -> None:
    server = FaultyServer(Ways(), make_steps(0, 100))
    rng, clock, looks = Random(3), RestlessClock(), 0
    original = server._find_range
    server._find_range = lambda base, older, limit: original(base, older, min(limit, rng.randint(3, 90)))  # type: ignore[method-assign]

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 6:
            server.lines += make_steps(100, 5000)
            server.at = clock.slept
        return looks > 6

    lines: list[LogLine] = []
    async for line in read_log(
        JobLogFile(server, JOB, "a.log"),
        timing=Timing(clock, Random(1), 2),
        follow=True,
        tail=None,
        ended=ended,
    ):
        lines.append(line)
        reached = clock.slept
    assert list_texts(lines) == make_steps(0, 5000)
    assert reached - server.at <= 3 * 2.2


async def test_a_log_that_starts_again_is_followed_from_its_newest_page() -> None:
    server = FaultyServer(Ways(), [f"first run {n}" for n in range(700)])
    looks = 0

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 6:
            server.lines[:] = [f"second run {n}" for n in range(40)]
        return looks > 12

    got = list_texts(await read(server, follow=True, ended=ended))
    second = [f"second run {n}" for n in range(40)]
    assert got == [*(f"first run {n}" for n in range(700)), f"<{LOST_POSITION}>", *second]


class NewestPageServer(FaultyServer):
    """Answers a cursor that it does not have with its newest page, older lines with its first ones."""

    rotated = 0

    def build_cursor(self, index: int) -> str:
        return super().build_cursor(index + self.rotated)

    def find_index(self, cursor: str) -> int:
        return super().find_index(cursor) - self.rotated

    def _find_range(self, base: str, older: bool, limit: int) -> tuple[int, int]:
        known = base and 0 <= self.find_index(base) < len(self.lines)
        return super()._find_range(base if known else "", older, limit)

    def _build_page(self, base: str, older: bool, first: int, end: int) -> LogPage:
        known = base and 0 <= self.find_index(base) < len(self.lines)
        return super()._build_page(base if known else "", older, first, end)


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("echo", ["", "newer"])
@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize("count", [300, 800, 1200])
async def test_a_newest_page_instead_of_the_next_one_is_marked_and_filled(
    inclusive: bool, echo: str, opaque: bool, count: int
) -> None:
    server = NewestPageServer(Ways(inclusive=inclusive, echo=echo, opaque=opaque), make_steps(0, 700))
    second, looks = [f"second run {n}" for n in range(count + 60)], 0

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 4:
            server.lines += make_steps(700, 760)
        if looks == 8:
            server.lines[:], server.rotated = second[:count], 5000
        if looks == 12:
            server.lines[:] = second
        return looks > 16

    got = list_texts(await read(server, follow=True, ended=ended))
    marks = [text for text in got if text.startswith("<")]
    assert got == [*make_steps(0, 760), *marks, *second]
    assert len(marks) == 1


@pytest.mark.parametrize("opaque", [True, False])
async def test_a_forgotten_cursor_of_a_log_that_is_whole_leaves_no_mark(opaque: bool) -> None:
    server = FaultyServer(Ways(opaque=opaque), make_steps(0, 5000))
    stuck, newest = server.build_cursor(1499), server.build_cursor

    def give_newest(base: str, older: bool, page: LogPage) -> LogPage | None:
        texts_ = "\n".join(make_steps(4500, 5000))
        return LogPage(texts_, newest(4500), newest(4999), 500) if base == stuck and not older else None

    server.fault = give_newest
    assert list_texts(await read(server)) == make_steps(0, 5000)


async def test_an_end_that_the_cloud_no_longer_shows_is_marked() -> None:
    server = FaultyServer(Ways(), make_steps(0, 700))
    looks = 0

    def vanish(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal looks
        looks += 1
        return EMPTY if looks > 8 else None

    server.fault = vanish
    got = list_texts(await read(server, follow=True))
    assert got in (make_steps(0, 700), [*make_steps(0, 700), f"<{UNVERIFIED_END}>"])


def _make_lines(lines: int) -> list[str]:
    return ["loss ok", "", "saved", f"rank {lines % 3}"] * (lines // 4)


class StartsAgainServer(FaultyServer):
    """A log of opaque cursors; those from before it started again bring empty pages or its newest page."""

    rotated = 0
    brings_newest = False

    def build_cursor(self, index: int) -> str:
        return super().build_cursor(index + self.rotated)

    def find_index(self, cursor: str) -> int:
        return super().find_index(cursor) - self.rotated

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        is_gone = bool(base) and self.find_index(base) < 0
        if is_gone and not self.brings_newest:
            return EMPTY
        place = "" if is_gone else base
        return await super().read_log_page(job, file, base=place, older=older, limit=limit)


@pytest.mark.parametrize("brings_newest", [True, False])
@pytest.mark.parametrize("old", [make_steps(0, 648), _make_lines(648)])
async def test_an_opaque_log_that_starts_again_is_marked_where_no_cursor_shows_it(
    brings_newest: bool, old: list[str]
) -> None:
    server = StartsAgainServer(Ways(opaque=True), list(old))
    server.brings_newest = brings_newest
    second = _make_lines(40) if old[0] == "loss ok" and not brings_newest else make_steps(1000, 1200)
    looks = 0

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 6:
            server.lines[:], server.rotated = second, 5000
        return looks > 16

    got = list_texts(await read(server, follow=True, ended=ended))
    marks = [text for text in got if text.startswith("<")]
    assert got == [*old, *marks, *second]
    assert len(marks) == 1


async def test_an_end_that_was_out_of_reach_before_the_job_ended_is_marked() -> None:
    """The newest line repeats one that is held: its text alone does not show whether the end is held."""
    server = FaultyServer(Ways(opaque=True), _make_lines(400))
    looks = 0
    server.fault = lambda base, older, page: (
        None if looks < 5 else EMPTY if base or page.count != 1 else LogPage("loss ok", "x", "x", 1)
    )

    def ended() -> bool:
        nonlocal looks
        looks += 1
        return looks > 16

    got = list_texts(await read(server, follow=True, ended=ended))
    assert got == [*_make_lines(400), f"<{UNVERIFIED_END}>"]


@pytest.mark.parametrize("opaque", [True, False])
async def test_a_newest_page_that_ends_early_is_not_the_end_of_a_tail(opaque: bool) -> None:
    server = FaultyServer(Ways(opaque=opaque), make_steps(0, 180))
    early = LogPage("\n".join(make_steps(143, 164)), server.build_cursor(143), server.build_cursor(163), 21)
    answers = iter([early])
    server.fault = lambda base, older, page: None if base else next(answers, None)
    got = list_texts(await read(server, tail=37))
    assert got[-37:] == make_steps(143, 180)


async def test_a_log_that_has_shown_lines_is_not_told_to_be_empty() -> None:
    server = FaultyServer(Ways(opaque=True), make_steps(0, 20))
    wrong = LogPage("\n".join(make_steps(0, 9)), server.build_cursor(8), server.build_cursor(16), 9)
    answers = iter([EMPTY, EMPTY, wrong])
    server.fault = lambda base, older, page: None if base else next(answers, EMPTY)
    assert list_texts(await read(server, tail=37)) == [f"<{EMPTY_PAGES}>"]


async def test_a_growing_log_is_not_chased_between_two_cadences() -> None:
    server = FaultyServer(Ways(), make_steps(0, 10), make_steps(10, 10_000), Random(1), grows=3)
    clock = ManualClock()
    tail = LogTail(
        JobLogFile(server, JOB, "a.log"),
        timing=Timing(clock, Random(1), 2),
        ended=lambda: False,
        publish=lambda state: None,
    )
    tail.start()
    await clock.advance(20)
    await tail.stop()
    assert server.requests / 2 < 10 * 4


async def test_one_empty_page_is_not_the_top() -> None:
    server = FaultyServer(Ways(), make_steps(0, 1200))
    answers = iter([EMPTY])
    server.fault = lambda base, older, page: next(answers, None) if base and older else None
    clock = ManualClock()
    tail = LogTail(
        JobLogFile(server, JOB, "a.log"),
        timing=Timing(clock, Random(1), 2),
        ended=lambda: False,
        publish=lambda state: None,
    )
    tail.start()
    await clock.advance(0.1)
    for _ in range(4):
        tail.request_older()
        await clock.advance(0.01)
    assert [line.text for line in tail.store.iterate_lines(tail.store.first, tail.store.end)] == make_steps(
        0, 1200
    )
    assert tail.state.at_top
    await tail.stop()


class EmptyWindows(LogServer):
    """A byte log whose windows are empty now and then, or always from byte ``stuck`` on."""

    stuck: int | None = None

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        from matui.base.errors import NotFoundError

        raise NotFoundError("no such API", status=404, code="APIGW.0101")

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        got = await super().read_log_bytes(job, file, start=start, length=length)
        is_empty = self.rng.random() < 0.2 if self.stuck is None else start == self.stuck
        return LogBytes("", None, 0) if start > 0 and is_empty else got


async def test_empty_windows_of_a_byte_log_lose_nothing() -> None:
    server = EmptyWindows(Ways(), make_steps(0, 3000), rng=Random(5))
    assert list_texts(await read(server)) == make_steps(0, 3000)


async def test_a_byte_log_that_stays_empty_before_its_end_is_marked() -> None:
    server = EmptyWindows(Ways(), make_steps(0, 3000))
    server.stuck = 4096
    got = list_texts(await read(server))
    assert f"<{EMPTY_PAGES}>" in got
    assert got[-1] == "step 2999"


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("lost", [False, True])
async def test_a_log_of_which_every_page_becomes_empty_ends_with_a_gap(follow: bool, lost: bool) -> None:
    server = FaultyServer(Ways(), make_steps(0, 5000))
    asked = 0

    def fall_silent(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        assert asked < 100
        if asked > 4 and base and lost:
            raise NotFoundError("no such line", status=404)
        return EMPTY if asked > 4 else None

    server.fault = fall_silent
    got = list_texts(await read(server, follow=follow))
    assert got == [*make_steps(0, len(got) - 1), f"<{LOST_POSITION if lost else EMPTY_PAGES}>"]
    assert len(got) < 1600


@pytest.mark.parametrize("at", range(4))
async def test_a_page_that_names_cursors_and_holds_no_line_is_asked_for_again(at: int) -> None:
    server = FaultyServer(Ways(), make_steps(0, 1200))
    asked = 0

    def empty_once(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        return LogPage("", page.start, page.end, 0) if asked == at + 1 else None

    server.fault = empty_once
    assert list_texts(await read(server)) == make_steps(0, 1200)


@pytest.mark.parametrize("answer", ["empty", "newest"])
@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("top", [True, False])
async def test_the_newest_page_is_not_taken_for_the_first_one(answer: str, at: int, top: bool) -> None:
    server = FaultyServer(Ways(top_page=top), make_steps(0, 1300))
    asked = 0

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        newest = LogPage(
            "\n".join(server.lines[800:]), server.build_cursor(800), server.build_cursor(1299), 500
        )
        return (EMPTY if answer == "empty" else newest) if asked in (at, at + 1) else None

    server.fault = fault
    assert list_texts(await read(server)) == make_steps(0, 1300)


@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize("run", [1, 2, 9])
@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("at", range(5))
async def test_a_page_of_many_lines_with_one_cursor_is_asked_for_again(
    at: int, top: bool, run: int, opaque: bool
) -> None:
    server = FaultyServer(Ways(top_page=top, opaque=opaque), make_steps(0, 1300))
    asked = 0

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        return replace(page, end=page.start) if at < asked <= at + run else None

    server.fault = fault
    got = list_texts(await read(server))
    lines = [text for text in got if not text.startswith("<")]
    assert got == make_steps(0, 1300) or (run > 2 and len(lines) < len(got))
    assert len(set(lines)) == len(lines)
    assert lines == sorted(lines, key=lambda line: int(line.split()[1]))


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["first", "newest"])
@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize("at", [0, 1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("run", [1, 2, 3])
async def test_the_first_or_newest_page_in_place_of_others_loses_no_line(
    answer: str, top: bool, inclusive: bool, opaque: bool, at: int, run: int
) -> None:
    server = FaultyServer(Ways(top_page=top, inclusive=inclusive, opaque=opaque), make_steps(0, 1800))
    begin = 0 if answer == "first" else 1300
    text = "\n".join(server.lines[begin : begin + 500])
    page = LogPage(text, server.build_cursor(begin), server.build_cursor(begin + 499), 500)
    asked = 0

    def fault(base: str, older: bool, right: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        return page if at < asked <= at + run else None

    server.fault = fault
    got = list_texts(await read(server))
    read_backwards = not top and answer == "first"  # joins are known only once the top is reached
    assert got == make_steps(0, 1800) or (read_backwards and any(text.startswith("<") for text in got))


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize(("top", "at"), [(True, 1), (True, 4), (True, 5), (False, 4), (False, 5)])
async def test_a_page_cut_short_in_the_middle_of_a_log_is_asked_for_again(
    inclusive: bool, top: bool, at: int
) -> None:
    server = FaultyServer(Ways(top_page=top, inclusive=inclusive), make_steps(0, 2300))
    asked = 0

    def cut(base: str, older: bool, right: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        lines = right.content.split("\n")[:100]
        return LogPage("\n".join(lines), right.start, right.end, 100) if asked == at + 1 else None

    server.fault = cut
    assert list_texts(await read(server)) == make_steps(0, 2300)


@pytest.mark.parametrize("at", [3, 4, 5])
async def test_a_page_with_its_cursors_swapped_keeps_the_order_of_its_lines(at: int) -> None:
    server = FaultyServer(Ways(), make_steps(0, 2300))
    asked = 0

    def swap(base: str, older: bool, right: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        return replace(right, start=right.end, end=right.start) if asked == at + 1 else None

    server.fault = swap
    assert list_texts(await read(server)) == make_steps(0, 2300)


def cut_lines(page: LogPage) -> LogPage:
    """Return ``page`` with its first 100 lines only; count and text agree, the cursors are those of all."""
    return replace(page, content="\n".join(page.content.split("\n")[:100]) + "\n", count=100)


def keep_last_lines(page: LogPage) -> LogPage:
    """Return ``page`` with its last 100 lines only, under the cursors of all."""
    lines = page.content.removesuffix("\n").split("\n")[-100:]
    return replace(page, content="\n".join(lines) + "\n", count=len(lines))


def swap_cursors(page: LogPage) -> LogPage:
    return replace(page, start=page.end, end=page.start)


@pytest.mark.parametrize("fault", [cut_lines, keep_last_lines, swap_cursors])
@pytest.mark.parametrize(
    ("top", "inclusive", "opaque", "at", "run"),
    [
        (True, False, False, 1, 2),
        (True, False, False, 6, 1),
        (True, False, True, 2, 3),
        (True, True, False, 1, 3),
        (True, True, True, 1, 3),
        (False, False, False, 3, 2),
        (False, False, True, 4, 2),
        (False, True, True, 3, 3),
        (False, True, False, 2, 3),
    ],
)
async def test_pages_that_contradict_their_cursors_lose_no_line_in_silence(
    fault: Callable[[LogPage], LogPage], top: bool, inclusive: bool, opaque: bool, at: int, run: int
) -> None:
    server = FaultyServer(Ways(top_page=top, inclusive=inclusive, opaque=opaque), make_steps(0, 2300))
    asked = 0

    def spoil(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        return fault(page) if at < asked <= at + run else None

    server.fault = spoil
    got = list_texts(await read(server))
    marks = [text for text in got if text.startswith("<")]
    assert got == make_steps(0, 2300) or marks


@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("seed", range(6))
async def test_a_growing_log_that_repeats_itself_is_whole_without_a_cursor_at_its_edge(
    top: bool, inclusive: bool, seed: int
) -> None:
    lines = [f"run {n % 7}" for n in range(120)]
    how = Ways(top_page=top, inclusive=inclusive, cap=70, end_at_edge=False)
    server = FaultyServer(how, lines[:60], lines[60:], Random(seed), grows=5)
    assert list_texts(await read(server, follow=True, ended=lambda: not server.coming)) == lines


@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_newest_line_given_instead_of_the_first_pages_is_not_the_whole_log(inclusive: bool) -> None:
    server = FaultyServer(Ways(inclusive=inclusive), make_steps(0, 700))
    newest = LogPage("step 699", server.build_cursor(699), server.build_cursor(699), 1)
    answers = iter([None, newest, newest])
    server.fault = lambda base, older, page: next(answers, None)
    assert list_texts(await read(server)) == make_steps(0, 700)


@pytest.mark.parametrize("start", [True, False])
async def test_a_page_without_all_its_cursors_has_the_order_of_the_other_pages(start: bool) -> None:
    server = FaultyServer(Ways(newest_first=True), make_steps(0, 1300))

    def cut(base: str, older: bool, page: LogPage) -> LogPage | None:
        is_third = base == server.build_cursor(999) and not older
        return replace(page, end="", start=page.start if start else "") if is_third else None

    server.fault = cut
    assert list_texts(await read(server)) == make_steps(0, 1300)


async def test_short_pages_of_a_growing_log_that_leave_lines_out_are_marked() -> None:
    server = FaultyServer(Ways(), make_steps(0, 100))
    looks = 0

    def leave_out(base: str, older: bool, page: LogPage) -> LogPage | None:
        is_cut = base == server.build_cursor(119) and not older and page.count == 20
        return replace(page, content="\n".join(make_steps(120, 130)), count=10) if is_cut else None

    server.fault = leave_out

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks < 6:
            server.lines += make_steps(len(server.lines), len(server.lines) + 20)
        return looks > 10

    lines = await read(server, follow=True, ended=ended)
    assert [line.text for line in lines if not line.mark] == [*make_steps(0, 130), *make_steps(140, 200)]
    assert [line.text for line in lines if line.mark] == [JUMPED]


def shorten(page: LogPage, lines: int) -> LogPage:
    """Return the page with its first lines only, counted as such, and with its cursors."""
    return replace(page, content="".join(page.content.splitlines(True)[:lines]), count=lines)


async def test_a_page_that_lost_the_few_lines_at_its_end_is_requested_again() -> None:
    server = FaultyServer(Ways(top_page=False, cap=30), make_steps(0, 200))
    is_cut = iter([False, False, False, True, False])
    server.fault = lambda base, older, page: (
        shorten(page, 27) if older and page.count == 30 and next(is_cut, False) else None
    )
    assert list_texts(await read(server)) == make_steps(0, 200)


async def test_a_cut_page_is_found_though_the_page_that_proves_it_is_empty() -> None:
    server = FaultyServer(Ways(top_page=False, cap=100), make_steps(0, 400))
    cut: list[str] = []
    emptied: list[str] = []

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        if older and base and page.count == 100 and server.find_index(base) == 200 and not cut:
            cut.append(page.end)
            return shorten(page, 60)
        if cut and base == cut[0] and not emptied:
            emptied.append(base)
            return EMPTY
        return None

    server.fault = fault
    assert list_texts(await read(server)) == make_steps(0, 400)
    assert cut


async def test_an_older_page_of_opaque_cursors_that_repeats_lines_held_is_requested_again() -> None:
    server = FaultyServer(Ways(top_page=False, opaque=True, cap=40), make_steps(0, 200))
    repeated = False

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal repeated
        if repeated or not (older and base) or page.count != 40 or server.find_index(base) != 80:
            return None
        repeated = True
        return server._build_page("", False, 81, 89)

    server.fault = fault
    assert list_texts(await read(server)) == make_steps(0, 200)
    assert repeated
