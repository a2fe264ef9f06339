"""What cannot be proved complete is marked, never hidden; and nothing comes twice."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from matui.base.errors import TimedOutError
from matui.clouds.protocols import LogPage
from matui.live.logs.cursor.cursor_log import CursorLog
from matui.live.logs.line_store import LogStore
from matui.live.logs.reader import LogReader
from matui.resources.model import Resource
from tests.unit.live.logs.log_server import JOB, LogServer, Ways


async def pull(reader: LogReader, store: LogStore) -> None:
    for _ in range(100):
        batch = await reader.read_newer()
        if batch.gap:
            store.mark(batch.gap, "gap")
        store.append(batch.lines, batch.ref)
        if not batch.lines and not batch.more and not batch.retry:
            return


def list_shown(store: LogStore) -> list[str]:
    return [
        f"<{line.mark}>" if line.mark else line.text for line in store.iterate_lines(store.first, store.end)
    ]


@dataclass
class Scripted:
    """Answers with given pages, one a request, and with their last line as the newest one."""

    pages: list[LogPage]
    asked: list[tuple[str, bool, int]] = field(default_factory=list)
    newest: LogPage = field(default_factory=lambda: LogPage("", "", "", 0))

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        if not base and limit == 1:
            return self.newest
        self.asked.append((base, older, limit))
        page = self.pages.pop(0) if self.pages else LogPage("", "", "", 0)
        if page.content:
            self.newest = LogPage(page.content.split("\n")[-1], page.end, page.end, 1)
        return page


async def read(*pages: LogPage) -> tuple[list[str], Scripted]:
    source, store = Scripted(list(pages)), LogStore()
    reader = LogReader(source, JOB, "a.log")  # type: ignore[arg-type]
    while source.pages:
        batch = await reader.read_newer()
        if batch.gap:
            store.mark(batch.gap, "gap")
        store.append(batch.lines, batch.ref)
    return list_shown(store), source


async def test_the_references_own_sample_page_is_new_lines() -> None:
    first = LogPage("a\nb\n", "1551252759254000001", "1551252759254000002", 2)
    sample = LogPage("Log string", "1551252759254000002", "1551252759254000003", 1)
    assert (await read(first, sample))[0] == ["a", "b", "Log string"]


async def test_an_inclusive_cursor_whose_line_is_missing_leaves_a_mark() -> None:
    lines, _ = await read(
        LogPage("a\nb", "1", "2", 2), LogPage("b", "2", "2", 1), *[LogPage("x\ny", "8", "9", 2)] * 7
    )
    assert lines == ["a", "b", "<gap>", "x", "y"]


async def test_lines_counted_but_not_sent_leave_a_mark() -> None:
    lines, _ = await read(LogPage("a\nb", "1", "2", 2), LogPage("c\nd", "3", "7", 5))
    assert lines == ["a", "b", "<gap>", "c", "d"]


async def test_lines_counted_without_any_text_are_requested_again_and_leave_no_mark() -> None:
    lines, _ = await read(
        LogPage("a\nb", "1", "2", 2), *[LogPage("", "3", "4", 2)] * 3, LogPage("c\nd", "3", "4", 2)
    )
    assert lines == ["a", "b", "c", "d"]


async def test_an_empty_cursor_never_replaces_a_good_one() -> None:
    _, source = await read(LogPage("a", "1", "1", 1), LogPage("", "", "", 0), LogPage("b", "2", "2", 1))
    assert [base for base, _, _ in source.asked] == ["", "1", "1"]


async def test_one_question_settles_whether_an_equal_line_is_new() -> None:
    for answer, expected in (
        (LogPage("a", "1", "1", 1), ["a", "a"]),
        (LogPage("a", "1", "2", 1), ["a", "a", "a"]),
    ):
        lines, source = await read(LogPage("a", "1", "1", 1), LogPage("a\na", "1", "3", 2), answer)
        assert lines == expected
        assert source.asked[-1] == ("1", False, 1)


async def test_an_end_that_only_echoes_the_base_is_no_cursor() -> None:
    for start in ("2", "3"):
        lines, source = await read(
            LogPage("a\nb", "1", "2", 2), LogPage("c\nd", start, "2", 2), LogPage("c\nd\ne", start, "2", 3)
        )
        assert lines == ["a", "b", "c", "d", "e"]
        assert [base for base, _, _ in source.asked] == ["", "2", "2"]


async def test_an_inclusive_page_with_an_echoed_start_and_another_first_line_leaves_a_mark() -> None:
    lines, _ = await read(
        LogPage("a\nb", "1", "2", 2), LogPage("b", "2", "2", 1),
        *[LogPage("x\ny", "2", "9", 2)] * 6, LogPage("x\ny", "8", "9", 2),
    )  # fmt: skip
    assert lines == ["a", "b", "<gap>", "x", "y"]


async def test_a_start_before_the_base_needs_no_question() -> None:
    lines, source = await read(LogPage("a\na\na", "1", "3", 3), LogPage("a\nb", "2", "4", 2))
    assert lines == ["a", "a", "a", "b"]
    assert len(source.asked) == 2


async def test_without_end_cursors_a_burst_leaves_a_mark_and_repeats_nothing() -> None:
    server = LogServer(Ways(end_at_edge=False, cap=50), [f"step {n}" for n in range(60)])
    original = server._build_page
    server._build_page = lambda *at: _drop_end(original(*at))  # type: ignore[method-assign]
    reader, store = LogReader(server, JOB, "a.log"), LogStore()
    for upto in range(60, 1000, 37):
        await pull(reader, store)
        server.lines += [f"step {n}" for n in range(upto, upto + 37)]
    await pull(reader, store)
    lines = list_shown(store)
    numbers = [int(line.split()[1]) for line in lines if line != "<gap>"]
    assert numbers == sorted(set(numbers))
    unmarked = [pair for pair in pairwise(lines) if "<gap>" not in pair]
    assert all(int(a.split()[1]) + 1 == int(b.split()[1]) for a, b in unmarked)
    assert lines[-1] == server.lines[-1]


def _drop_end(page: LogPage) -> LogPage:
    return LogPage(page.content, page.start, "", page.count)


async def test_a_cloud_without_any_cursor_is_joined_by_text() -> None:
    server = LogServer(Ways(), [f"step {n}" for n in range(20)])
    original = server._build_page
    server._build_page = lambda *at: _drop_cursors(original(*at))  # type: ignore[method-assign]
    reader, store = LogReader(server, JOB, "a.log"), LogStore()
    for upto in range(20, 700, 40):
        await pull(reader, store)
        server.lines += [f"step {n}" for n in range(upto, upto + 40)]
    await pull(reader, store)
    assert list_shown(store) == server.lines


def _drop_cursors(page: LogPage) -> LogPage:
    return LogPage(page.content, "", "", page.count)


def test_a_request_that_fails_while_lines_are_filled_in_changes_nothing() -> None:
    log, pages = CursorLog(), LogServer(Ways(), [f"step {number}" for number in range(60)])
    opening = log.read_newer()
    next(opening)
    with pytest.raises(StopIteration):
        opening.send(pages._build_page("", False, 0, 20))
    log.mark_position_lost()
    newest = pages._build_page("", False, 50, 60)
    failing = log.read_newer()
    next(failing)
    assert failing.send(newest).older
    with pytest.raises(TimedOutError):
        failing.throw(TimedOutError("no answer"))
    again = log.read_newer()
    next(again)
    request = again.send(newest)
    assert (request.base, request.older) == (pages.build_cursor(50), True)
