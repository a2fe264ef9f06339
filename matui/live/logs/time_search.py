"""Finds a line of a log by time: parses a typed time, and searches the lines held by bisection. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from matui.base.durations import parse_duration
from matui.base.log_lines.times import TimestampParser

_SEARCHED_LINES = 400
_LINES_PER_READ = 20


class HeldLines(Protocol):
    """The lines of a file that are held, numbered ``first`` to ``end - 1``."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...
    def texts(self, begin: int, end: int) -> Sequence[str]: ...


TimeOf = Callable[[str], float | None]


def find_line_at(held: HeldLines, time_of: TimeOf, ms: float) -> int:
    """Return the number of the first line at or after ``ms``, or ``held.end``; times must not go back far."""
    low, high = held.first, held.end
    while low < high:
        middle = (low + high) // 2
        found = find_next_time(held, time_of, middle, high)
        if found is None or found[1] >= ms:
            high = middle
        else:
            low = found[0] + 1
    found = find_next_time(held, time_of, low, held.end)
    return found[0] if found is not None and found[1] >= ms else held.end


def find_next_time(held: HeldLines, time_of: TimeOf, begin: int, end: int) -> tuple[int, float] | None:
    """Return number and time (ms) of the first line with a time among the next 400, or None."""
    for at in range(begin, min(end, begin + _SEARCHED_LINES), _LINES_PER_READ):
        for number, text in enumerate(held.texts(at, min(at + _LINES_PER_READ, end)), at):
            if (ms := time_of(text)) is not None:
                return number, ms
    return None


def find_last_time(held: HeldLines, time_of: TimeOf) -> float | None:
    """Return the time of the last line with a time among the last 400, or None."""
    for stop in range(held.end, max(held.first, held.end - _SEARCHED_LINES), -_LINES_PER_READ):
        for text in reversed(held.texts(max(held.first, stop - _LINES_PER_READ), stop)):
            if (ms := time_of(text)) is not None:
                return ms
    return None


_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,6}))?)?")
_DATE = re.compile(r"\d{4}[-/]?\d\d[-/]?\d\d(?!\d)")
_AGO = re.compile(r"\s+ago$", re.IGNORECASE)
_DAYS = {"today": 0, "yesterday": 1}
_WRONG = "not a time: 03:12, 03:12:45, 10m, 2h, 7d, 2020-07-16 08:22, 2020-07-16T08:22+08:00"


def parse_moment(text: str, *, last_ms: float, zone: tzinfo | None = UTC) -> float:
    """Return a typed time in ms since the epoch. Raises ValueError that names the accepted forms.

    ``10m``, ``-10m`` and ``10 minutes ago`` count back from ``last_ms``; a clock time is the last one that is
    not after it; ``today`` and ``yesterday`` begin at midnight.
    """
    words = text.strip()
    if (days := _DAYS.get(words.lower())) is not None:
        day = datetime.fromtimestamp(last_ms / 1000, zone) - timedelta(days=days)
        return day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000
    if words.lower() == "now":
        return last_ms
    if match := _CLOCK.fullmatch(words):
        return _clock_ms(match, last_ms, zone)
    if _DATE.match(words):
        try:
            date = datetime.fromisoformat(words.replace("/", "-"))
            return (date if date.tzinfo else date.replace(tzinfo=zone)).timestamp() * 1000
        except (ValueError, OverflowError, OSError):
            pass
    stamp = TimestampParser(last_ms, zone).read(words)
    if stamp is not None:
        return stamp.ms
    if ":" in words or _DATE.match(words):
        raise ValueError(_WRONG)
    try:
        return last_ms - parse_duration(_AGO.sub("", words.removeprefix("-"))) * 1000
    except ValueError:
        raise ValueError(_WRONG) from None


def _clock_ms(match: re.Match[str], last_ms: float, zone: tzinfo | None) -> float:
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    micro = int((match[4] or "0").ljust(6, "0"))
    day = datetime.fromtimestamp(last_ms / 1000, zone)
    at = day.replace(hour=hour, minute=minute, second=second, microsecond=micro)
    if at > day:
        at -= timedelta(days=1)
    return at.timestamp() * 1000
