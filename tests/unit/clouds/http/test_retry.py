"""Which failed requests are sent again, and when."""

from __future__ import annotations

import random

import httpx
import pytest

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    MatuiError,
    ProxyRefusedError,
    RateLimitedError,
    ServerFaultError,
    TlsError,
    UnreachableError,
)
from matui.clouds.http.messages import Call
from matui.clouds.http.retry import wait_before_retry
from tests.unit.clouds.http_clients import ACT, LIST, build_answers, build_client

READ = Call("GET", "/things")
OK = httpx.Response(200, json={"ok": 1}, headers={"X-Request-Id": "r"})


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


async def test_a_redirect_on_the_same_host_is_followed_for_a_get() -> None:
    handler, seen = build_answers(httpx.Response(307, headers={"Location": "/v1/p/other?x=1"}), OK)
    await build_client(handler).send(Call("GET", "/v1/p/x", headers=(("X-Project-Id", "p"),)))
    assert seen[1].url.raw_path == b"/v1/p/other?x=1"
    assert seen[1].headers["X-Project-Id"] == "p"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.test/v1?token=secret",
        "//evil.test/x",
        "http://cloud.test/x",
        "https://cloud.test:8443/x",
        "ftp://cloud.test/x",
        "https://cloud.test.evil.test/",
        "javascript:alert(1)",
        "https://[",
    ],
)
async def test_a_redirect_to_another_place_is_refused_and_named(location: str) -> None:
    handler, seen = build_answers(httpx.Response(302, headers={"Location": location}))
    with pytest.raises(CloudError) as caught:
        await build_client(handler).send(LIST)
    assert len(seen) == 1
    assert "secret" not in str(caught.value)
    if "evil.test/v1" in location:
        assert "https://evil.test/v1" in str(caught.value)


async def test_redirects_in_a_circle_end_after_three() -> None:
    handler, seen = build_answers(httpx.Response(302, headers={"Location": "/v1/p/things"}))
    with pytest.raises(CloudError, match="more than 3 times"):
        await build_client(handler).send(LIST)
    assert len(seen) == 4


async def test_an_action_follows_no_redirect() -> None:
    handler, seen = build_answers(httpx.Response(307, headers={"Location": "/v1/p/other"}))
    with pytest.raises(CloudError, match="redirect"):
        await build_client(handler).send(ACT)
    assert len(seen) == 1
