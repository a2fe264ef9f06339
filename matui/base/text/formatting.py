"""Format durations, ages, times, counts and sizes for people, and parse durations such as ``1h30m``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from math import isfinite, isinf

_BYTES = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40}
_SIGNS = {"percent": "%"}
_SHORTEST_WORD = 3
_PLURALS = ("cores", "GPUs")  # units that are given in the plural
_AGE_UNITS = ((120, 1, "s"), (7200, 60, "m"), (172_800, 3600, "h"), (86_400_000, 86_400, "d"))
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_WORDS = {
    "sec": "s",
    "second": "s",
    "min": "m",
    "minute": "m",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "week": "w",
}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(?![\d.])\s*([a-z]*)\s*", re.ASCII)


def end_sentence(words: str) -> str:
    """Return words with a full stop, unless a mark ends them."""
    return words if words.endswith((".", "?", "!")) else f"{words}."


def format_duration(seconds: float) -> str:
    """Return a span in at most two units, as wide as seven cells: ``45s``, ``4m32s``, ``3h12m``, ``2d5h``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 600:
        return f"{whole // 60}m{whole % 60:02d}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    days = whole // 86400
    if days < 100:
        return f"{days}d{whole % 86400 // 3600}h"
    return f"{days}d" if days < 3650 else f"{days // 365}y"


def format_count(number: float) -> str:
    """Return a count in at most five cells: ``999``, ``12.3k``, ``4.0M``."""
    for limit, unit in ((1e3, ""), (1e6, "k"), (1e9, "M"), (1e12, "G")):
        if abs(number) < limit:
            scaled = number / (limit / 1e3)
            return f"{scaled:.0f}" if not unit else f"{scaled:.1f}{unit}"
    return f"{number:.1e}"


