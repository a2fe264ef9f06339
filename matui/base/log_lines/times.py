"""Reads the timestamp in a log line.

Known are the stamps of what training jobs run: ISO 8601 and its relatives (Python logging, TensorFlow,
MindSpore, Ascend's plog, NCCL with timestamps), glog and absl, syslog, ctime, web servers, epoch seconds to
nanoseconds, and times without a date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_HEAD = 160  # characters in which a stamp may lie
_LATEST_START = 80
_DAY_MS = 86_400_000.0
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_CLOCK = r"(?P<h>[01]\d|2[0-3]):(?P<m>[0-5]\d):(?P<s>[0-5]\d|60)"
_FRACTION = r"(?:[.,:](?P<f>\d{1,9}(?:\.\d{3})?)(?!\d))?"
_ZONE = r"(?: ?(?P<z>Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:]))?"

_FORMS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?<!\d)(?P<Y>\d{{4}})[-/](?P<M>\d\d)[-/](?P<D>\d\d)[T -]{_CLOCK}{_FRACTION}{_ZONE}"),
    re.compile(rf"(?<![A-Za-z\d])[IWEFD](?P<Y>\d{{4}})?(?P<M>\d\d)(?P<D>\d\d) {_CLOCK}{_FRACTION}"),
    re.compile(r"^\W{0,3}(?P<e>1\d{9})(?:\.(?P<f>\d{1,9}))?(?![\d.])"),
    re.compile(r"^\W{0,3}(?P<e>1\d{12}|1\d{15}|1\d{18})(?![\d.])"),
    re.compile(
        r"(?<!\w)(?:ts|time|timestamp|time_ms|epoch)\"?\s?[=:]\s?\"?"
        r"(?P<e>1\d{9}(?:\d{3}|\d{6}|\d{9})?)(?:\.(?P<f>\d{1,9}))?(?![\d.])",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\d)(?P<D>\d\d)/{_MONTH}/(?P<Y>\d{{4}}):{_CLOCK}{_ZONE}"),
    re.compile(rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTH} +(?P<D>\d\d?) {_CLOCK}{_FRACTION}"
               rf"(?: [A-Z]{{3,4}})? (?P<Y>\d{{4}})(?!\d)"),
    re.compile(rf"^\W{{0,3}}{_MONTH} +(?P<D>\d\d?) {_CLOCK}{_FRACTION}"),
    re.compile(r"(?<!\d)(?P<Y>20\d\d)(?P<M>\d\d)(?P<D>\d\d)[T -]?"
               rf"(?P<h>[01]\d|2[0-3]):?(?P<m>[0-5]\d):?(?P<s>[0-5]\d){_FRACTION}{_ZONE}(?!\d)"),
    re.compile(rf"^\W{{0,3}}{_CLOCK}{_FRACTION}(?=[\]\s,;|]|$)"),
)  # fmt: skip
_MAY_HOLD = re.compile(r"\d[\d:]\d")


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time in a line: ms since the epoch, and the characters that say it."""

    ms: float
    start: int
    end: int


class TimestampParser:
    """Reads the timestamps of one log. ``zone`` applies to those without one (None: the machine's).

    ``reference_ms`` (ms since the epoch) completes stamps without a year or a date, and follows the log.
    """

    def __init__(self, reference_ms: float | None = None, zone: tzinfo | None = UTC) -> None:
        self.reference_ms = reference_ms
        self.zone = zone
        self._last = _FORMS[0]

    def read(self, text: str) -> Timestamp | None:
        """Return the timestamp of a line of plain text, or None."""
        head = text[:_HEAD]
        if not _MAY_HOLD.search(head):
            return None
        for form in (self._last, *_FORMS):
            match = form.search(head)
            if match is not None and match.start() <= _LATEST_START:
                ms = self._ms(match.groupdict())
                if ms is not None:
                    self._last, self.reference_ms = form, ms
                    return Timestamp(ms, *_extent(match))
        return None

    def _ms(self, found: Mapping[str, str | None]) -> float | None:
        try:
            return _epoch_ms(found) if "e" in found else self._calendar_ms(found)
        except (ValueError, OverflowError, OSError):
            return None

    def _calendar_ms(self, found: Mapping[str, str | None]) -> float | None:
        zone = _zone(found.get("z")) or self.zone
        clock = int(found["h"] or 0), int(found["m"] or 0), min(59, int(found["s"] or 0))
        times = [datetime(*day, *clock, tzinfo=zone).timestamp() * 1000 for day in self._days(found, zone)]
        if not times:
            return None
        near = self.reference_ms
        best = times[0] if near is None else min(times, key=lambda ms: abs(ms - near))
        return best + _fraction_ms(found)

    def _days(self, found: Mapping[str, str | None], zone: tzinfo | None) -> list[tuple[int, int, int]]:
        """Return the day of the stamp, or the candidates around ``reference_ms`` where it names none."""
        near = None if self.reference_ms is None else datetime.fromtimestamp(self.reference_ms / 1000, zone)
        if not found.get("D"):
            around = [near + timedelta(days=by) for by in (-1, 0, 1)] if near else []
            return [(day.year, day.month, day.day) for day in around]
        month = _MONTHS.index(found["month"] or "") + 1 if found.get("month") else int(found["M"] or 0)
        day = int(found["D"] or 0)
        if found.get("Y"):
            return [(int(found["Y"] or 0), month, day)]
        leap = month == 2 and day == 29
        years = [near.year + by for by in (-1, 0, 1)] if near else []
        return [(year, month, day) for year in years if not leap or year % 4 == 0]


def _extent(match: re.Match[str]) -> tuple[int, int]:
    """Return the characters of the stamp itself, without the word or bracket that stands before it."""
    if match.groupdict().get("e"):
        return match.start("e"), match.end("f") if "f" in match.re.groupindex and match["f"] else match.end(
            "e"
        )
    return match.start(), match.end()


def _epoch_ms(found: Mapping[str, str | None]) -> float:
    digits = found["e"] or "0"
    return int(digits) / 10.0 ** (len(digits) - 13) + _fraction_ms(found)


def _fraction_ms(found: Mapping[str, str | None]) -> float:
    digits = (found.get("f") or "").replace(".", "")
    return float(f"0.{digits}") * 1000 if digits else 0.0


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes not in (0, 15, 30, 45):
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def format_time(ms: float, zone: tzinfo | None) -> str:
    """Return a time in 18 characters, ``07-16 08:22:29.123``, in ``zone`` (None: the machine's own)."""
    try:
        at = datetime.fromtimestamp(ms / 1000, zone)
    except (ValueError, OverflowError, OSError):
        return " " * 18
    return f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def format_span(ms: float) -> str:
    """Return a span in 18 characters: ``+2d03:12:44.123``, right-aligned."""
    whole = round(abs(ms))
    days, rest = divmod(whole, int(_DAY_MS))
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    sign = "-" if ms < 0 else "+"
    text = f"{sign}{f'{days}d' if days else ''}{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{text[:18]:>18}"
