"""The stretches of time in which a list was polled."""

from __future__ import annotations

from pathlib import Path

import pytest

from matui.live.journal.change import Account, ListScope, Reading, Span
from matui.live.journal.change_views import SpanWriter, find_unwatched, merge
from matui.live.journal.connection import connect


@pytest.mark.parametrize(
    ("spans", "merged"),
    [
        ([], ()),
        ([(5, 9), (1, 3)], (Span(1, 3), Span(5, 9))),
        ([(1, 5), (5, 9)], (Span(1, 9),)),
        ([(1, 9), (2, 3)], (Span(1, 9),)),
    ],
)
def test_spans_that_touch_are_one(spans: list[tuple[int, int]], merged: tuple[Span, ...]) -> None:
    assert merge(spans) == merged


@pytest.mark.parametrize(
    ("spans", "gaps"),
    [
        ((), (Span(0, 100),)),
        ((Span(0, 100),), ()),
        ((Span(-5, 200),), ()),
        ((Span(10, 20), Span(50, 90)), (Span(0, 10), Span(20, 50), Span(90, 100))),
        ((Span(150, 200),), (Span(0, 100),)),
    ],
)
def test_what_no_span_covers_was_not_watched(spans: tuple[Span, ...], gaps: tuple[Span, ...]) -> None:
    assert find_unwatched(spans, 0, 100) == gaps


def test_a_span_is_written_twice_a_minute_at_most(tmp_path: Path) -> None:
    connection = connect(tmp_path / "journal.db")
    spans, scope = SpanWriter(), ListScope(Account("modelarts"), "prod", "jobs")
    written = []
    for at in range(0, 120_000, 5_000):
        before = connection.total_changes
        spans.write(connection, Reading(scope, at))
        written.append(connection.total_changes > before)
    assert sum(written) == 4
    assert connection.execute("SELECT start_at, end_at FROM spans").fetchall() == [(0, 90_000)]
    connection.close()
