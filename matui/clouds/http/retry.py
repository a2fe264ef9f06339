"""Decides whether a failed request is sent again, and after how many seconds."""

from __future__ import annotations

import random

from matui.base.backoff import Backoff, is_transient
from matui.base.errors import (
    BadAnswerError,
    CloudError,
    MatuiError,
    RateLimitedError,
    ServerFaultError,
    UnreachableError,
)
from matui.clouds.http.messages import Call

MAX_RETRIES = 2
LONGEST_WAIT_S = 10.0
_BACKOFF = Backoff(first_s=0.5, cap_s=2.0, jitter=(0.5, 1.0))
_RESENT_STATUSES = (500, 502, 504)  # a 503 does not pass within seconds; pollers wait longer
_OK = 200


def wait_before_retry(
    call: Call, error: MatuiError, attempt: int, rng: random.Random, most: int = MAX_RETRIES
) -> float | None:
    """Return the seconds to wait before sending ``call`` again, None when it is not.

    Only GETs (and repeatable calls) that are no actions. ``attempt`` counts from 0; ``most`` retries at most,
    and never more than two where nothing answers at all.
    """
    if call.action or not (call.method == "GET" or call.repeatable):
        return None
    unanswered = isinstance(error, UnreachableError) and not error.sent
    if attempt >= (min(most, MAX_RETRIES) if unanswered else most):
        return None
    if isinstance(error, RateLimitedError):
        return _wait_for_limit(error, rng)
    return _BACKOFF.wait_s(attempt + 1, rng) if _passes_soon(error) else None


def _wait_for_limit(error: CloudError, rng: random.Random) -> float | None:
    asked = error.retry_after_s
    if asked is None:
        return rng.uniform(2.0, 5.0)
    return asked + rng.uniform(0.0, 0.25) if asked <= LONGEST_WAIT_S else None


def _passes_soon(error: MatuiError) -> bool:
    """Return whether a transient failure may pass within the seconds that a caller waits."""
    if isinstance(error, ServerFaultError | BadAnswerError):
        return is_transient(error) and (error.status == _OK or error.status in _RESENT_STATUSES)
    return is_transient(error)
