"""Merging: every line once, files in their own order, time where it is known, nothing seen ever moves."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matui.base.log_lines.times import TimestampParser
from matui.live.logs.file_cursor import FileCursor
from matui.live.logs.line_store import LogLine
from matui.live.logs.merge import MergedLog

EXAMPLES = int(os.environ.get("MATUI_LOG_EXAMPLES", "300"))
BASE = 1_594_887_749_000.0


@dataclass
class Store:
    lines: list[str] = field(default_factory=list)
    first: int = 0

    @property
    def end(self) -> int:
        return self.first + len(self.lines)

    def get_line(self, number: int) -> LogLine:
        return LogLine(self.lines[number - self.first])

    def list_texts(self, begin: int, end: int) -> list[str]:
        return self.lines[begin - self.first : end - self.first]

    def prepend(self, lines: list[str]) -> None:
        self.lines[:0] = lines
        self.first -= len(lines)


def format_stamp(ms: float) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp((BASE + ms) / 1000, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def make_cursors(stores: list[Store]) -> list[FileCursor]:
    return [FileCursor(store, TimestampParser(BASE), str) for store in stores]


def list_merged(log: MergedLog) -> list[str]:
    return log.list_texts(log.first, log.end)


def test_two_whole_files_are_merged_by_time_with_their_tracebacks() -> None:
    a = Store(
        [
            f"{format_stamp(0)} a0",
            f"{format_stamp(3000)} a1",
            "Traceback",
            "  File",
            f"{format_stamp(9000)} a2",
        ]
    )
    b = Store([f"{format_stamp(1000)} b0", f"{format_stamp(4000)} b1", f"{format_stamp(5000)} b2"])
    cursors = make_cursors([a, b])
    for cursor in cursors:
        cursor.at_top, cursor.caught_up_at = True, 10.0
    log = MergedLog(cursors, [a, b])
    log.step(1.0)
    assert [text.split()[-1] for text in list_merged(log)] == [
        "a0",
        "b0",
        "a1",
        "Traceback",
        "File",
        "b1",
        "b2",
        "a2",
    ]
    assert [log.get_file(n)[0] for n in range(log.first, log.end)] == [0, 1, 0, 0, 0, 1, 1, 0]
    assert log.at_top


def test_a_line_waits_until_the_other_file_has_been_looked_at_since() -> None:
    a, b = Store([f"{format_stamp(0)} a0"]), Store([f"{format_stamp(1)} b0"])
    cursors = make_cursors([a, b])
    for cursor in cursors:
        cursor.at_top, cursor.caught_up_at = True, 1.0
    log = MergedLog(cursors, [a, b])
    log.step(1.0)
    a.lines.append(f"{format_stamp(5000)} a1")
    cursors[0].caught_up_at = 2.0
    log.step(2.0)
    assert list_merged(log)[-1].endswith("b0")
    b.lines.append(f"{format_stamp(4000)} b1")
    cursors[1].caught_up_at = 3.0
    log.step(3.0)
    assert [text.split()[-1] for text in list_merged(log)] == ["a0", "b0", "b1", "a1"]


def test_a_late_line_comes_last_and_is_marked() -> None:
    a, b = Store([f"{format_stamp(0)} a0", f"{format_stamp(9000)} a1"]), Store([f"{format_stamp(1)} b0"])
    cursors = make_cursors([a, b])
    for cursor in cursors:
        cursor.at_top, cursor.caught_up_at = True, 1.0
    log = MergedLog(cursors, [a, b])
    log.step(1.0)
    seen = list_merged(log)
    b.lines.append(f"{format_stamp(4000)} b1")
    cursors[1].caught_up_at = 2.0
    log.step(2.0)
    assert list_merged(log)[: len(seen)] == seen
    assert list_merged(log)[-1].endswith("b1")
    assert log.get_file(log.end - 1) == (1, True)


def test_older_lines_wait_for_the_file_that_has_not_come_as_far() -> None:
    a = Store([f"{format_stamp(n * 1000)} a{n}" for n in range(50, 60)])
    b = Store([f"{format_stamp(n * 1000 + 500)} b{n}" for n in range(58, 60)])
    cursors = make_cursors([a, b])
    for cursor in cursors:
        cursor.caught_up_at = 1.0
    log = MergedLog(cursors, [a, b])
    log.step(1.0)
    assert [text.split()[-1] for text in list_merged(log)] == ["b58", "a59", "b59"]
    assert log.list_files_needing_older() == [1]
    b.prepend([f"{format_stamp(n * 1000 + 500)} b{n}" for n in range(50, 58)])
    log.step(2.0)
    assert [text.split()[-1] for text in list_merged(log)][:3] == ["b56", "a57", "b57"] or log.first < -10
    cursors[0].at_top = cursors[1].at_top = True
    log.request_older()
    log.step(3.0)
    names = [text.split()[-1] for text in list_merged(log)]
    assert names == [f"{who}{n}" for n in range(50, 60) for who in "ab"]


def test_lines_left_for_the_next_step_are_held_back() -> None:
    a = Store([f"{format_stamp(n)} a{n}" for n in range(1200)])
    b = Store([f"{format_stamp(0)} b0"])
    cursors = make_cursors([a, b])
    for cursor in cursors:
        cursor.at_top, cursor.caught_up_at = True, 10.0
    log, waiting = MergedLog(cursors, [a, b]), []
    while log.step(1.0):
        waiting.append(log.describe_held_back())
    assert all(waiting)
    assert log.describe_held_back() is None


def test_files_without_any_time_are_shown_all_the_same() -> None:
    a, b = Store(["x", "y"]), Store([f"{format_stamp(0)} b0"])
    cursors = make_cursors([a, b])
    for cursor in cursors:
        cursor.at_top, cursor.caught_up_at = True, 1.0
    log = MergedLog(cursors, [a, b])
    log.step(1.0)
    a.lines.append("z")
    for cursor in cursors:
        cursor.caught_up_at = 2.0
    log.step(2.0)
    assert sorted(text.split()[-1] for text in list_merged(log)) == ["b0", "x", "y", "z"]


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(1, 4), st.booleans())
def test_each_line_is_placed_once_in_its_files_order_and_never_moves(
    seed: int, files: int, prompt: bool
) -> None:
    rng = Random(seed)
    whole: list[list[str]] = []
    for file in range(files):
        ms, lines = rng.uniform(0, 5000), list[str]()
        for n in range(rng.randrange(0, 40)):
            ms += rng.choice([0, 1, 100, 3000])
            lines.append(f"{format_stamp(ms)} {file}:{n}" if rng.random() < 0.7 else f"  more {file}:{n}")
        whole.append(lines)
    low = [rng.randint(0, len(lines)) for lines in whole]
    high = [rng.randint(at, len(lines)) for at, lines in zip(low, whole, strict=True)]
    stores = [Store(lines[a:b]) for lines, a, b in zip(whole, low, high, strict=True)]
    cursors = make_cursors(stores)
    log, seen, now = MergedLog(cursors, stores), dict[int, str](), 0.0
    for turn in range(400):
        now += 1
        for n, store in enumerate(stores):
            if rng.random() < 0.6 or prompt:
                step = rng.randint(0, 8)
                store.lines += whole[n][high[n] : high[n] + step]
                high[n] = min(len(whole[n]), high[n] + step)
                cursors[n].caught_up_at = now
            if n in log.list_files_needing_older() or rng.random() < 0.1:
                step = rng.randint(1, 8)
                store.prepend(whole[n][max(0, low[n] - step) : low[n]])
                low[n] = max(0, low[n] - step)
                cursors[n].at_top = low[n] == 0
        log.request_older()
        log.step(now)
        now_seen = {n: log.get_line(n).text for n in range(log.first, log.end)}
        assert all(now_seen[n] == text for n, text in seen.items())
        seen = now_seen
        if turn > 10 and log.at_top and log.end - log.first == sum(map(len, whole)):
            break
    placed = [(log.get_file(n)[0], log.get_line(n).text) for n in range(log.first, log.end)]
    for n, lines in enumerate(whole):
        assert [text for file, text in placed if file == n] == lines


def test_lines_that_wait_for_another_file_are_counted_and_the_file_is_named() -> None:
    stores = [Store([f"{format_stamp(n * 10)} {file}{n}" for n in range(3)]) for file in "ab"]
    cursors = make_cursors(stores)
    for cursor in cursors:
        cursor.at_top, cursor.caught_up_at = True, 1.0
    log = MergedLog(cursors, stores)
    log.step(2.0)
    held = log.describe_held_back()
    assert held is not None
    assert (held.lines, held.files) == (2, (0,))
    cursors[0].caught_up_at = cursors[1].caught_up_at = 3.0
    log.step(4.0)
    assert log.describe_held_back() is None
    assert len(list_merged(log)) == 6


def test_one_wrong_future_time_does_not_stick_to_the_rest_of_a_file() -> None:
    a = Store([f"{format_stamp(n * 1000)} a{n}" for n in range(3)])
    a.lines.append("2099-01-01 00:00:00 a-wrong")
    a.lines += [f"{format_stamp(n * 1000)} a{n}" for n in range(3, 8)]
    b = Store([f"{format_stamp(n * 1000 + 500)} b{n}" for n in range(8)])
    cursors = make_cursors([a, b])
    for cursor in cursors:
        cursor.at_top, cursor.caught_up_at = True, 10.0
    log = MergedLog(cursors, [a, b])
    log.step(1.0)
    order = [text.split()[-1] for text in list_merged(log) if "wrong" not in text]
    assert order == [f"{file}{n}" for n in range(8) for file in "ab"]
