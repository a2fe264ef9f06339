"""What ``matui logs`` is to print, put into what the reader of logs understands."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from matui.config.settings import Settings
from matui.errors import MatuiError, UsageError
from matui.live.log_sieve import Wish
from matui.live.log_spill import Spill
from matui.live.log_when import moment_ms
from matui.patterns import compiled


def log_zone(settings: Settings) -> tzinfo | None:
    """Return the zone of times in logs that name none; None for the machine's own."""
    name = settings.logs.zone
    if name.lower() == "local":
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def wish_of(
    grep: str | None, since: str | None, until: str | None, *, now_ms: float, zone: tzinfo | None
) -> Wish:
    """Return what was asked for. Raises UsageError that names the option and what would be right."""
    try:
        pattern = compiled(grep) if grep else None
    except ValueError as wrong:
        raise UsageError(f"--grep: {wrong}.") from wrong
    return Wish(pattern, _moment("--since", since, now_ms, zone), _moment("--until", until, now_ms, zone))


def _moment(option: str, text: str | None, now_ms: float, zone: tzinfo | None) -> float | None:
    if text is None:
        return None
    try:
        return moment_ms(text, last_ms=now_ms, zone=zone)
    except ValueError as wrong:
        raise UsageError(f"{option} {text} is {wrong}.") from wrong


def spill_folder() -> Spill | None:
    """Return where pages wait while a log is read from its end; None where there is no folder for them."""
    from matui.config.paths import cache_dir

    try:
        return Spill(cache_dir() / "logs")
    except MatuiError:
        return None
