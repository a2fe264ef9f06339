"""A moment as a person types it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from matui.base.moments import parse_moment

NEAR = datetime(2020, 7, 16, 9, tzinfo=UTC).timestamp() * 1000
JULY = (2020, 7, 16, 8, 22, 29)


def make_ms(*parts: int, ms: float = 0.0) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp() * 1000 + ms  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("typed", "ms"),
    [
        ("03:12", make_ms(2020, 7, 16, 3, 12)),
        ("10:00", make_ms(2020, 7, 15, 10)),
        ("8:59:59.5", make_ms(2020, 7, 16, 8, 59, 59, ms=500)),
        ("-10m", NEAR - 600_000),
        ("90s", NEAR - 90_000),
        ("2020-07-15", make_ms(2020, 7, 15)),
        ("2020-07-15 06:30", make_ms(2020, 7, 15, 6, 30)),
        ("2020-07-15T06:30:01Z", make_ms(2020, 7, 15, 6, 30, 1)),
        ("1594887749", make_ms(*JULY)),
        ("10m", NEAR - 600_000),
        ("10 minutes ago", NEAR - 600_000),
        ("now", NEAR),
        ("today", make_ms(2020, 7, 16)),
        ("Yesterday", make_ms(2020, 7, 15)),
        ("20200715", make_ms(2020, 7, 15)),
        ("2020-07-15T06:30+08:00", make_ms(2020, 7, 14, 22, 30)),
        ("2020/07/15 06:30", make_ms(2020, 7, 15, 6, 30)),
        ("2020-07-15T06:30:01,500", make_ms(2020, 7, 15, 6, 30, 1, ms=500)),
        ("3pm", make_ms(2020, 7, 15, 15)),
        ("3:15 a.m.", make_ms(2020, 7, 16, 3, 15)),
        ("noon", make_ms(2020, 7, 15, 12)),
        ("08:00Z", make_ms(2020, 7, 16, 8)),
        ("14:00+08:00", make_ms(2020, 7, 16, 6)),
        ("Jul 15 14:00", make_ms(2020, 7, 15, 14)),
        ("15 July 2019, 14:00", make_ms(2019, 7, 15, 14)),
        ("Nov 28 14:00", make_ms(2019, 11, 28, 14)),
        ("Feb 29", make_ms(2020, 2, 29)),
        ("07-15 14:00", make_ms(2020, 7, 15, 14)),
        ("yesterday 14:00", make_ms(2020, 7, 15, 14)),
        ("yesterday at 3pm", make_ms(2020, 7, 15, 15)),
        ("14:00 yesterday", make_ms(2020, 7, 15, 14)),
        ("8:00 today", make_ms(2020, 7, 16, 8)),
        ("Mon 14:00", make_ms(2020, 7, 13, 14)),
        ("thursday 10:00", make_ms(2020, 7, 9, 10)),
        ("昨天", make_ms(2020, 7, 15)),
        ("an hour ago", NEAR - 3_600_000),
        ("last 2h", NEAR - 7_200_000),
        ("now-1h", NEAR - 3_600_000),
        ("@1594887749", make_ms(*JULY)),
        ("1500000000", 1_500_000_000_000),
        ("100000d", 0),
        ("24:00", make_ms(2020, 7, 16)),
        ("24:00+08:00", make_ms(2020, 7, 15, 16)),
        ("24:00 JST", make_ms(2020, 7, 15, 15)),
        ("yesterday 24:00:00", make_ms(2020, 7, 16)),
        ("2020-07-14T24:00:00Z", make_ms(2020, 7, 15)),
        ("2020-07-14 24:00 +08:00", make_ms(2020, 7, 14, 16)),
        ("14:00 UTC+8", make_ms(2020, 7, 16, 6)),
        ("14:00 UTC+08:00", make_ms(2020, 7, 16, 6)),
        ("UTC-5 2020-07-14 14:00", make_ms(2020, 7, 14, 19)),
        ("14:00 +0530", make_ms(2020, 7, 16, 8, 30)),
        ("2020-07-14T14:00+0530", make_ms(2020, 7, 14, 8, 30)),
        ("14:00 JST", make_ms(2020, 7, 16, 5)),
        ("Tue 14:00 GMT", make_ms(2020, 7, 14, 14)),
        ("2020-07-14 14:00 Asia/Kolkata", make_ms(2020, 7, 14, 8, 30)),
        ("2020-07-14T14:00 asia/shanghai", make_ms(2020, 7, 14, 6)),
    ],
)
def test_a_moment_is_what_was_typed(typed: str, ms: float) -> None:
    assert parse_moment(typed, last_ms=NEAR) == ms


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "25:00", "2020-13-01", "-", "10 parsecs", "13pm", "Nov 31", "tomorrow"),
        *("in 1h", "today-1d", "99999999999d", "14:00 15:00", "24:00 foo", "2020-07-14 24:00 foo"),
        *("2020-07-14 12:00 foo", "2020-07-14 12:00 ABC", "12:00 UTC+5:75"),
    ],
)
def test_what_is_no_moment_is_reported(typed: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse_moment(typed, last_ms=NEAR)


def test_an_abbreviation_of_this_machine_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time that matui writes is read back, also where other zones share its abbreviation."""
    monkeypatch.setattr("time.tzname", ("CST", "CDT"))
    assert parse_moment("2020-07-11 10:00:00 CST", last_ms=NEAR) == parse_moment(
        "2020-07-11 10:00:00", last_ms=NEAR
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("14:00 CST", "ambiguous: CST is +08:00 in China and -06:00 in America; write an offset"),
        ("2020-07-14 14:00 ist", "ambiguous: IST is"),
        ("Sat Jul 11 10:00:00 CST 2020", "ambiguous"),
        ("14:00 Mars/Olympus", "there is no zone 'Mars/Olympus'"),
        ("14:00 UTC+25", "offsets go to 14:00"),
        ("2020-07-14T12:00+25:00", "there is no zone +25:00; offsets go to 14:00"),
        ("99999999999 day", "a number has at most nine digits"),
        ("25:00", "a day ends at 24:00"),
        ("14:60", "go to 59"),
        ("2020-02-30", "there is no such day"),
        ("2020-02-30 14:00", "there is no such day"),
        ("2020-07-14 foo", "what follows the day is not a time"),
        ("2020-7-5", "write it as 2020-07-16 08:22"),
        ("tomorrow", "in the future"),
        ("in 1h", "in the future"),
    ],
)
def test_what_is_refused_says_why(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_moment(typed, last_ms=NEAR)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-03-29 02:30", "2026-03-29T01:30"),  # skipped
        ("2026-10-25 02:30", "2026-10-25T00:30"),  # twice
        ("2026-10-25 03:00", "2026-10-25T02:00"),
        ("2026-03-28 24:00", "2026-03-28T23:00"),
        ("2026-10-25 24:00", "2026-10-25T23:00"),
    ],
)
def test_hours_that_are_skipped_or_occur_twice(typed: str, utc: str) -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC).timestamp() * 1000
    ms = parse_moment(typed, last_ms=now, zone=ZoneInfo("Europe/Berlin"))
    assert datetime.fromtimestamp(ms / 1000, UTC).isoformat("T", "minutes") == f"{utc}+00:00"