def pluralize(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 line``, ``1,200 lines``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def choose_have(noun: str) -> str:
    """Return ``have`` after a plural, ``has`` after a singular: ``jobs have``, ``maintenance has``."""
    return "have" if noun.endswith("s") else "has"


def format_bytes(count: float) -> str:
    """Return a size in bytes with a binary unit: ``512 B``, ``1.5 KiB``, ``3.2 GiB``."""
    for limit, unit in ((1024.0, "B"), (1024.0**2, "KiB"), (1024.0**3, "MiB"), (1024.0**4, "GiB")):
        if abs(count) < limit:
            scaled = count / (limit / 1024.0)
            return f"{scaled:.0f} B" if unit == "B" else f"{scaled:.1f} {unit}"
    return f"{count / 1024.0**4:.1f} TiB"


def format_figure(value: float | None) -> str:
    """Return a number without its unit; ``–`` for None, ``unlimited`` for infinity."""
    if value is None:
        return "–"
    if isinf(value):
        return "unlimited"
    return f"{value:.4g}" if abs(value) < 10_000 else format_count(value)


def format_unit(unit: str) -> str:
    """Return a unit with its sign where it has one: ``%`` for ``Percent``."""
    return _SIGNS.get(unit.casefold(), unit)


def join_unit(figure: str, unit: str) -> str:
    """Return a figure with its unit: ``3 cores``; a percent sign has no space, as in ``94%``."""
    return f"{figure}%" if unit == "%" else f"{figure} {unit}".rstrip()


def format_amount(value: float | None, unit: str) -> str:
    """Return a number with its unit; memory in the unit that fits: ``4.0 TiB``, not ``4.2M MB``."""
    size = _BYTES.get(unit.casefold())
    if size is not None and value is not None and isfinite(value):
        return format_bytes(value * size)
    unit = format_unit(unit)
    if value == 1 and unit in _PLURALS:
        unit = unit.removesuffix("s")
    is_word = unit.isascii() and unit.islower() and unit.isalpha() and len(unit) >= _SHORTEST_WORD
    several = "s" if is_word and value != 1 and not unit.endswith("s") else ""
    return join_unit(format_figure(value), f"{unit}{several}")


def format_percent(percent: float | None, decimals: int = 0) -> str:
    """Return a share in percent, as filters take it: ``94%``; ``–`` for None."""
    return "–" if percent is None else join_unit(f"{percent:.{decimals}f}", "%")


def format_share(used: float | None, total: float | None, unit: str) -> str:
    """Return how much of a total: ``3 of 8 GPUs``, ``3.9 TiB of 4.0 TiB``; ``unlimited GPUs`` alone."""
    if used is None and total is not None and isinf(total):
        return format_amount(total, unit)
    part = format_amount(used, unit) if unit.casefold() in _BYTES else format_figure(used)
    return f"{part} of {format_amount(total, unit)}"


def to_datetime(ms: float) -> datetime | None:
    """Return the UTC time of ``ms`` since the epoch, or None where no calendar can hold it."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def format_iso_utc(ms: float | None) -> str | None:
    """Return ``ms`` since the epoch as ISO 8601 UTC (``2020-07-16T08:22:29Z``), or None."""
    at = to_datetime(ms) if ms is not None else None
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def format_age(seconds: float) -> str:
    """Return an age in one unit, so that it changes rarely: ``45s``, ``12m``, ``119m``, ``30h``, ``12d``."""
    whole = max(0, int(seconds))
    for limit, unit, letter in _AGE_UNITS:
        if whole < limit:
            return f"{whole // unit}{letter}"
    return f"{whole // 31_557_600}y"


def format_local_time(ms: float | None, zone: tzinfo | None = None) -> str:
    """Return ``ms`` since the epoch in ``zone`` (default: the machine's) with the zone's name, or ``–``."""
    at = to_datetime(ms) if ms is not None else None
    if at is None:
        return "–"
    try:
        local = at.astimezone(zone)
        return f"{local:%Y-%m-%d %H:%M:%S} {_format_zone(local)}"
    except (ValueError, OverflowError):
        return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def format_short_time(ms: float | None, now_ms: float, zone: tzinfo | None = None) -> str:
    """Return a time in five cells: the hour and minute of today, else month and day; ``–`` for none."""
    when, today = format_local_time(ms, zone), format_local_time(now_ms, zone)
    return when[11:16] if when[:10] == today[:10] else when[5:10] or when


def _format_zone(at: datetime) -> str:
    """Return the abbreviation of a time's zone, where it has none (a ``TZ`` that is unknown) the offset."""
    return at.tzname() or (at.strftime("%z") if at.utcoffset() else "UTC")


def add_zone_to_title(title: str, width: int, zone: tzinfo | None = None) -> str:
    """Return the title of a column of times with their zone (default: the machine's), where it fits.

    For example ``WHEN CST``.
    """
    named = f"{title} {_format_zone(datetime.now().astimezone(zone))}"
    return named if len(named) <= width else title


def format_bar(percent: float | None, width: int = 20) -> str:
    """Return a bar of ``width`` cells filled to ``percent``, readable without colour and in ASCII."""
    if percent is None:
        return " " * width
    filled = round(width * min(100.0, max(0.0, percent)) / 100)
    return "#" * filled + "." * (width - filled)


def parse_duration(text: str) -> float:
    """Return the seconds of ``90``, ``90s``, ``1h30m``, ``1.5 hours``, ``2d`` or ``00:15:00``.

    Raises ValueError for anything else.
    """
    typed = text.strip().lower()
    if ":" in typed:
        return _parse_clock(typed)
    total, at = 0.0, 0
    while at < len(typed):
        part = _PART.match(typed, at)
        if part is None:
            raise ValueError(f"{text!r} is not a duration such as 90s, 15m, 1h30m or 2d")
        total += float(part[1]) * _count_seconds(part[2], text)
        at = part.end()
    if not typed:
        raise ValueError("a duration is missing, such as 90s, 15m, 1h30m or 2d")
    return total


def _count_seconds(unit: str, text: str) -> float:
    singular = unit.removesuffix("s") or unit
    found = _UNITS.get(_WORDS.get(singular, unit or "s"))
    if found is None:
        raise ValueError(f"{text!r} has the unit {unit!r}; known are s, m, h, d and w")
    return found


def _parse_clock(text: str) -> float:
    parts = text.split(":")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        raise ValueError(f"{text!r} is not a duration such as 00:15:00 or 15m")
    hours, minutes, seconds = (0, *map(int, parts))[-3:] if len(parts) == 2 else map(int, parts)
    return hours * 3600.0 + minutes * 60 + seconds
