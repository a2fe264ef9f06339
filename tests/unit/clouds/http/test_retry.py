"""Which failed requests are sent again, and when."""

from __future__ import annotations

import random

import pytest

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    MatuiError,
    ProxyRefusedError,
    RateLimitedError,
    ServerFaultError,
    TlsError,
    UnreachableError,
)
from matui.clouds.http.messages import Call
from matui.clouds.http.retry import wait_before_retry

READ = Call("GET", "/things")


@pytest.mark.parametrize(
    "error",
    [
        *(ServerFaultError("x", status=status) for status in (200, 500, 502, 503, 504)),
        BadAnswerError("x", status=503),
        UnreachableError("x"),
        RateLimitedError("x", retry_after_s=3.0),
    ],
)
def test_a_transient_failure_of_a_read_is_retried(error: MatuiError) -> None:
    assert wait_before_retry(READ, error, 0, random.Random(1)) is not None
    assert wait_before_retry(READ, error, 2, random.Random(1)) is None


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("x", status=401),
        TlsError("x"),
        ProxyRefusedError("x"),
        RateLimitedError("x", retry_after_s=60),
        ServerFaultError("x", status=501),
        BadAnswerError("x", status=403),
        ServerFaultError("x", status=503, retry_after_s=60),
    ],
)
def test_what_a_retry_cannot_change_is_not_retried(error: MatuiError) -> None:
    assert wait_before_retry(READ, error, 0, random.Random(1)) is None


@pytest.mark.parametrize("call", [Call("POST", "/things"), Call("GET", "/things", action=True)])
def test_neither_an_action_nor_a_post_is_retried(call: Call) -> None:
    assert wait_before_retry(call, UnreachableError("x"), 0, random.Random(1)) is None


def test_a_fault_is_retried_no_earlier_than_its_answer_asks() -> None:
    wait = wait_before_retry(READ, ServerFaultError("x", status=503, retry_after_s=4.0), 0, random.Random(1))
    assert wait is not None
    assert 4.0 <= wait <= 4.25
