"""Retry policy: which failures are transient, and how long to wait before the next attempt."""

from __future__ import annotations

from math import isfinite
from random import Random
from typing import NamedTuple

from matui.base.errors import (
    BadAnswerError,
    CloudError,
    MatuiError,
    ProxyRefusedError,
    RateLimitedError,
    ServerFaultError,
    TlsError,
    UnreachableError,
)

LONGEST_RETRY_AFTER_S = 3600.0
_TRANSIENT = (RateLimitedError, ServerFaultError, BadAnswerError, UnreachableError)
_MOST_DOUBLINGS = 16
_NOT_IMPLEMENTED_STATUS = 501
_NOT_IMPLEMENTED_CODES = ("APIGW.0101", "APIG.0101", "ModelArts.0804")


def is_transient(error: MatuiError) -> bool:
    """Return whether the same request may succeed later although nothing is changed on this side.

    True for rate limits, 5xx, malformed answers and missing answers. False for TLS failures, for what the
    server does not implement, and for every refusal, that of a proxy included: wrong credentials stay wrong,
    and repeated attempts may lock them. The result says nothing about actions, which are never repeated.
    """
    if isinstance(error, TlsError | ProxyRefusedError) or is_not_implemented(error):
        return False
    return isinstance(error, _TRANSIENT)


def is_not_implemented(error: MatuiError) -> bool:
    """Return whether the server does not offer the operation: HTTP 501, ModelArts.0804, gateway code 0101."""
    if not isinstance(error, CloudError):
        return False
    return error.status == _NOT_IMPLEMENTED_STATUS or error.code.startswith(_NOT_IMPLEMENTED_CODES)


def read_retry_after_s(error: MatuiError) -> float | None:
    """Return the seconds that the server's Retry-After asks for, at most an hour; None without one."""
    asked = error.retry_after_s if isinstance(error, CloudError) else None
    if asked is None or not isfinite(asked) or asked <= 0:
        return None
    return min(asked, LONGEST_RETRY_AFTER_S)


class Backoff(NamedTuple):
    """Exponential back-off with jitter. Times are in seconds.

    The wait is ``first_s`` after the first failure and doubles with each further one up to ``cap_s``; it is
    then multiplied by a factor drawn uniformly from the interval ``jitter``.
    """

    first_s: float
    cap_s: float
    jitter: tuple[float, float] = (0.8, 1.2)

    def compute_base_s(self, failures: int) -> float:
        """Return the wait after ``failures`` (≥ 1) failures in a row, without jitter."""
        return min(self.cap_s, self.first_s * 2.0 ** min(failures - 1, _MOST_DOUBLINGS))

    def wait_s(self, failures: int, rng: Random, error: MatuiError | None = None) -> float:
        """Return the wait with jitter, and no less than the Retry-After of ``error``."""
        wait = self.compute_base_s(failures) * rng.uniform(*self.jitter)
        asked = read_retry_after_s(error) if error is not None else None
        return wait if asked is None else max(wait, asked)
