"""Qianfan's times and percentages: zones left out, dates of zeros, numbers with a sign behind them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from matui.clouds.lenient import to_number, to_whole

BEIJING = timezone(timedelta(hours=8))


def moment_ms(value: Any) -> int | None:
    """Return ms since the epoch; a time without a zone is Beijing's. None for ``0000-00-00`` and the rest."""
    whole = to_whole(value)
    if whole is not None:
        return (whole * 1000 if whole < 10**11 else whole) if whole > 0 else None
    if not isinstance(value, str) or value.strip().startswith("0000"):
        return None
    try:
        at = datetime.fromisoformat(value.strip()[:40])
        zoned = at if at.tzinfo else at.replace(tzinfo=BEIJING)
        return int(zoned.timestamp() * 1000) or None
    except (ValueError, OverflowError):
        return None


def percent(value: Any) -> int | float | None:
    """Return a percentage from ``51%``, ``"51"`` or 51; None for anything else."""
    return to_number(value.strip().removesuffix("%") if isinstance(value, str) else value)
