"""Times that are seconds or milliseconds, numbers or texts."""

from __future__ import annotations

from matui.clouds.lenient import to_millis

_SECONDS_END = 100_000_000_000  # as ms this is 1973: nothing of this cloud is older


def moment(told: object) -> int | None:
    """Return ms since the epoch from ms, seconds or ISO 8601; None for anything else."""
    ms = to_millis(told)
    return ms * 1000 if ms is not None and ms < _SECONDS_END else ms
