"""Read the zone of a typed time: ``UTC+8``, ``JST``, ``Asia/Shanghai``; name the ambiguous ones."""

from __future__ import annotations

import re
import time
from datetime import UTC, timedelta, timezone, tzinfo

# Hours east of UTC of abbreviations that one zone has.
_HOURS = {
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "cet": 1,
    "west": 1,
    "cest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "jst": 9,
    "kst": 9,
    "hkt": 8,
    "sgt": 8,
    "wib": 7,
    "aest": 10,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
    "est": -5,
    "edt": -4,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_AMBIGUOUS = {
    "cst": "+08:00 in China and -06:00 in America",
    "ist": "+05:30 in India, +02:00 in Israel and +01:00 in Ireland",
    "bst": "+01:00 in Britain and +06:00 in Bangladesh",
    "ast": "-04:00 in America and +03:00 in Arabia",
    "gst": "+04:00 at the Gulf and -02:00 in Georgia",
    "sst": "-11:00 in Samoa and +08:00 in Singapore",
}
_LONGEST_OFFSET = timedelta(hours=14)
_OFFSET = re.compile(r"\s*\b(?:utc|gmt)\s*([+-])(\d{1,2})(?::?([0-5]\d))?(?![\d:])", re.IGNORECASE)
_NO_OFFSET = re.compile(
    r"(?:utc|gmt|(?<=\d))\s*[+-](?:(?:1[5-9]|[2-9]\d):\d\d|\d\d?:[6-9]\d)$", re.IGNORECASE
)
_NAME = re.compile(
    rf"(?<![a-z/])(?<=[\d\s])\s*({'|'.join((*_HOURS, *_AMBIGUOUS))})(?![a-z/+-])", re.IGNORECASE
)
_PLACE = re.compile(r"(?<=[\d\s])([A-Za-z]{3,}(?:/[A-Za-z_+-]+){1,2})(?=\s|$)")


def take_zone(text: str) -> tuple[str, tzinfo | None]:
    """Return a typed time without the zone that it names, and the zone, None for none.

    An offset alone, such as ``+08:00``, stays. Of the zones that share a name, that of this machine is meant
    (None: matui writes times so). Raises ValueError for other shared names, and for unknown ones.
    """
    if match := _OFFSET.search(text):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if offset > _LONGEST_OFFSET:
            raise ValueError(f"not a time: there is no zone {match[0].strip()}; offsets go to 14:00")
        return _remove_match(text, match), timezone(offset if match[1] == "+" else -offset)
    if match := _NO_OFFSET.search(text):
        raise ValueError(f"not a time: there is no zone {match[0].strip()}; offsets go to 14:00")
    if match := _NAME.search(text):
        name = match[1].casefold()
        if name in _AMBIGUOUS and name in (own.casefold() for own in time.tzname):
            return _remove_match(text, match), None
        if name in _AMBIGUOUS:
            raise ValueError(
                f"ambiguous: {match[1].upper()} is {_AMBIGUOUS[name]}; write an offset, such as 14:00+08:00"
            )
        return _remove_match(text, match), timezone(timedelta(hours=_HOURS[name])) if _HOURS[name] else UTC
    if match := _PLACE.search(text):
        return _remove_match(text, match), load_zone(match[1])
    return text, None


def _remove_match(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}".strip()


def load_zone(place: str) -> tzinfo:
    """Return the zone of a place, such as ``Asia/Shanghai``. Raises ValueError for an unknown one."""
    from zoneinfo import ZoneInfo

    for name in (place, place.title(), place.upper()):
        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            continue
    raise ValueError(f"not a time: there is no zone {place!r}; write an offset, such as 14:00+08:00")
