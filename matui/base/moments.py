"""Parse a moment as a person types it: ``3pm``, ``yesterday 14:00``, ``Nov 28``, ``2h ago``, ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from matui.base.log_lines.time_forms import MONTHS
from matui.base.log_lines.times import TimestampParser
from matui.base.text.formatting import parse_duration
from matui.base.zone_names import take_zone

NOT_A_TIME = (
    "not a time: 03:12, 3pm, 10m, 2h, 7d, today, yesterday 14:00, Nov 28 14:00, 2020-07-16 08:22,"
    " 2020-07-16T08:22+08:00"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1, "前天": 2}
_NOW = ("now", "现在")

_NAME_OF_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(\d{4}))?"
_NAMED_DAY = re.compile(r"(today|yesterday|今天|昨天|前天)")
_WEEKDAY = re.compile(r"(?:last\s+)?(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?")
_MONTH_FIRST = re.compile(rf"{_NAME_OF_MONTH}\s+{_DAY}{_YEAR}(?!\d|:)")
_DAY_FIRST = re.compile(rf"{_DAY}[\s-]+{_NAME_OF_MONTH}(?:[,\s-]+(\d{{4}}))?(?!\d|:)")
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)(?=[\sT]+\d)")
_CLOCK = re.compile(
    r"(?:at\s+)?(\d{1,2})(?::([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,6})\d*)?)?)?(?:\s*([ap])\.?m\.?)?(?![\d:])"
)
_WORD_OF_CLOCK = re.compile(r"(?:at\s+)?(noon|midnight)")
_ZONE = re.compile(r"(?:z|utc|gmt)|(?:utc|gmt)?([+-])(\d\d):?(\d\d)?")
_ISO_DATE = re.compile(r"\d{4}[-/]?\d\d[-/]?\d\d(?!\d)")
_BETWEEN = re.compile(r"^(?:[\s,]+|t(?=\d))")
_EPOCH = re.compile(r"@?(\d{10}(?:\.\d{1,6})?|\d{13})")
_AGO = re.compile(r"\s+ago$|前$")
_FROM_NOW = re.compile(r"now\s*-\s*(?=\d)")
_AND = re.compile(r"\s+and\s+|(?<=\w),\s+")
_ONE = re.compile(r"^an?\s+")
_END_OF_DAY = re.compile(r"(?<![\d:])24:00(?::00(?:[.,]0+)?)?(?![\d:])")
_NOON, _HOURS, _DAY_MS = 12, 24, 86_400_000.0
# What is refused with a reason of its own, in lower case.
_REFUSED = (
    (r"tomorrow|next\b.*|in \d.*|.*from now|\+.*", "it is in the future, where nothing has happened yet"),
    (r".*\d{10,}\s*[a-z]+(?: ago)?", "a number has at most nine digits"),
    (r".*\d:[6-9]\d.*", "minutes and seconds go to 59"),
    (r".*(?<![\d:+-])(?:2[4-9]|[3-9]\d):\d\d.*", "a day ends at 24:00"),
    (
        r"\d{4}[-/](?:\d[-/]\d{1,2}|\d\d[-/]\d)(?!\d).*",
        "months and days have two digits; write it as 2020-07-16 08:22",
    ),
)
_WHOLE_DATE = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)(?!\d)")
_LEAP_YEARS = 9


class _Clock(NamedTuple):
    hour: int = 0
    minute: int = 0
    second: int = 0
    micro: int = 0


class _Typed(NamedTuple):
    """The typed parts of a moment; ``day`` is None where only a time of day was typed."""

    day: re.Match[str] | None
    clock: _Clock | None
    zone: tzinfo | None


def parse_moment(text: str, *, last_ms: float, zone: tzinfo | None = UTC) -> float:
    """Return a typed time in ms since the epoch. Raises ValueError that names the accepted forms.

    ``10m``, ``-10m`` and ``10 minutes ago`` count back from ``last_ms``; a clock time, a day of the week and
    a day without a year are the last ones that are not after it; a day begins at midnight. An hour that
    occurs twice is the first one, one that is skipped an hour later. ``zone`` is that of times without one,
    None for that of this machine. A time before 1970 is its beginning.
    """
    named, zone_named = take_zone(" ".join(text.split()))
    zone = zone_named or zone
    words = named.lower()
    if words in _NOW:
        return last_ms
    if (found := _END_OF_DAY.search(words)) is not None:
        return _read_end_of_day(words, found, last_ms, zone)
    try:
        for read in (_read_epoch, _read_iso, _read_parts, _read_stamp, _read_span):
            if (ms := read(words, last_ms, zone)) is not None:
                return max(0.0, ms)
    except (ValueError, OverflowError, OSError):
        pass
    raise ValueError(_explain_refusal(words))


def _explain_refusal(words: str) -> str:
    """Return why what was typed is not a time."""
    for pattern, reason in _REFUSED:
        if re.fullmatch(pattern, words):
            return f"not a time: {reason}"
    if (day := _WHOLE_DATE.match(words)) is None:
        return NOT_A_TIME
    try:
        date(*map(int, day.groups()))
    except ValueError:
        return "not a time: there is no such day"
    return "not a time: what follows the day is not a time; write it as 2020-07-16 08:22"


def _read_end_of_day(words: str, found: re.Match[str], last_ms: float, zone: tzinfo | None) -> float:
    """Return the end of the typed day, which is midnight of the next; without a day, the last midnight."""
    before, after = words[: found.start()], words[found.end() :].strip()
    before = re.sub(r"(?<=\d)t$", "", before).strip()
    start = parse_moment(f"{before} 00:00 {after}".strip(), last_ms=last_ms, zone=zone)
    if not before:
        return start
    if after:  # an offset, which has no summer time
        return start + _DAY_MS
    return (datetime.fromtimestamp(start / 1000, zone) + timedelta(days=1)).timestamp() * 1000


def _read_epoch(words: str, _last_ms: float, _zone: tzinfo | None) -> float | None:
    match = _EPOCH.fullmatch(words)
    return None if match is None else float(match[1]) * (1 if len(match[1]) == 13 else 1000)


def _read_iso(words: str, _last_ms: float, zone: tzinfo | None) -> float | None:
    if not _ISO_DATE.match(words):
        return None
    try:
        date = datetime.fromisoformat(words.upper().replace("/", "-"))
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=zone)).timestamp() * 1000


def _read_stamp(words: str, last_ms: float, zone: tzinfo | None) -> float | None:
    """Return the time of a form that logs use, which is all that was typed."""
    stamp = TimestampParser(last_ms, zone).read(words.upper())
    return stamp.ms if stamp is not None and (stamp.start, stamp.end) == (0, len(words)) else None


def _read_span(words: str, last_ms: float, _zone: tzinfo | None) -> float | None:
    if ":" in words or _ISO_DATE.match(words):
        return None
    span = _AGO.sub("", _FROM_NOW.sub("", words.removeprefix("-").removeprefix("last ")))
    return last_ms - parse_duration(_ONE.sub("1 ", _AND.sub(" ", span))) * 1000


def _read_parts(words: str, last_ms: float, zone: tzinfo | None) -> float | None:
    typed = _split(words)
    if typed is None:
        return None
    now = datetime.fromtimestamp(last_ms / 1000, typed.zone or zone)
    clock = typed.clock or _Clock()
    at = now.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=clock.micro)
    if typed.day is None:
        return (at if at <= now else at - timedelta(days=1)).timestamp() * 1000
    return _on_day(typed.day, at, now).timestamp() * 1000


def _split(words: str) -> _Typed | None:
    """Return the parts of a day and a time of day in either order; None where anything else is typed."""
    day: re.Match[str] | None = None
    clock: _Clock | None = None
    zone: tzinfo | None = None
    rest = words
    while rest:
        if day is None and (match := _match_day(rest)):
            day = match
        elif clock is None and (found := _match_clock(rest, alone=day is None)):
            clock, match = found
        elif clock is not None and zone is None and (match := _ZONE.match(rest)):
            zone = _read_zone(match)
        else:
            return None
        rest = _BETWEEN.sub("", rest[match.end() :])
    return _Typed(day, clock, zone) if day or clock else None


def _match_day(text: str) -> re.Match[str] | None:
    forms = (_NAMED_DAY, _WEEKDAY, _MONTH_FIRST, _DAY_FIRST, _MONTH_DAY)
    return next((match for form in forms if (match := form.match(text)) and _ends_word(match)), None)


def _ends_word(match: re.Match[str]) -> bool:
    following = match.string[match.end() : match.end() + 1]
    return not (following.isascii() and following.isalpha() and match[0][-1].isascii()) or following == "t"


def _match_clock(text: str, *, alone: bool) -> tuple[_Clock, re.Match[str]] | None:
    """Return a time of day; with ``alone`` a bare number is none."""
    if match := _WORD_OF_CLOCK.match(text):
        return _Clock(_NOON if match[1] == "noon" else 0), match
    match = _CLOCK.match(text)
    if match is None or (match[2] is None and match[5] is None and (alone or not match[0].startswith("at"))):
        return None
    hour = int(match[1])
    if match[5]:
        if not 1 <= hour <= _NOON:
            raise ValueError(text)
        hour = hour % _NOON + (_NOON if match[5] == "p" else 0)
    if hour >= _HOURS:
        raise ValueError(text)
    return _Clock(hour, int(match[2] or 0), int(match[3] or 0), int((match[4] or "0").ljust(6, "0"))), match


def _read_zone(match: re.Match[str]) -> tzinfo:
    if match[1] is None:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(offset if match[1] == "+" else -offset)


def _on_day(day: re.Match[str], at: datetime, now: datetime) -> datetime:
    if day.re is _NAMED_DAY:
        return at - timedelta(days=_DAYS[day[1]])
    if day.re is _WEEKDAY:
        at -= timedelta(days=(now.weekday() - _WEEKDAYS.index(day[1])) % 7)
        return at if at <= now else at - timedelta(days=7)
    if day.re is _MONTH_DAY:
        return _find_day_in_year(at, int(day[1]), int(day[2]), None, now)
    name, number = (day[1], day[2]) if day.re is _MONTH_FIRST else (day[2], day[1])
    return _find_day_in_year(at, MONTHS.index(name[:3].title()) + 1, int(number), day[3], now)


def _find_day_in_year(at: datetime, month: int, number: int, year: str | None, now: datetime) -> datetime:
    """Return the day in its year, or the last such day that is not after now. Raises ValueError for none."""
    if year:
        return at.replace(year=int(year), month=month, day=number)
    for back in range(_LEAP_YEARS):
        try:
            found = at.replace(year=now.year - back, month=month, day=number)
        except ValueError:
            continue
        if found <= now:
            return found
    raise ValueError(number)
