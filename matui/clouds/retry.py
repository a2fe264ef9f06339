"""Whether a failed request is sent again, and after how many seconds."""

from __future__ import annotations

import random

from matui.clouds.calls import Call
from matui.errors import (
    BadAnswerError,
    CloudError,
    MatuiError,
    RateLimitedError,
    ServerFaultError,
    TlsError,
    UnreachableError,
)

MOST_RETRIES = 2
LONGEST_WAIT_S = 10.0
_LONGEST_BACKOFF_S = 2.0
_RETRIED_FAULTS = (500, 502, 504)


def wait_before_retry(
    call: Call, error: MatuiError, attempt: int, rng: random.Random, most: int = MOST_RETRIES
) -> float | None:
    """Return the seconds to wait before sending ``call`` again, None when it is not.

    Only GETs (and repeatable calls) that are no actions. ``attempt`` counts from 0; ``most`` retries at most,
    and never more than two where nothing answers at all.
    """
    if call.action or not (call.method == "GET" or call.repeatable):
        return None
    unanswered = isinstance(error, UnreachableError) and not error.sent
    if attempt >= (min(most, MOST_RETRIES) if unanswered else most):
        return None
    if isinstance(error, RateLimitedError):
        return _wait_for_limit(error, rng)
    return _backoff(attempt, rng) if _may_pass(error) else None


def _wait_for_limit(error: CloudError, rng: random.Random) -> float | None:
    asked = error.retry_after_s
    if asked is None:
        return rng.uniform(2.0, 5.0)
    return asked + rng.uniform(0.0, 0.25) if asked <= LONGEST_WAIT_S else None


def _may_pass(error: MatuiError) -> bool:
    if isinstance(error, ServerFaultError | BadAnswerError):
        in_good_status = isinstance(error, ServerFaultError) and error.status == 200
        return in_good_status or error.status in _RETRIED_FAULTS
    return isinstance(error, UnreachableError) and not isinstance(error, TlsError)


def _backoff(attempt: int, rng: random.Random) -> float:
    return rng.uniform(0.5, 1.0) * min(_LONGEST_BACKOFF_S, 0.5 * 2.0**attempt)
