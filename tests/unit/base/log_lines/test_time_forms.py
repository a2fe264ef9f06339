"""The user's own forms of timestamps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matui.base.log_lines.time_forms import compile_time_format, resolve


@pytest.mark.parametrize(
    ("form", "text", "time"),
    [
        ("%d/%m/%Y %H:%M:%S", "03/02/2025 10:11:12", datetime(2025, 2, 3, 10, 11, 12, tzinfo=UTC)),
        ("%F %T", "2025-02-03 10:11:12", datetime(2025, 2, 3, 10, 11, 12, tzinfo=UTC)),
        ("%s", "1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("%Y-%m-%d %I:%M %p", "2025-02-03 12:30 AM", datetime(2025, 2, 3, 0, 30, tzinfo=UTC)),
        ("%Y-%m-%d %H:%M %z", "2025-02-03 10:00 +0800", datetime(2025, 2, 3, 2, tzinfo=UTC)),
    ],
)
def test_a_format_of_strptime(form: str, text: str, time: datetime) -> None:
    match = compile_time_format(form).pattern.search(f"[{text}] loss 1")
    assert match is not None
    assert resolve(match, None, UTC) == time.timestamp() * 1000


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ("%Y-%m-%d", "has no hour"),
        ("%Q %H", "has no meaning for %Q"),
        ("%H %H", "twice"),
        ("%H %", "meaning"),
        ("%d %H:%M:%S", "part of a date"),
        ("%m %H:%M:%S", "part of a date"),
        ("%Y-%m %H:%M:%S", "part of a date"),
        ("%Y %H:%M:%S", "part of a date"),
        ("%m %b %d %H", "twice"),
    ],
)
def test_a_format_that_is_no_time_is_refused(form: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        compile_time_format(form)


def test_a_date_that_does_not_exist_is_no_time() -> None:
    match = compile_time_format("%Y-%m-%d %H").pattern.search("2025-02-31 10")
    assert match is not None
    assert resolve(match, None, UTC) is None
