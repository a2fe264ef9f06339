"""``--since`` and ``--until``: undated lines belong to the line before, what cannot be judged is kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from matui.base.log_lines.times import TimestampParser
from matui.live.logs.line_filter import LineFilter, LineQuery


def parse_ms(clock: str) -> float:
    return datetime.fromisoformat(f"2026-11-28T{clock}+00:00").timestamp() * 1000


def make_line(clock: str, text: str = "x") -> str:
    return f"2026-11-28 {clock} INFO {text}"


def build(since: str = "", until: str = "", pattern: str = "", earliest: str = "") -> LineFilter:
    query = LineQuery(
        re.compile(pattern) if pattern else None,
        parse_ms(since) if since else None,
        parse_ms(until) if until else None,
    )
    return LineFilter(query, TimestampParser(None, UTC), earliest_ms=parse_ms(earliest) if earliest else None)


def test_lines_without_a_time_belong_to_the_line_before() -> None:
    chosen = build(since="12:00:00")
    texts = [
        make_line("11:00:00", "old"),
        "  of old",
        make_line("12:30:00", "new"),
        "Traceback",
        "ValueError: x",
    ]
    assert chosen.select(texts) + chosen.finish() == texts[2:]
    assert chosen.unjudged == 0


def test_lines_before_the_first_time_are_not_later_than_it() -> None:
    old = build(since="12:00:00")
    assert old.select(["banner", make_line("11:00:00")]) == []
    until = build(until="12:00:00")
    assert until.select(["banner", make_line("11:00:00")]) == ["banner", make_line("11:00:00")]
    assert (old.unjudged, until.unjudged) == (0, 0)


def test_lines_before_the_first_time_are_kept_and_counted_where_they_may_be_older() -> None:
    chosen = build(since="12:00:00")
    texts = ["banner", "more", make_line("12:30:00")]
    assert chosen.select(texts) == texts
    assert chosen.unjudged == 2


def test_no_line_is_older_than_the_job() -> None:
    chosen = build(since="12:00:00", earliest="12:10:00")
    assert chosen.select(["banner", make_line("12:30:00")]) == ["banner", make_line("12:30:00")]
    assert chosen.unjudged == 0


@pytest.mark.parametrize("bounds", [{"since": "12:00:00"}, {"until": "12:00:00"}])
def test_a_log_without_times_is_kept_and_counted(bounds: dict[str, str]) -> None:
    chosen = build(**bounds)
    assert chosen.select(["a", "b", "c"]) == []
    assert chosen.finish() == ["a", "b", "c"]
    assert (chosen.unjudged, chosen.has_times) == (3, False)


def test_a_pattern_alone_needs_no_time() -> None:
    chosen = build(pattern="b")
    assert chosen.select(["a", "b", "ab"]) + chosen.finish() == ["b", "ab"]
    assert chosen.unjudged == 0


def test_lines_observed_above_judge_the_first_ones() -> None:
    recent, old = build(since="12:00:00"), build(since="12:00:00")
    assert recent.observe([make_line("11:00:00"), make_line("12:30:00"), "Traceback"])
    assert recent.select(["  File x", "ValueError"]) == ["  File x", "ValueError"]
    assert old.observe([make_line("11:00:00")])
    assert old.select(["  File x"]) == []
