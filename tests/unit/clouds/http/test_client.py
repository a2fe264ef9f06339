"""The client: retries, redirects, renewals and limits, over a scripted transport."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from urllib.parse import quote

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    ConnectionLostError,
    MatuiError,
    RateLimitedError,
    ServerFaultError,
    TimedOutError,
    TokenRejectedError,
    UnreachableError,
    UsageError,
)
from matui.base.redaction.known import remember_secret
from matui.clouds.http import messages
from matui.clouds.http.messages import Call
from tests.unit.clouds.http_clients import ACT, LIST, build_answers, build_client, run_with

OK = httpx.Response(200, json={"ok": 1}, headers={"X-Request-Id": "r"})


async def test_a_request_id_is_cleaned_once_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[str] = []
    monkeypatch.setattr(messages, "clean_line", lambda text: cleaned.append(text) or "clean")
    answer = await build_client(build_answers(OK)[0]).send(LIST)
    assert not cleaned
    assert (answer.request_id, cleaned) == ("clean", ["r"])


async def test_a_good_answer_comes_back_as_it_was() -> None:
    handler, seen = build_answers(OK)
    answer = await build_client(handler).send(Call("GET", "/v1/p/x", (("b", "2 3"), ("a", "ü"))))
    assert (answer.status, answer.body, answer.request_id) == (200, b'{"ok":1}', "r")
    assert seen[0].url.raw_path == b"/v1/p/x?a=%C3%BC&b=2%203"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_fault_of_the_server_is_retried_twice_for_a_get(status: int) -> None:
    clock = ManualClock()
    handler, seen = build_answers(httpx.Response(status), httpx.Response(status), OK)
    await run_with(clock, build_client(handler, clock=clock).send(LIST))
    assert len(seen) == 3


async def test_a_third_failure_is_raised() -> None:
    clock = ManualClock()
    handler, seen = build_answers(httpx.Response(500))
    with pytest.raises(ServerFaultError) as caught:
        await run_with(clock, build_client(handler, clock=clock).send(LIST))
    assert (len(seen), caught.value.tries) == (3, 3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 501])
async def test_a_request_that_a_retry_cannot_help_is_sent_once(status: int) -> None:
    handler, seen = build_answers(httpx.Response(status, json={}))
    with pytest.raises(CloudError):
        await build_client(handler).send(LIST)
    assert len(seen) == 1


@pytest.mark.parametrize("failure", [httpx.ReadTimeout, httpx.ReadError, httpx.ConnectError, 500, 429])
async def test_an_action_is_never_sent_twice(failure: int | type[httpx.TransportError]) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(failure, int):
            return httpx.Response(failure)
        raise failure("x", request=request)

    with pytest.raises(MatuiError):
        await build_client(handler).send(ACT)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("failure", "expected", "sent"),
    [
        (httpx.ConnectTimeout, TimedOutError, False),
        (httpx.PoolTimeout, TimedOutError, False),
        (httpx.ReadTimeout, TimedOutError, True),
        (httpx.WriteTimeout, TimedOutError, True),
        (httpx.ConnectError, UnreachableError, False),
        (httpx.ProxyError, UnreachableError, False),
        (httpx.ReadError, ConnectionLostError, True),
        (httpx.WriteError, ConnectionLostError, True),
        (httpx.RemoteProtocolError, ConnectionLostError, True),
    ],
)
async def test_sent_says_whether_the_request_may_have_arrived(
    failure: type[httpx.TransportError], expected: type[UnreachableError], sent: bool
) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise failure("boom", request=request)

    with pytest.raises(UnreachableError) as caught:
        await build_client(handler).send(ACT)
    assert type(caught.value) is expected
    assert caught.value.sent is sent
    assert "cloud.test" in str(caught.value)


async def test_retry_after_up_to_ten_seconds_is_waited_for() -> None:
    clock = ManualClock(0.0)
    handler, seen = build_answers(httpx.Response(429, headers={"Retry-After": "8"}), OK)
    await run_with(clock, build_client(handler, clock=clock).send(LIST))
    assert len(seen) == 2
    assert clock.now() >= 8.0


async def test_a_longer_retry_after_is_handed_on() -> None:
    handler, seen = build_answers(httpx.Response(429, headers={"Retry-After": "11"}))
    with pytest.raises(RateLimitedError) as caught:
        await build_client(handler).send(LIST)
    assert caught.value.retry_after_s == 11.0
    assert len(seen) == 1


async def test_a_429_that_names_its_limit_lowers_the_budget() -> None:
    body = {"error_code": "APIGW.0308", "error_msg": "over ratelimit,limit:100,time:1 minute"}
    handler, _ = build_answers(httpx.Response(429, json=body, headers={"Retry-After": "60"}))
    client = build_client(handler)
    with pytest.raises(RateLimitedError):
        await client.send(LIST)
    assert client.get_budget().limit == 100
    assert client.get_budget().used == 1


async def test_a_429_about_one_api_leaves_the_budget_of_the_others() -> None:
    body = {"error_code": "APIGW.0308", "error_msg": "policy api over ratelimit,limit:12,time:1 minute"}
    throttled = httpx.Response(429, json=body, headers={"Retry-After": "60"})
    handler, _ = build_answers(throttled, httpx.Response(200, json={}))
    clock = ManualClock()
    client = build_client(handler, clock=clock)
    with pytest.raises(RateLimitedError):
        await client.send(LIST)
    assert client.get_budget().limit == 300
    for _ in range(11):
        await client.send(LIST)
    waiting = asyncio.ensure_future(client.send(LIST))
    await clock.advance(1)
    assert not waiting.done()
    for _ in range(20):
        await client.send(Call("GET", "/v1/p/others"))
    await clock.advance(60)
    assert (await waiting).status == 200


async def test_a_limit_in_the_headers_of_a_good_answer_lowers_the_budget() -> None:
    headers = {"X-ratelimit": "120", "X-ratelimit-window": "minute"}
    handler, _ = build_answers(httpx.Response(200, json={}, headers=headers))
    client = build_client(handler)
    await client.send(LIST)
    assert client.get_budget().limit == 120


async def test_even_a_reading_action_is_sent_once() -> None:
    handler, seen = build_answers(httpx.Response(500))
    with pytest.raises(ServerFaultError):
        await build_client(handler).send(Call("GET", "/v1/p/x", action=True))
    assert len(seen) == 1


async def test_retries_count_in_the_budget() -> None:
    clock = ManualClock()
    handler, _ = build_answers(httpx.Response(500), OK)
    client = build_client(handler, clock=clock)
    await run_with(clock, client.send(LIST))
    assert client.get_budget().used == 2


async def test_a_patient_client_outlasts_five_failures() -> None:
    clock = ManualClock()
    web_page = httpx.Response(504, headers={"Content-Type": "text/html"}, text="<html>gateway</html>")
    handler, seen = build_answers(httpx.Response(500), web_page, httpx.Response(502), web_page, web_page, OK)
    await run_with(clock, build_client(handler, clock=clock, retries=5).send(LIST))
    assert len(seen) == 6


async def test_tries_without_an_answer_end_within_the_deadline_all_together() -> None:
    clock, tries = ManualClock(), 0

    def hang(request: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        clock.jump(2.0)
        raise httpx.ReadTimeout("no bytes", request=request)

    began = clock.monotonic()
    with pytest.raises(UnreachableError) as failed:
        await run_with(clock, build_client(hang, clock=clock, retries=5, deadline_s=6.0).send(LIST))
    assert clock.monotonic() - began <= 6.25
    assert (tries, failed.value.tries) == (2, 2)


async def test_patience_ends_early_where_nothing_answers() -> None:
    clock, tried = ManualClock(), []

    def refuse(request: httpx.Request) -> httpx.Response:
        tried.append(request)
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(UnreachableError):
        await run_with(clock, build_client(refuse, clock=clock, retries=5).send(LIST))
    assert len(tried) == 3


@pytest.mark.parametrize("path", ["/v1/p/../q", "/v1/%2e%2e/q", "/v1/./q"])
async def test_a_path_that_climbs_is_never_sent(path: str) -> None:
    handler, seen = build_answers(OK)
    with pytest.raises(UsageError):
        await build_client(handler).send(Call("GET", path))
    assert not seen


async def test_an_answer_above_the_limit_is_not_read_to_its_end() -> None:
    handler, _ = build_answers(httpx.Response(200, content=b"[" + b" " * 5000 + b"]"))
    with pytest.raises(BadAnswerError, match="larger than"):
        await build_client(handler, largest=1000).send(LIST)


async def test_the_servers_clock_is_measured() -> None:
    clock = ManualClock(1_577_836_800.0)  # 2020-01-01 00:00:00 UTC
    handler, _ = build_answers(
        httpx.Response(200, json={}, headers={"Date": "Wed, 01 Jan 2020 00:10:00 GMT"})
    )
    client = build_client(handler, clock=clock)
    await client.send(LIST)
    assert client.clock_offset_s == pytest.approx(600, abs=1)


class _Renewed(httpx.Auth):
    def __init__(self, *, works: bool = True) -> None:
        self.token, self.works, self.renewals = 1, works, 0

    async def async_auth_flow(self, request):  # type: ignore[no-untyped-def]
        request.headers["X-Auth-Token"] = str(self.token)
        yield request

    async def renew(self, refused: httpx.Request, error: AuthenticationError) -> bool:
        self.renewals += 1
        self.token += 1
        return self.works


REFUSED = httpx.Response(401, json={"error_code": "ModelArts.0202", "error_msg": "expired"})


async def test_a_refused_token_is_renewed_once_and_the_call_repeated_even_for_an_action() -> None:
    auth = _Renewed()
    handler, seen = build_answers(REFUSED, OK)
    await build_client(handler, auth=auth).send(ACT)
    assert [request.headers["X-Auth-Token"] for request in seen] == ["1", "2"]
    assert seen[1].content == b"{}"


async def test_a_second_refusal_is_raised() -> None:
    auth = _Renewed()
    handler, seen = build_answers(REFUSED)
    with pytest.raises(TokenRejectedError):
        await build_client(handler, auth=auth).send(LIST)
    assert (auth.renewals, len(seen)) == (1, 2)


async def test_a_compressed_answer_that_cannot_be_read_is_a_bad_answer() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"not gzip"))

    with pytest.raises(BadAnswerError):
        await build_client(handler).send(ACT)


@pytest.mark.parametrize(
    "echo",
    [
        "KEYOFPROFILE0001/+",
        "in the midst KEYOFPROFILE0001/+ of it",
        quote("KEYOFPROFILE0001/+", safe=""),
        b64encode(b"AK:KEYOFPROFILE0001/+:x").decode(),
    ],
)
async def test_a_secret_that_the_cloud_repeats_is_hidden(echo: str) -> None:
    remember_secret("KEYOFPROFILE0001/+")
    body = json.dumps({"jobs": [{"name": echo}]}).replace("/", "\\/")
    handler, _ = build_answers(
        httpx.Response(200, content=body, headers={"Content-Type": "application/json"})
    )
    answer = await build_client(handler, auth=httpx.Auth()).send(LIST)
    name = json.loads(answer.body)["jobs"][0]["name"]
    assert "PROFILE0001" not in name
    assert "<hidden>" in name


async def test_the_answers_that_are_credentials_stay_as_they_are() -> None:
    remember_secret("KEYOFPROFILE0001/+")
    handler, _ = build_answers(httpx.Response(200, json={"sk": "KEYOFPROFILE0001/+"}))
    answer = await build_client(handler).send(LIST)
    assert json.loads(answer.body) == {"sk": "KEYOFPROFILE0001/+"}
