"""A moment as a person types it, for going there or for ``--since``: ``03:12``, ``-10m``, a date. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from matui.base.durations import parse_duration
from matui.base.log_lines.times import TimestampParser

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,6}))?)?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?")
_WRONG = "not a time: 03:12, 03:12:45, -10m, 2020-07-16 08:22"


def moment_ms(text: str, *, last_ms: float, zone: tzinfo | None = UTC) -> float:
    """Return what ``text`` means in ms since the epoch. Raises ValueError that says what would be right.

    ``-10m`` counts back from ``last_ms``; a clock time is the last one that is not after it.
    """
    words = text.strip()
    if match := _CLOCK.fullmatch(words):
        return _clock_ms(match, last_ms, zone)
    if match := _DATE.fullmatch(words):
        year, month, day, hour, minute = (int(part) for part in match.groups("0"))
        try:
            return datetime(year, month, day, hour, minute, tzinfo=zone).timestamp() * 1000
        except (ValueError, OverflowError):
            raise ValueError(_WRONG) from None
    stamp = TimestampParser(last_ms, zone).read(words)
    if stamp is not None:
        return stamp.ms
    if ":" in words:
        raise ValueError(_WRONG)
    try:
        return last_ms - parse_duration(words.removeprefix("-")) * 1000
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
