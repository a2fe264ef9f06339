"""With a small request budget, triage gives what there is to the reasons of the rows on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from matui.base.clock import ManualClock
from matui.clouds.protocols import BudgetState
from matui.console.triage.open_triage import OpenTriage
from matui.console.triage.readers import ReasonReader
from matui.console.triage.recorded import TriageHistory
from matui.live.poll.rows import Diff
from matui.live.triage.board import TriageBoard
from matui.resources.model import Phase, Resource

FAILED = Resource("jobs", "0", "a", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p", created_at=1)


def build_reader(limit: int) -> tuple[ReasonReader, TriageBoard, list[Resource]]:
    board = TriageBoard()
    rows = [replace(FAILED, id=str(number)) for number in range(10)]
    board.apply(Diff(added=tuple(rows)), 0.0)
    cloud = SimpleNamespace(profile="p", get_budget=lambda: BudgetState(0, limit))
    member: Any = SimpleNamespace(cloud=cloud)
    fleet: Any = SimpleNamespace(members=(member,), triage=board, find_for_resource=lambda _row: member)
    host: Any = SimpleNamespace(fleet=fleet)
    feed: Any = SimpleNamespace(show_trouble=lambda _diff: None)
    clock, times = ManualClock(), SimpleNamespace(details=None)
    reader = ReasonReader(OpenTriage(host, feed), TriageHistory(None), None, times, clock)  # type: ignore[arg-type]
    return reader, board, rows


def iterate_short(limit: int, sought: int) -> Iterator[bool]:
    reader, board, rows = build_reader(limit)
    reader.note_lacking(board, rows)
    yield bool(reader.short)
    for row in rows[:sought]:
        board.set_why(row, None, 0.0)
    reader.note_lacking(board, rows)
    yield bool(reader.short)


def test_a_small_budget_is_short_of_reasons_until_each_was_asked_for() -> None:
    assert list(iterate_short(20, sought=9)) == [True, True]
    assert list(iterate_short(20, sought=10)) == [True, False]
    assert list(iterate_short(300, sought=0)) == [False, False]


def test_a_screen_that_needs_no_reasons_ends_it() -> None:
    reader, board, rows = build_reader(20)
    reader.note_lacking(board, rows)
    reader.note_lacking(board, ())
    assert not reader.short
