"""Redirects: the same host, GET only, at most three."""

from __future__ import annotations

import httpx
import pytest

from matui.base.errors import (
    CloudError,
)
from matui.clouds.http.messages import Call
from tests.unit.clouds.http_clients import ACT, LIST, answers, client_over

OK = httpx.Response(200, json={"ok": 1}, headers={"X-Request-Id": "r"})


async def test_a_redirect_on_the_same_host_is_followed_for_a_get() -> None:
    handler, seen = answers(httpx.Response(307, headers={"Location": "/v1/p/other?x=1"}), OK)
    await client_over(handler).send(Call("GET", "/v1/p/x", headers=(("X-Project-Id", "p"),)))
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
    handler, seen = answers(httpx.Response(302, headers={"Location": location}))
    with pytest.raises(CloudError) as caught:
        await client_over(handler).send(LIST)
    assert len(seen) == 1
    assert "secret" not in str(caught.value)
    if "evil.test/v1" in location:
        assert "https://evil.test/v1" in str(caught.value)


async def test_redirects_in_a_circle_end_after_three() -> None:
    handler, seen = answers(httpx.Response(302, headers={"Location": "/v1/p/things"}))
    with pytest.raises(CloudError, match="more than 3 times"):
        await client_over(handler).send(LIST)
    assert len(seen) == 4


async def test_an_action_follows_no_redirect() -> None:
    handler, seen = answers(httpx.Response(307, headers={"Location": "/v1/p/other"}))
    with pytest.raises(CloudError, match="redirect"):
        await client_over(handler).send(ACT)
    assert len(seen) == 1
