"""Translates the options of ``matui logs`` into what the log readers take."""

from __future__ import annotations

from datetime import tzinfo

from matui.base.errors import UsageError
from matui.base.moments import parse_moment
from matui.base.text.regex import compile_user_regex
from matui.cli.options import refuse_bare_number
from matui.config.settings import Settings
from matui.live.logs.line_filter import LineQuery


def find_log_zone(settings: Settings) -> tzinfo | None:
    """Return the zone of times in logs that have none; None for the zone of this machine."""
    return settings.logs.find_zone()


def build_query(
    grep: str | None, since: str | None, until: str | None, *, now_ms: float, zone: tzinfo | None
) -> LineQuery:
    """Return the query of the options. Raises UsageError that names the option and the accepted forms."""
    try:
        pattern = compile_user_regex(grep) if grep else None
    except ValueError as wrong:
        raise UsageError(
            f"--grep: {wrong}.",
            remedy="Write a simpler one; a sign that stands for itself needs a backslash: \\( or \\[.",
        ) from wrong
    first, last = _parse_bound("--since", since, now_ms, zone), _parse_bound("--until", until, now_ms, zone)
    if first is not None and last is not None and first > last:
        raise UsageError(
            f"--since {since} is after --until {until}: no line can be in between.",
            remedy="Name an earlier --since or a later --until.",
        )
    return LineQuery(pattern, first, last)


def _parse_bound(option: str, text: str | None, now_ms: float, zone: tzinfo | None) -> float | None:
    if text is None:
        return None
    refuse_bare_number(option, text)
    try:
        return parse_moment(text, last_ms=now_ms, zone=zone)
    except ValueError as wrong:
        raise UsageError(f"{option} {text} is {wrong}.") from wrong
