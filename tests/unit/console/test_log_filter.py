"""Only some lines of a log, and the map of its errors."""

from __future__ import annotations

from random import Random

import pytest

from matui.base.log_lines.times import TimestampParser
from matui.console.logs.errors import rate_density
from matui.console.logs.filter import FilteredLines, Words
from matui.console.logs.style import LineStyles
from matui.live.logs.line_store import LogLine


class Source:
    """Numbers as lines; it grows at both ends."""

    def __init__(self, first: int, end: int) -> None:
        self.first, self.end = first, end

    def get_line(self, number: int) -> LogLine:
        return LogLine(str(number))

    def list_texts(self, begin: int, end: int) -> list[str]:
        return [str(number) for number in range(begin, end)]


@pytest.mark.parametrize("context", [0, 1, 3])
@pytest.mark.parametrize(
    "seed", [*range(5), *(pytest.param(n, marks=pytest.mark.slow) for n in range(5, 40))]
)
def test_what_is_found_in_steps_is_what_a_look_at_all_finds(context: int, seed: int) -> None:
    rng = Random(seed)
    wanted = {n for n in range(-900, 900) if rng.random() < rng.choice([0.01, 0.1, 0.5])}
    source = Source(rng.randint(-300, 0), rng.randint(1, 300))
    lines = FilteredLines(
        source,
        lambda low, high: [n for n in range(low, high) if n in wanted],
        rng.randint(source.first, source.end),
        context,
    )
    seen: dict[int, str] = {}
    for _ in range(30):
        lines.step(iter([False, rng.random() < 0.5, True]).__next__)
        now = {
            n: lines.get_line(n).text for n in range(lines.first, lines.end) if lines._get_entry(n) % 2 == 0
        }
        assert all(now[n] == text for n, text in seen.items())
        seen = now
        source.first -= rng.choice([0, 0, 250])
        source.end += rng.choice([0, 0, 250])
        source.first, source.end = max(source.first, -900), min(source.end, 900)
    while lines.step(lambda: False):
        pass
    expected = [
        n
        for n in range(source.first, source.end)
        if any(
            near in wanted and source.first <= near < source.end
            for near in range(n - context, n + context + 1)
        )
    ]
    shown = [lines.get_line(n) for n in range(lines.first, lines.end)]
    assert [int(line.text) for line in shown if not isinstance(line, Words)] == expected
    if expected and context:
        left_out = sum(int(line.text.split()[0]) for line in shown if isinstance(line, Words))
        assert left_out == expected[-1] - expected[0] + 1 - len(expected)
    for number in expected[:20]:
        assert lines.find_origin(lines.find_place(number)) == number


def test_the_map_distinguishes_many_from_some() -> None:
    assert rate_density([0, 1, 9, 3, 0]) == [0, 1, 2, 1, 0]
    assert rate_density([0, 1, 0, 1]) == [0, 1, 0, 1]
    assert rate_density([]) == []


def test_a_time_that_stands_apart_is_not_in_the_line_and_colours_stay_in_place() -> None:
    looks = LineStyles(TimestampParser(1.6e12), 1_594_887_748_000.0)
    looks.times = "since"
    shown = looks.build_shown(LogLine("[2020-07-16 08:22:29,500] \x1b[31mred\x1b[0m plain"))
    assert shown.line.text == "red plain"
    assert [(low, high) for low, high, _ in shown.line.spans] == [(0, 3)]
    assert shown.time.strip() == "+00:00:01.500"
    looks.times = "written"
    assert looks.build_shown(LogLine("2020-07-16 08:22:29 x")).line.text == "2020-07-16 08:22:29 x"
