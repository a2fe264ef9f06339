"""What the server's clock says: its difference from ours, and how long it asks us to wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan

from matui.base.backoff import LONGEST_RETRY_AFTER_S

_LONGEST_EXCHANGE_S = 90.0


def http_date(text: str) -> float | None:
    """Return an HTTP date as seconds since the epoch, or None when it is none."""
    try:
        moment = parsedate_to_datetime(text[:64])
    except (ValueError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def iso_date(text: str) -> float | None:
    """Return an ISO 8601 time (UTC where no zone is given) as seconds since the epoch, or None."""
    try:
        moment = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def clock_offset_s(headers: Mapping[str, str], sent_at: float, received_at: float) -> float | None:
    """Return the server's clock minus ours in seconds, exact to about one second; None without a date.

    Nothing is measured by an exchange during which this machine stood still.
    """
    server = http_date(headers.get("date", ""))
    if server is None or not 0 <= received_at - sent_at <= _LONGEST_EXCHANGE_S:
        return None
    return server + 0.5 - (sent_at + received_at) / 2


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return ``Retry-After`` in seconds, at most an hour; a date is taken from the server's own clock."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        wait = float(text)
    except ValueError:
        return _until(text, headers)
    return min(max(0.0, wait), LONGEST_RETRY_AFTER_S) if not isnan(wait) else None


def _until(text: str, headers: Mapping[str, str]) -> float | None:
    at, now = http_date(text), http_date(headers.get("date", ""))
    return None if at is None or now is None else min(max(0.0, at - now), LONGEST_RETRY_AFTER_S)
