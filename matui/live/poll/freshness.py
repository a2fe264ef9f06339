"""How old what is shown is, and why: the facts and the words for them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    MatuiError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    TimedOutError,
    TlsError,
    UnreachableError,
)

_LIVE_S = 15.0
_SEPARATOR = " · "

# The most telling word first: a subclass stands before its parent.
_WORDS: tuple[tuple[type[MatuiError], str], ...] = (
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
    """When the data came, what went wrong since, and when it is tried again (seconds since the epoch)."""

    fetched_at: float | None = None
    error: MatuiError | None = None
    retry_at: float | None = None
    paused: bool = False


def freshness_text(freshness: Freshness, now: float, *, several: bool = False) -> str:
    """Return at most 60 cells for the status line at ``now`` (seconds since the epoch).

    Coarse on purpose, so that it seldom changes: live data of one kind shows no age, the oldest data of
    ``several`` kinds one in steps of 15 s, then minutes, hours, days; a retry counts down in steps of 5 s.
    """
    if freshness.paused:
        return _joined("paused", _age(freshness, now) or "not loaded", _trouble(freshness.error))
    if freshness.error is not None:
        return _joined(_age(freshness, now), _trouble(freshness.error), _retry(freshness.retry_at, now))
    if freshness.fetched_at is None:
        return "loading"
    age_s = now - freshness.fetched_at
    return f"oldest data {_span(age_s)}" if several and age_s >= _LIVE_S else "live"


def _joined(*parts: str) -> str:
    return _SEPARATOR.join(part for part in parts if part)


def _age(freshness: Freshness, now: float) -> str:
    return f"{_span(now - freshness.fetched_at)} old" if freshness.fetched_at is not None else ""


def _span(seconds: float) -> str:
    whole = max(0, int(seconds))
    if whole < _LIVE_S:
        return f"{whole // 5 * 5} s"
    if whole < 60:
        return f"{whole // 15 * 15} s"
    if whole < 3600:
        return f"{whole // 60} m"
    return f"{whole // 3600} h" if whole < 86400 * 2 else f"{whole // 86400} d"


def _trouble(error: MatuiError | None) -> str:
    if error is None:
        return ""
    for kind, word in _WORDS:
        if isinstance(error, kind):
            return word
    if isinstance(error, CloudError):
        return str(error.status) if error.status else error.code[:20] or "refused"
    return "failed"


def _retry(retry_at: float | None, now: float) -> str:
    if retry_at is None:
        return ""
    left = retry_at - now
    if left <= 0:
        return "retrying"
    if left > 120:
        return f"retry in {-(-int(left) // 60)} m"
    return f"retry in {-(-left // 5) * 5:.0f} s"
