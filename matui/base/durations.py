"""Parse durations such as ``1h30m``."""

from __future__ import annotations

import re

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


def parse_duration(text: str) -> float:
    """Return the seconds of ``90``, ``90s``, ``1h30m``, ``1.5 hours``, ``2d`` or ``00:15:00``.

    Raises ValueError for anything else.
    """
    typed = text.strip().lower()
    if ":" in typed:
        return _from_clock(typed)
    total, at = 0.0, 0
    while at < len(typed):
        part = _PART.match(typed, at)
        if part is None:
            raise ValueError(f"{text!r} is not a duration such as 90s, 15m, 1h30m or 2d")
        total += float(part[1]) * _seconds(part[2], text)
        at = part.end()
    if not typed:
        raise ValueError("a duration is missing, such as 90s, 15m, 1h30m or 2d")
    return total


def _seconds(unit: str, text: str) -> float:
    singular = unit.removesuffix("s") or unit
    found = _UNITS.get(_WORDS.get(singular, unit or "s"))
    if found is None:
        raise ValueError(f"{text!r} has the unit {unit!r}; known are s, m, h, d and w")
    return found


def _from_clock(text: str) -> float:
    parts = text.split(":")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        raise ValueError(f"{text!r} is not a duration such as 00:15:00 or 15m")
    hours, minutes, seconds = (0, *map(int, parts))[-3:] if len(parts) == 2 else map(int, parts)
    return hours * 3600.0 + minutes * 60 + seconds
