"""The forms of timestamps in logs, each as a pattern with named groups, and how a match becomes a time.

Groups: ``Y M D`` or ``month`` for a date; ``J`` for the day of the year; ``W N`` for the week of ISO 8601 and
its day; ``a b c`` for a numeric date of unknown order; ``h m s f`` for a clock with a fraction; ``p`` for AM
or PM, ``cp`` for words for it; ``z`` for a zone; ``e`` for an epoch; ``lead`` for text before the timestamp.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from matui.base.zone_names import load_zone

DAY_MS = 86_400_000.0
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTHS_OF_LOCALES = {  # of Europe, where the first letters differ from English
    "mär": 3,
    "mai": 5,
    "okt": 10,
    "dez": 12,
    "fév": 2,
    "avr": 4,
    "juin": 6,
    "juil": 7,
    "aoû": 8,
    "déc": 12,
    "ene": 1,
    "abr": 4,
    "ago": 8,
    "dic": 12,
    "gen": 1,
    "mag": 5,
    "giu": 6,
    "lug": 7,
    "ott": 10,
    "fev": 2,  # Portuguese
    "set": 9,
    "out": 10,
    "mrt": 3,  # Dutch
    "mei": 5,
    "sty": 1,  # Polish
    "lut": 2,
    "kwi": 4,
    "maj": 5,
    "cze": 6,
    "lip": 7,
    "sie": 8,
    "wrz": 9,
    "paź": 10,
    "lis": 11,
    "gru": 12,
    "янв": 1,
    "фев": 2,
    "мар": 3,
    "апр": 4,
    "май": 5,
    "мая": 5,
    "июн": 6,
    "июл": 7,
    "авг": 8,
    "сен": 9,
    "окт": 10,
    "ноя": 11,
    "дек": 12,
}
_MONTH = f"(?i:(?P<month>{'|'.join((*MONTHS, *_MONTHS_OF_LOCALES))})[^\\W\\d_]*\\.?)"
_ENGLISH_MONTH = f"(?i:(?P<month>{'|'.join(MONTHS)}))"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?"
_YEAR = r"(?:19|20)\d\d"
_PERIOD = r"(?:(?P<cp>上午|下午|凌晨|清晨|早上|中午|晚上|午前|午後|오전|오후) ?)?"
_MINUTES = r"(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)"
_SECONDS = rf"{_MINUTES}:(?P<s>[0-5]\d|60)"
_FRACTION = r"(?:[.,:](?P<f>\d{1,9}(?:\.\d{3})?)(?!\d))?"
_AM_PM = r"(?: ?(?P<p>[AaPp])\.?[Mm]\.?(?![A-Za-z]))?"
_ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": 8,  # China's, where these clouds are; not America's
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "WET": 0,
    "WEST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "HKT": 8,
    "SGT": 8,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
}
_PLACE = (
    r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)"
    r"/[A-Z][\w+-]*(?:/[A-Z]\w*)?"
)
_ZONE = (
    rf"(?: ?(?:\(|\[(?=[AEIP][a-z]+/))?(?P<z>{_PLACE}|(?:UTC|GMT)[+-]\d\d?(?::?\d\d)?|(?:{'|'.join(_ZONES)})"
    r"|[+\u2212-]\d\d:?\d\d"
    r"|(?<=\d)z|(?<=\d)[+-]\d\d|[+-]0\d(?= )|[+-]\d\d(?=[\])},;|\"]|\s*$| +[\[A-Z(]))(?![\w:]))?"
)
_POINTED_CLOCK = (
    r"(?P<h>[01]?\d|2[0-3])\.(?P<m>[0-5]\d)\.(?P<s>[0-5]\d)(?:[.,](?P<f>\d{1,9}))?"
    rf"{_AM_PM}(?![\w.])"
)
_CLOCK = rf"{_SECONDS}{_FRACTION}{_AM_PM}{_ZONE}"
_UNPADDED_CLOCK = (
    r"(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d|\d(?=:))"
    rf"(?::(?P<s>[0-5]\d|60|\d(?!\d)){_FRACTION})?{_AM_PM}{_ZONE}"
)
_SHORT_CLOCK = rf"{_MINUTES}(?::(?P<s>[0-5]\d|60){_FRACTION})?{_AM_PM}{_ZONE}"
_NOT_COUNTED = r"(?<!poch )(?<!poch: )(?<!tep )(?<!ter )(?<!tion )(?<!atch )(?<!ound )(?<!hunk )(?<!hard )"
_COLLECTOR = r"(?:[A-Za-z][\w.-]{0,60} +\| |\[[A-Za-z][\w./-]{0,60}\]:? |\([A-Za-z][\w =]{0,40}\) )?"
_LEVEL_BEFORE = r"(?:\W{0,3}(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\b)?\W{0,3}"
_BEFORE_CLOCK = rf"^(?P<lead>{_COLLECTOR}(?:{_LEVEL_BEFORE}|\[[IWEDC] ))"
_LEADING_CLOCK = rf"{_BEFORE_CLOCK}(?=\d\d|\d:\S+ ?[AP]M){_SECONDS}{_FRACTION}{_AM_PM}"
_CLOCK_FIRST = rf"{_LEADING_CLOCK},? +{_WEEKDAY}"  # before a date
_DATE_END = r"(?=[\]\s,;:|)]|$)"
MAY_HOLD = re.compile(
    r"\d:[0-5]\d|\d{10}|\de\+09|\d{6}[T_ -]?\d{6}|\d[-_][0-5]\d[-_]\d\d|[时点時시]|\d[T -]\d\d\.[0-5]\d\."
    r"|\dh[0-5]\dm|W\d{3}T\d"
)
# What the directives of strptime match, for the user's own forms.
_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<Y>\d\d)",
    "m": r"(?P<M>\d\d?)",
    "d": r"(?P<D>\d\d?)",
    "e": r" ?(?P<D>\d\d?)",
    "H": r"(?P<h>\d\d?)",
    "I": r"(?P<h>\d\d?)",
    "M": r"(?P<m>\d\d?)",
    "S": r"(?P<s>\d\d?)",
    "f": r"(?P<f>\d{1,9})",
    "p": r"(?:(?P<p>[AaPp])\.?[Mm]\.?|(?P<cp>上午|下午))",
    "z": r"(?P<z>Z|[+-]\d\d:?\d\d|[+-]\d\d)",
    "Z": r"(?:[A-Z]{1,5})",
    "b": _MONTH,
    "B": _MONTH,
    "a": r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*",
    "A": r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*",
    "s": r"(?P<e>\d{10})",
    "%": "%",
}
_LITERALS = {" ": r"\s+", "：": "[:：]"}  # lines are matched with their full-width colons replaced
_SHORTHANDS = {"T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y", "F": "%Y-%m-%d"}


class TimeForm(NamedTuple):
    """A form of timestamps. ``bare`` is a number that may be anything; ``own`` a form that the user set."""

    pattern: re.Pattern[str]
    bare: bool = False
    own: bool = False


def _compile_form(pattern: str, *, bare: bool = False) -> TimeForm:
    return TimeForm(re.compile(pattern), bare)


FORMS: tuple[TimeForm, ...] = (
    _compile_form(
        rf"(?<![\d.])(?P<Y>{_YEAR})(?P<sep>[-/._]|\. )(?P<M>\d\d?)(?P=sep)(?P<D>\d\d?)\.?"
        rf"(?:[Tt_:,|-]|,? +| [-@] | ?(?=[上下凌清早中晚午오])){_PERIOD}{_UNPADDED_CLOCK}"
    ),
    _compile_form(
        rf"(?<![\d.])(?P<Y>{_YEAR})(?P<sep>[-_.])(?P<M>\d\d)(?P=sep)(?P<D>\d\d)[T_ -]"
        r"(?P<h>[01]\d|2[0-3])(?P<colon>[-_.])(?P<m>[0-5]\d)(?P=colon)(?P<s>[0-5]\d)(?!\d)"
        r"(?:\.(?P<f>\d{3,9}))?(?!\.\d)"
    ),
    _compile_form(
        rf"(?:(?P<Y>{_YEAR}) ?[年년] ?)?(?P<M>\d\d?) ?[月월] ?(?P<D>\d\d?) ?[日号일]?[ ,]*"
        rf"(?:[(（]?[월화수목금토일](?:요일)?[)）]? )?"
        rf"(?:(?:星期|周|[(（])[一二三四五六日天月火水木金土][)）]? ?)?{_PERIOD}{_SHORT_CLOCK}"
    ),
    _compile_form(
        rf"(?:(?P<Y>{_YEAR}) ?[年년] ?)?(?P<M>\d\d?) ?[月월] ?(?P<D>\d\d?) ?[日号일]? ?{_PERIOD}"
        r"(?P<h>\d\d?) ?[时点時시] ?(?P<m>\d\d?) ?[分분](?: ?(?P<s>\d\d?) ?[秒초])?"
    ),
    _compile_form(
        rf"(?<![\d.])(?P<Y>{_YEAR})(?P<sep>[-/._])(?P<M>\d\d)(?P=sep)(?P<D>\d\d)[T_ -]"
        r"(?P<h>[01]?\d|2[0-3])h(?P<m>[0-5]\d)m(?:(?P<s>[0-5]\d)s)?(?![\w])"
    ),
    _compile_form(  # ISO 8601, 4.1.4
        rf"(?<![\d.])(?P<Y>{_YEAR})-?W(?P<W>[0-5]\d)-?(?P<N>[1-7])[T ]"
        rf"(?P<h>[01]\d|2[0-3]):?(?P<m>[0-5]\d):?(?P<s>[0-5]\d|60){_FRACTION}{_ZONE}"
    ),
    _compile_form(
        rf"\"date\"\s?:\s?\"(?P<Y>{_YEAR})(?P<sep>[-/.])(?P<M>\d\d)(?P=sep)(?P<D>\d\d)\",\s?"
        rf"\"time\"\s?:\s?\"{_CLOCK}"
    ),
    _compile_form(  # google.protobuf.Timestamp
        r"(?i:\"(?:timestamp|time|ts)\"\s?:\s?\{\s?\"seconds\"\s?:\s?\"?)(?P<e>1\d{9})(?!\d)"
    ),
    _compile_form(
        rf"(?:(?<=[IWEFDCV])(?<![A-Za-z\d][IWEFDCV])|(?<=\[[IWEFDCV] ))(?P<Y>20\d\d)?(?P<M>0?[1-9]|1[0-2])"
        rf"(?P<D>0[1-9]|[12]\d|3[01]) (?P<h>[01]\d|2[0-3]):(?P<m>[0-5]\d):(?P<s>[0-5]\d|60){_FRACTION}"
    ),
    _compile_form(
        r"(?<![\d.])(?<=[\[(])(?P<e>1\d{9})\.(?P<f>\d{1,9})(?=[\])]|, \{)"
        r"|^(?P<e2>1\d{9})\.(?P<f2>\d{1,9})(?![\d.])"
    ),
    _compile_form(rf"(?<=\[)(?P<M>0[1-9]|1[0-2])(?P<D>0[1-9]|[12]\d|3[01]) {_SECONDS}(?= @)"),  # Tensorpack
    _compile_form(
        rf"^(?P<M>0[1-9]|1[0-2])(?P<D>0[1-9]|[12]\d|3[01]) {_SECONDS}\.(?P<f>\d{{6}})(?= +\d+ [\w.]+:\d+\])"
    ),  # glog of Triton's stub, without a letter
    _compile_form(r"^(?P<e>1\.\d{7,16}e\+09)(?=\s)"),  # zap, the logger of Kubernetes' operators
    _compile_form(
        r"(?<=[\[(])(?P<e>1\d{9})(?=[\])])|^\W{0,3}(?P<e2>1\d{9}|1\d{12}|1\d{15}|1\d{18})(?![\d.]|, ?\d)",
        bare=True,
    ),
    _compile_form(
        r"(?:^|(?<=[\s:]))[IWEF]0000 00:00:(?P<e>1\d{9})\.(?P<f>\d{1,9}) "
    ),  # Abseil, before it is set up
    _compile_form(
        r"(?i:(?<!\w)(?:ts|time|timestamp|time_ms|timeUnixNano|__REALTIME_TIMESTAMP|epoch)\"?\s?[=:]\s?\"?)"
        r"(?P<e>1\d{9}(?:\d{3}|\d{6}|\d{9})?)(?:\.(?P<f>\d{1,9}))?(?![\d.])"
    ),
    _compile_form(
        rf"(?<!\d){_WEEKDAY}(?P<D>\d\d?)(?:st|nd|rd|th|\.)?(?: de |[ /.-])?{_MONTH}"
        rf"(?: de |[ /.-])?(?P<Y>{_YEAR}|\d\d)(?:::?|T|,? +(?:(?:um|at|om|à) )?){_CLOCK}"
    ),
    _compile_form(  # a clock with points: Oracle's, and that of some locales
        rf"(?<![\d.])(?P<D>\d\d?)[ .-]{_MONTH}[ .-](?P<Y>{_YEAR}|\d\d),? +{_POINTED_CLOCK}"
    ),
    _compile_form(
        rf"(?<![\d./-])(?P<a>\d\d?)(?P<sep>[-/.])(?P<b>\d\d?)(?P=sep)(?P<c>{_YEAR}),? +{_POINTED_CLOCK}"
    ),
    _compile_form(rf"(?<!\d)(?P<Y>{_YEAR})[ /.-]?{_MONTH}[ /.-]?(?P<D>\d\d?)(?:[:T_]|,? +){_CLOCK}"),
    _compile_form(rf"(?<![A-Za-z]){_MONTH}[/-](?P<D>\d\d?)[/-](?P<Y>{_YEAR}|\d\d)(?:[:T_]|,? +){_CLOCK}"),
    _compile_form(
        rf"(?<![\d:]){_WEEKDAY}(?P<D>\d\d?)\.? {_MONTH} {_CLOCK}(?: (?:[A-Z]{{3,4}} )?(?P<Y>{_YEAR})(?!\d))?"
    ),
    _compile_form(
        rf"(?<![A-Za-z]){_WEEKDAY}{_MONTH}\.? +(?P<D>\d\d?)(?:st|nd|rd|th)?"
        rf"(?:(?:,| ) *(?P<Y>{_YEAR}),?)?(?: at| @)? +{_CLOCK}"
        rf"(?: (?:[A-Z]{{3,4}} )?(?P<Y2>{_YEAR})(?!\d))?"
    ),
    _compile_form(rf"(?<![A-Za-z]){_ENGLISH_MONTH}[-/](?P<D>0?[1-9]|[12]\d|3[01])(?:[T_:]|,? +){_CLOCK}"),
    _compile_form(rf"(?<![\d./:-])(?P<D>0?[1-9]|[12]\d|3[01])[-/]{_ENGLISH_MONTH}(?:[T_:]|,? +){_CLOCK}"),
    _compile_form(
        rf"(?<![\d.])(?P<Y>{_YEAR})-(?P<J>[0-3]\d\d)[T_ ]{_SECONDS}{_FRACTION}{_ZONE}"
    ),  # ISO 8601, 4.1.3
    _compile_form(
        rf"(?<![\d./-])(?<!\d:)(?P<a>\d\d?)(?P<sep>[-/.])(?P<b>\d\d?)(?P=sep)(?P<c>{_YEAR}|\d\d)"
        r"(?:[T_:-]|,? +)"
        rf"{_PERIOD}{_SHORT_CLOCK}"
    ),
    _compile_form(  # after a colon only where a level is in front of it
        rf"{_NOT_COUNTED}(?<![\d./-])(?<![^A-Z]:)(?<!^:)(?<!-W)(?P<a>\d\d?)(?P<sep>[-/])(?P<b>\d\d?)"
        rf"(?:[T_]| +){_CLOCK}"
    ),
    _compile_form(
        r"(?<![\d.])(?P<Y>20\d\d)(?P<M>0[1-9]|1[0-2])(?P<D>0[1-9]|[12]\d|3[01])[T _-]?"
        rf"(?P<h>[01]\d|2[0-3]):?(?P<m>[0-5]\d):?(?P<s>[0-5]\d){_FRACTION}{_ZONE}(?!\d)"
    ),
    _compile_form(
        rf"(?<![\d.])(?P<Y>[2-4]\d)(?P<M>0[1-9]|1[0-2])(?P<D>0[1-9]|[12]\d|3[01])(?:[T_-]| +)"
        rf"{_SECONDS}{_FRACTION}"
    ),
    _compile_form(
        r"^\W{0,3}(?P<Y>20\d\d)(?P<M>0[1-9]|1[0-2])(?P<D>0[1-9]|[12]\d|3[01])"
        r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?P<s>[0-5]\d)(?P<f>\d{3})(?!\d)",
        bare=True,
    ),
    _compile_form(
        r"^\W{0,3}(?P<Y>[2-4]\d)(?P<M>0[1-9]|1[0-2])(?P<D>0[1-9]|[12]\d|3[01])[_ -]"
        r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?P<s>[0-5]\d)(?![\w.])",
        bare=True,
    ),
    _compile_form(rf"{_CLOCK_FIRST}(?P<Y>{_YEAR})(?P<sep>[-/.])(?P<M>\d\d?)(?P=sep)(?P<D>\d\d?){_DATE_END}"),
    _compile_form(rf"{_CLOCK_FIRST}(?P<a>\d\d?)(?P<sep>[-/.])(?P<b>\d\d?)(?P=sep)(?P<c>{_YEAR}){_DATE_END}"),
    _compile_form(rf"{_CLOCK_FIRST}(?P<D>\d\d?)\.?[ -]{_MONTH},?[ -](?P<Y>{_YEAR}){_DATE_END}"),
    _compile_form(rf"{_LEADING_CLOCK}(?=[\]\s,;|)]|$)"),
    _compile_form(
        rf"{_BEFORE_CLOCK}(?P<h>0?[1-9]|1[0-2]):(?P<m>[0-5]\d) ?(?P<p>[AaPp])\.?[Mm]\.?(?=[\]\s,;:|)]|$)"
    ),  # a clock without seconds needs its half of the day
)


def compile_time_format(text: str) -> TimeForm:
    """Return the form of a strptime format such as ``%d/%m/%Y %H:%M:%S``.

    Raises ValueError for an unknown or repeated directive, or for a format without a clock or with part of a
    date only.
    """
    for name, longer in _SHORTHANDS.items():
        text = text.replace(f"%{name}", longer)
    pieces, rest = [], text
    while rest:
        if rest[0] == "%":
            directive = _DIRECTIVES.get(rest[1:2])
            if directive is None:
                raise ValueError(f"has no meaning for %{rest[1:2]}")
            pieces.append(directive)
            rest = rest[2:]
        else:
            pieces.append(_LITERALS.get(rest[0]) or re.escape(rest[0]))
            rest = rest[1:]
    try:
        form = TimeForm(re.compile(rf"(?<!\d){''.join(pieces)}(?!\d)"), own=True)
    except re.error:
        raise ValueError("names a part of the time twice") from None
    groups = set(form.pattern.groupindex)
    if not {"h", "e"} & groups:
        raise ValueError("has no hour: %H, %I or %s")
    if {"M", "month"} <= groups:
        raise ValueError("names a part of the time twice")
    of_date = {"month" if group == "M" else group for group in groups & {"Y", "M", "month", "D"}}
    if of_date and not {"month", "D"} <= of_date:
        raise ValueError("has part of a date only: the day (%d) and the month (%m or %b) belong together")
    return form


def resolve(match: re.Match[str], near_ms: float | None, zone: tzinfo | None) -> float | None:
    """Return the time of a match in ms since the epoch, None where it is none.

    ``near_ms`` completes a missing year or date and decides between two orders; ``zone`` applies to a time
    without one (None: the machine's).
    """
    found = match.groupdict()
    try:
        if found.get("e") or found.get("e2"):
            digits = found.get("e") or found["e2"] or "0"
            if digits.endswith("e+09"):
                return float(digits) * 1000
            return int(digits) / 10.0 ** (len(digits) - 13) + _read_fraction_ms(
                found.get("f") or found.get("f2")
            )
        return _compute_calendar_ms(found, near_ms, _find_zone(found.get("z")) or zone)
    except (ValueError, OverflowError, OSError):
        return None


def _compute_calendar_ms(
    found: Mapping[str, str | None], near_ms: float | None, zone: tzinfo | None
) -> float | None:
    minutes, seconds = int(found.get("m") or 0), int(found.get("s") or 0)
    within = (_read_hour(found) * 3600 + minutes * 60 + min(59, seconds)) * 1000.0
    times = []
    for day in _list_days(found, near_ms, zone):
        try:
            times.append(_compute_time_ms(*day, within, zone))
        except ValueError:
            continue
    if not times:
        return None
    best = times[0] if near_ms is None else min(times, key=lambda ms: abs(ms - near_ms))
    return best + _read_fraction_ms(found.get("f"))


def _compute_time_ms(year: int, month: int, day: int, within_ms: float, zone: tzinfo | None) -> float:
    if isinstance(zone, timezone):
        return _compute_midnight_ms(year, month, day, zone) + within_ms
    seconds = int(within_ms // 1000)
    clock = (seconds // 3600, seconds % 3600 // 60, seconds % 60)
    return datetime(year, month, day, *clock, tzinfo=zone).timestamp() * 1000


@lru_cache(maxsize=256)
def _compute_midnight_ms(year: int, month: int, day: int, zone: timezone) -> float:
    return datetime(year, month, day, tzinfo=zone).timestamp() * 1000


def _read_hour(found: Mapping[str, str | None]) -> int:
    hour, half, period = int(found["h"] or 0), (found.get("p") or "").lower(), found.get("cp")
    if half == "a" or period in ("上午", "凌晨", "清晨", "早上", "午前", "오전"):
        return 0 if hour == 12 else hour
    if (half == "p" or period in ("下午", "晚上", "中午", "午後", "오후")) and hour < 12:
        return hour if period == "中午" and hour > 10 else hour + 12
    return hour


def _list_days(
    found: Mapping[str, str | None], near_ms: float | None, zone: tzinfo | None
) -> list[tuple[int, int, int]]:
    """Return the day of a match, or the candidates around ``near_ms`` where it leaves some of it open."""
    if found.get("a"):
        dates = _list_orders(found)
    elif found.get("J"):
        dates = [_compute_date_of_day(int(found["Y"] or 0), int(found["J"] or 0))]
    elif found.get("W"):
        day = date.fromisocalendar(int(found["Y"] or 0), int(found["W"] or 0), int(found["N"] or 0))
        dates = [(day.year, day.month, day.day)]
    elif found.get("D"):
        month = _read_month(found["month"] or "") if found.get("month") else int(found["M"] or 0)
        year = found.get("Y") or found.get("Y2")
        dates = [(_expand_year(year) if year else 0, month, int(found["D"] or 0))]
    else:
        dates = []
    if dates and all(year for year, _, _ in dates):
        return dates
    if near_ms is None:
        return []
    near = datetime.fromtimestamp(near_ms / 1000, zone)
    if not dates:
        around = [near + timedelta(days=by) for by in (0, -1, 1)]
        return [(day.year, day.month, day.day) for day in around]
    return [
        (year, month, day) for _, month, day in dates for year in (near.year, near.year - 1, near.year + 1)
    ]


def _compute_date_of_day(year: int, day: int) -> tuple[int, int, int]:
    """Return the date of a day of a year, from 1. Raises ValueError where the year has no such day."""
    found = date(year, 1, 1) + timedelta(days=day - 1)
    if found.year != year:
        raise ValueError(day)
    return year, found.month, found.day


def _read_month(name: str) -> int:
    return _MONTHS_OF_LOCALES.get(name.lower()) or MONTHS.index(name.title()) + 1


def _list_orders(found: Mapping[str, str | None]) -> list[tuple[int, int, int]]:
    """Return the possible dates of numbers in an unknown order, the likeliest first; year 0 for none."""
    first, second, last = int(found["a"] or 0), int(found["b"] or 0), found.get("c")
    if last is None:
        return [(0, first, second), (0, second, first)]
    month_first = (_expand_year(last), first, second)
    day_first = (_expand_year(last), second, first)
    dates = [month_first, day_first] if found["sep"] == "/" else [day_first, month_first]
    if len(last) == 2:
        dates.insert(0, (_expand_year(found["a"] or ""), second, int(last)))
    return dates


def _expand_year(digits: str) -> int:
    return int(digits) if len(digits) > 2 else 2000 + int(digits)


def _read_fraction_ms(digits: str | None) -> float:
    return float(f"0.{digits.replace('.', '')}") * 1000 if digits else 0.0


@lru_cache(maxsize=64)
def _find_zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    hours_of_name = _ZONES.get(text.upper())
    if hours_of_name is not None:
        return timezone(timedelta(hours=hours_of_name)) if hours_of_name else UTC
    if "/" in text:
        try:
            return load_zone(text)
        except ValueError:
            return None
    offset = text.removeprefix("UTC").removeprefix("GMT")
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes not in (0, 15, 30, 45):
        return None
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(span if offset[0] == "+" else -span)
