"""One retry policy: which failures are transient, and the waits between attempts."""

from __future__ import annotations

import random
from math import inf, nan

import pytest

from matui.base.backoff import Backoff, is_not_implemented, is_transient, read_retry_after_s
from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    ConfigError,
    ConflictError,
    ConnectionLostError,
    MatuiError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
    TimedOutError,
    TlsError,
    TokenRejectedError,
    UnreachableError,
)


@pytest.mark.parametrize(
    "error",
    [
        RateLimitedError("x", status=429),
        ServerFaultError("x", status=500),
        ServerFaultError("x", status=503),
        BadAnswerError("x", status=200),
        UnreachableError("x"),
        TimedOutError("x", sent=True),
        ConnectionLostError("x", sent=True),
    ],
)
def test_what_may_pass_is_transient(error: MatuiError) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        TlsError("x"),
        ServerFaultError("x", status=501),
        ServerFaultError("x", status=500, code="ModelArts.0804"),
        AuthenticationError("x", status=401),
        TokenRejectedError("x", status=401),
        PermissionDeniedError("x", status=403),
        NotFoundError("x", status=404),
        ConflictError("x", status=409),
        CloudError("x", status=400),
        ConfigError("x"),
    ],
)
def test_what_stays_wrong_is_permanent(error: MatuiError) -> None:
    assert not is_transient(error)


def test_an_operation_that_is_not_offered_is_recognised_by_status_and_by_code() -> None:
    assert is_not_implemented(ServerFaultError("x", status=501))
    assert is_not_implemented(CloudError("x", status=404, code="APIG.0101"))
    assert not is_not_implemented(CloudError("x", status=404, code="ModelArts.3001"))
    assert not is_not_implemented(UnreachableError("x"))


def test_waits_double_up_to_the_cap() -> None:
    backoff = Backoff(first_s=5.0, cap_s=60.0)
    assert [backoff.compute_base_s(failures) for failures in range(1, 7)] == [5, 10, 20, 40, 60, 60]
    assert backoff.compute_base_s(100_000) == 60.0


def test_jitter_stays_within_its_interval() -> None:
    backoff, rng = Backoff(first_s=1.0, cap_s=8.0, jitter=(0.5, 1.0)), random.Random(1)
    waits = [backoff.wait_s(4, rng) for _ in range(500)]
    assert 4.0 <= min(waits) < 4.2
    assert 7.8 < max(waits) <= 8.0


def test_retry_after_is_the_least_wait() -> None:
    backoff, rng = Backoff(first_s=1.0, cap_s=8.0, jitter=(1.0, 1.0)), random.Random(1)
    assert backoff.wait_s(1, rng, RateLimitedError("x", retry_after_s=30.0)) == 30.0
    assert backoff.wait_s(4, rng, RateLimitedError("x", retry_after_s=3.0)) == 8.0
    assert backoff.wait_s(1, rng, UnreachableError("x")) == 1.0


@pytest.mark.parametrize("asked", [None, 0.0, -3.0, inf, nan])
def test_an_unusable_retry_after_counts_as_none(asked: float | None) -> None:
    assert read_retry_after_s(RateLimitedError("x", retry_after_s=asked)) is None


def test_retry_after_is_bounded_by_an_hour() -> None:
    assert read_retry_after_s(RateLimitedError("x", retry_after_s=86_400.0)) == 3600.0
