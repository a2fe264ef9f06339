"""OpenSearch's times, said to be milliseconds and now and then seconds."""

from __future__ import annotations

from typing import Any

from matui.clouds.lenient import to_number

_LEAST_MS = 10**11  # March 1973; as seconds it would be the year 5138
_LEAST_S = 10**8  # the same date in seconds


def moment_ms(value: Any) -> int | None:
    """Return ms since the epoch from ms or seconds; None for 0 and for what is neither, such as 100010."""
    number = to_number(value)
    if number is None or number < _LEAST_S:
        return None
    return int(number) if number >= _LEAST_MS else int(number * 1000)


def span_ms(start: Any, end: Any) -> int | None:
    """Return the ms between two raw times, which hold even where the times themselves make no sense."""
    began, ended = to_number(start), to_number(end)
    if began is None or ended is None or began <= 0 or ended < began:
        return None
    in_seconds = _LEAST_S <= began < _LEAST_MS
    return int((ended - began) * (1000 if in_seconds else 1))
