"""Decides whether a failed request is sent again, and after how many seconds."""

from __future__ import annotations

import random

from matui.base.backoff import Backoff, is_transient
from matui.base.errors import BadAnswerError, CloudError, MatuiError, RateLimitedError, UnreachableError
from matui.clouds.http.messages import Call

MAX_RETRIES = 2
LONGEST_WAIT_S = 10.0
_OK = 200
_FIRST_OF_SERVER = 500
_BACKOFF = Backoff(first_s=0.5, cap_s=2.0, jitter=(0.5, 1.0))


def wait_before_retry(
    call: Call, error: MatuiError, attempt: int, rng: random.Random, most: int = MAX_RETRIES
) -> float | None:
    """Return the seconds to wait before sending ``call`` again, None when it is not.

    Only GETs (and repeatable calls) that are no actions, after a transient failure, and no earlier than the
    Retry-After of the answer; never where that is over ten seconds. ``attempt`` counts from 0; ``most``
    retries at most, and never more than two where nothing answers at all.
    """
    if call.action or not (call.method == "GET" or call.repeatable):
        return None
    unanswered = isinstance(error, UnreachableError) and not error.sent
    if attempt >= (min(most, MAX_RETRIES) if unanswered else most):
        return None
    if not is_transient(error) or (isinstance(error, BadAnswerError) and not _may_be_read_later(error)):
        return None
    asked = error.retry_after_s if isinstance(error, CloudError) else None
    if asked is not None:
        return asked + rng.uniform(0.0, 0.25) if asked <= LONGEST_WAIT_S else None
    return rng.uniform(2.0, 5.0) if isinstance(error, RateLimitedError) else _BACKOFF.wait_s(attempt + 1, rng)


def _may_be_read_later(error: BadAnswerError) -> bool:
    """Return whether another try may be answered in JSON: a page with a 4xx is a refusal by a firewall."""
    return error.status == _OK or error.status >= _FIRST_OF_SERVER
