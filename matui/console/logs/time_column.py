"""Format times for the column in front of the lines of a log. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo

TIME_WIDTH = 18
_DAY_MS = 86_400_000


def format_time(ms: float, zone: tzinfo | None) -> str:
    """Return a time as wide as the column, ``07-16 08:22:29.123``, in ``zone`` (None: the machine's own)."""
    try:
        at = datetime.fromtimestamp(ms / 1000, zone)
    except (ValueError, OverflowError, OSError):
        return " " * TIME_WIDTH
    return f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def format_span(ms: float) -> str:
    """Return a span as wide as the column: ``+2d03:12:44.123``, right-aligned."""
    whole = round(abs(ms))
    days, rest = divmod(whole, _DAY_MS)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    sign = "-" if ms < 0 else "+"
    text = f"{sign}{f'{days}d' if days else ''}{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{text[:TIME_WIDTH]:>{TIME_WIDTH}}"
