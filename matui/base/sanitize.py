"""Text that is safe to show, and numbers, sizes and times as people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

_BIDI_AND_INVISIBLE = "\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
# Compiled when first met, which on most screens is never: that takes longer than all the rest of this module.
_UNSAFE = f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_BIDI_AND_INVISIBLE}]"
_WIDTHLESS = f"[\x00-\x1f\x7f-\x9f{_BIDI_AND_INVISIBLE}]"


def clean(text: str) -> str:
    """Return ``text`` on one line with every control, bidi, invisible and surrogate character made visible.

    Nothing is dropped, so two names that differ still differ: ESC becomes ``␛``, a newline ``␊``,
    U+202E ``<202e>``.
    """
    if text.isprintable():
        return text
    return re.sub(_UNSAFE, _visible, text)


# What a terminal draws as nothing, or as a space that is none: Default_Ignorable_Code_Point, and blanks.
_DECEPTIVE = (
    "[\u00a0\u00ad\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200d\u202f\u205f\u2800\u3000\u3164"
    "\ufe00-\ufe0f\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

_LOST_SPACES = r"^ +| +$| {2,}"


def make_visible(text: str) -> str:
    """Return ``clean(text)`` with everything else made visible that could pass for nothing or for a space.

    For names that an action will hit: two that differ look different. Spaces at an end or in a row are ``␠``.
    """
    shown = re.sub(_LOST_SPACES, lambda spaces: "\u2420" * len(spaces.group()), clean(text))
    return shown if shown.isascii() else re.sub(_DECEPTIVE, _visible, shown)


def strip_controls(text: str) -> str:
    """Return ``text`` in as many cells, with every character that could move a terminal gone or U+FFFD.

    The last net under :func:`clean`, for what is about to be written: the same characters, made invisible.
    """
    return text if text.isprintable() else re.sub(_UNSAFE, _of_same_width, text)


def _of_same_width(match: re.Match[str]) -> str:
    return "" if re.match(_WIDTHLESS, match.group()) else "\ufffd"


_COLOUR = re.compile("(\x1b\\[[0-9;:]*m)")


def clean_log_line(text: str, *, colours: bool = False) -> str:
    """Return a log line that is safe to show: tabs kept, a progress bar (``\\r``) in its last state.

    With ``colours`` the escapes that colour text stay, closed at the end; other controls become visible.
    """
    if text.isprintable():
        return text
    last = next((part for part in reversed(text.split("\r")) if part), "")
    if not colours:
        return _clean_but_tabs(_COLOUR.sub("", last))
    parts = _COLOUR.split(last)
    parts[::2] = map(_clean_but_tabs, parts[::2])
    return "".join(parts) + ("\x1b[0m" if len(parts) > 1 else "")


def _clean_but_tabs(text: str) -> str:
    return "\t".join(map(clean, text.split("\t")))


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<{code:02x}>" if code < 0x100 else f"<{code:04x}>"


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


def format_bytes(count: float) -> str:
    """Return a size in bytes with a binary unit: ``512 B``, ``1.5 KiB``, ``3.2 GiB``."""
    for limit, unit in ((1024.0, "B"), (1024.0**2, "KiB"), (1024.0**3, "MiB"), (1024.0**4, "GiB")):
        if abs(count) < limit:
            scaled = count / (limit / 1024.0)
            return f"{scaled:.0f} B" if unit == "B" else f"{scaled:.1f} {unit}"
    return f"{count / 1024.0**4:.1f} TiB"


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


_AGE_UNITS = ((120, 1, "s"), (7200, 60, "m"), (172_800, 3600, "h"), (86_400_000, 86_400, "d"))


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
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError):
        return at.strftime("%Y-%m-%d %H:%M:%S UTC")
