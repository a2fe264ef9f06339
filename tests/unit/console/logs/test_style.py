"""Times in front of the lines of a log, all in one width."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

from matui.console.logs.style import TIME_WIDTH, format_span, format_time

JULY_MS = 1_594_887_749_123.0  # 2020-07-16 08:22:29.123 UTC


def test_times_are_shown_in_one_width() -> None:
    assert format_time(JULY_MS, timezone(timedelta(hours=8))) == "07-16 16:22:29.123"
    assert len(format_time(1e300, UTC)) == TIME_WIDTH
    assert format_span(93_784_005).strip() == "+1d02:03:04.005"
    assert format_span(-1500).strip() == "-00:00:01.500"
    assert len(format_span(5.0)) == TIME_WIDTH
