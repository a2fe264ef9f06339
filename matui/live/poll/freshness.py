"""The age of the data on the screen and the reason for it, as facts and as text. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    MatuiError,
    NotFoundError,
    NotRecordedError,
    PermissionDeniedError,
    RateLimitedError,
    TimedOutError,
    TlsError,
    UnreachableError,
)

_LIVE_AGE_S = 15.0
_SEPARATOR = " · "
_NO_ANSWER = "asking, no answer yet"
_NOT_ASKED = "waiting for the request budget"

# A subclass stands before its parent.
_ERROR_WORDS: tuple[tuple[type[MatuiError], str], ...] = (
    (RateLimitedError, "429"),
    (AuthenticationError, "not signed in"),
    (PermissionDeniedError, "no permission"),
    (NotFoundError, "not found"),
    (BadAnswerError, "bad answer"),
    (TimedOutError, "timed out"),
    (TlsError, "TLS failed"),
    (UnreachableError, "offline"),
)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the data was fetched, the failure since then, and the next retry (seconds since the epoch).

    ``asked_at`` is when the fetch in flight began, ``started_at`` when the first fetch was due.
    """

    fetched_at: float | None = None
    error: MatuiError | None = None
    retry_at: float | None = None
    paused: bool = False
    asked_at: float | None = field(default=None, compare=False)
    started_at: float | None = field(default=None, compare=False)


def format_freshness(freshness: Freshness, now: float, *, several: bool = False, held: bool = False) -> str:
    """Return at most 60 cells for the status line at ``now`` (seconds since the epoch).

    The text is coarse so that it seldom changes: live data of one kind shows no age, unless its refresh takes
    longer than 15 s; the oldest data of ``several`` kinds shows its age in steps of 15 s, then in minutes,
    hours, days; a retry counts down in steps of 5 s. ``held`` is whether the request budget holds polls back.
    """
    if freshness.paused:
        return _join("paused", _format_age(freshness, now) or "not loaded", _describe_error(freshness.error))
    if isinstance(freshness.error, NotRecordedError):  # a replay asks again by itself; nothing has failed
        return _join(_format_age(freshness, now), "not in the recording")
    if freshness.error is not None:
        return _join(
            _format_age(freshness, now),
            _describe_error(freshness.error),
            _format_retry(freshness, now, held=held),
        )
    reason = _NOT_ASKED if held else _NO_ANSWER
    waiting_s = 0.0 if freshness.asked_at is None else now - freshness.asked_at
    if freshness.fetched_at is None:
        return _join("loading", reason if waiting_s >= _LIVE_AGE_S else "")
    age_s = now - freshness.fetched_at
    if min(age_s, waiting_s) >= _LIVE_AGE_S:
        return _join(_format_age(freshness, now), reason)
    return f"oldest data {_format_duration(age_s)}" if several and age_s >= _LIVE_AGE_S else "live"


def format_data_age(freshness: Freshness, now: float) -> str:
    """Return the age of the data at ``now`` (seconds since the epoch), such as ``5 s``; ``–`` without any."""
    return _format_duration(now - freshness.fetched_at) if freshness.fetched_at is not None else "–"


def _join(*parts: str) -> str:
    return _SEPARATOR.join(part for part in parts if part)


def _format_age(freshness: Freshness, now: float) -> str:
    return f"{_format_duration(now - freshness.fetched_at)} old" if freshness.fetched_at is not None else ""


def _format_duration(seconds: float) -> str:
    whole = max(0, int(seconds))
    if whole < _LIVE_AGE_S:
        return f"{whole // 5 * 5} s"
    if whole < 60:
        return f"{whole // 15 * 15} s"
    if whole < 3600:
        return f"{whole // 60} m"
    return f"{whole // 3600} h" if whole < 86400 * 2 else f"{whole // 86400} d"


def _describe_error(error: MatuiError | None) -> str:
    if error is None:
        return ""
    for kind, word in _ERROR_WORDS:
        if isinstance(error, kind):
            return word
    if isinstance(error, CloudError):
        return str(error.status) if error.status else error.code[:20] or "refused"
    return "failed"


def _format_retry(freshness: Freshness, now: float, *, held: bool) -> str:
    if freshness.retry_at is None:
        return ""
    left = freshness.retry_at - now
    if left <= 0:
        return _NOT_ASKED if held else "retrying"
    if left > 120:
        return f"retry in {-(-int(left) // 60)} m"
    return f"retry in {-(-left // 5) * 5:.0f} s"
