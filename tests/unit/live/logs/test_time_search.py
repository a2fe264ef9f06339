"""A moment as a person types it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matui.live.logs.time_search import parse_moment

NEAR = datetime(2020, 7, 16, 9, tzinfo=UTC).timestamp() * 1000
JULY = (2020, 7, 16, 8, 22, 29)


def at(*parts: int, ms: float = 0.0) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp() * 1000 + ms  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("typed", "ms"),
    [
        ("03:12", at(2020, 7, 16, 3, 12)),
        ("10:00", at(2020, 7, 15, 10)),
        ("8:59:59.5", at(2020, 7, 16, 8, 59, 59, ms=500)),
        ("-10m", NEAR - 600_000),
        ("90s", NEAR - 90_000),
        ("2020-07-15", at(2020, 7, 15)),
        ("2020-07-15 06:30", at(2020, 7, 15, 6, 30)),
        ("2020-07-15T06:30:01Z", at(2020, 7, 15, 6, 30, 1)),
        ("1594887749", at(*JULY)),
        ("10m", NEAR - 600_000),
        ("10 minutes ago", NEAR - 600_000),
        ("now", NEAR),
        ("today", at(2020, 7, 16)),
        ("Yesterday", at(2020, 7, 15)),
        ("20200715", at(2020, 7, 15)),
        ("2020-07-15T06:30+08:00", at(2020, 7, 14, 22, 30)),
        ("2020/07/15 06:30", at(2020, 7, 15, 6, 30)),
    ],
)
def test_a_moment_is_what_was_typed(typed: str, ms: float) -> None:
    assert parse_moment(typed, last_ms=NEAR) == ms


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "2020-13-01", "-", "10 parsecs"])
def test_what_is_no_moment_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse_moment(typed, last_ms=NEAR)
