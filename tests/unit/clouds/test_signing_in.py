"""Passwords, ready tokens, agencies and projects, over a scripted IAM."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError, BadAnswerError, ConfigError, UnreachableError
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.clouds.modelarts.auth.agency import AgencyKeys
from matui.clouds.modelarts.auth.aksk import AkskAuth
from matui.clouds.modelarts.auth.password import PasswordLogin, PasswordTokens
from matui.clouds.modelarts.auth.renewal import CachedValue, RefreshingCache
from matui.clouds.modelarts.auth.token import RenewedTokenAuth, Token
from matui.clouds.modelarts.auth.token_cache import TokenCache
from matui.clouds.modelarts.projects import find_project
from matui.clouds.peer_cloud import AccessKey
from tests.unit.clouds.http_clients import BASE, client_over

LOGIN = PasswordLogin("li", "acme", "s3cret-pass", region="cn-north-4")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class FakeIam:
    """An IAM whose clock is ``skew`` seconds ahead, and the API that takes its tokens."""

    def __init__(self, clock: ManualClock, *, life: float = 86_400.0, skew: float = 0.0) -> None:
        self.clock, self.life, self.skew = clock, life, skew
        self.issued: dict[str, float] = {}
        self.requests: list[httpx.Request] = []
        self.wrong_password = self.down = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v3/auth/tokens":
            return self._issue(request)
        token = request.headers.get("X-Auth-Token", "")
        if self.issued.get(token, 0) <= self.clock.now():
            return httpx.Response(401, json={"error_code": "ModelArts.0202", "error_msg": "expired"})
        return httpx.Response(200, json={"token": token})

    def _issue(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.down:
            raise httpx.ReadTimeout("down", request=request)
        if self.wrong_password:
            error = {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
            return httpx.Response(401, json={"error": error})
        text = f"token-{len(self.requests)}"
        self.issued[text] = self.clock.now() + self.life
        server_now = self.clock.now() + self.skew
        token = {
            "expires_at": _iso(server_now + self.life),
            "issued_at": _iso(server_now),
            "project": {"id": "p-of-token", "name": "cn-north-4"},
        }
        return httpx.Response(201, json={"token": token}, headers={"X-Subject-Token": text})


def _signed_in(
    iam: FakeIam, clock: ManualClock, cache: TokenCache | None = None
) -> tuple[HttpClient, RefreshingCache[Token]]:
    tokens = RefreshingCache(PasswordTokens(client_over(iam, clock=clock), LOGIN, clock, cache).fetch, clock)
    return client_over(iam, clock=clock, auth=RenewedTokenAuth(tokens)), tokens


GET = Call("GET", "/v1/p/x")


async def test_the_password_is_exchanged_for_a_token_that_serves_many_calls() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    client, tokens = _signed_in(iam, clock)
    for _ in range(5):
        await client.send(GET)
    assert len(iam.requests) == 1
    sent = json.loads(iam.requests[0].content)["auth"]
    assert sent["scope"] == {"project": {"name": "cn-north-4"}}
    assert sent["identity"]["password"]["user"]["domain"] == {"name": "acme"}
    assert (await tokens.get()).project_id == "p-of-token"


async def test_fifty_waiting_calls_fetch_one_token() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    client, _ = _signed_in(iam, clock)
    await asyncio.gather(*(client.send(GET) for _ in range(50)))
    assert len(iam.requests) == 1


async def test_fifty_refused_calls_renew_once() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    client, _ = _signed_in(iam, clock)
    await client.send(GET)
    iam.issued.clear()
    answers = await asyncio.gather(*(client.send(GET) for _ in range(50)))
    assert len(iam.requests) == 2
    assert {json.loads(a.body)["token"] for a in answers} == {"token-2"}


async def test_a_cancelled_waiter_leaves_the_fetch_to_the_others() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    _, tokens = _signed_in(iam, clock)
    first, second = asyncio.create_task(tokens.get()), asyncio.create_task(tokens.get())
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).text == "token-1"
    assert len(iam.requests) == 1


@pytest.mark.parametrize("skew", [0.0, 7200.0, -7200.0])
@pytest.mark.parametrize(("life", "renewed_at"), [(86_400.0, 86_100.0), (600.0, 300.0), (20.0, 16.0)])
async def test_a_token_is_renewed_in_time_whatever_the_servers_clock_says(
    life: float, renewed_at: float, skew: float
) -> None:
    clock = ManualClock()
    iam = FakeIam(clock, life=life, skew=skew)
    client, _ = _signed_in(iam, clock)
    await client.send(GET)
    clock.jump(renewed_at - 1)
    await client.send(GET)
    assert len(iam.requests) == 1
    clock.jump(2)
    await client.send(GET)
    assert len(iam.requests) == 2


async def test_an_old_token_serves_to_its_end_while_iam_is_down() -> None:
    clock = ManualClock()
    iam = FakeIam(clock, life=20.0)
    _, tokens = _signed_in(iam, clock)
    await tokens.get()
    iam.down = True
    clock.jump(17)
    got = asyncio.create_task(tokens.get())
    await clock.advance(2.0)
    assert (await got).text == "token-1"
    clock.jump(5)
    late = asyncio.create_task(tokens.get())
    await clock.advance(10.0)
    with pytest.raises(UnreachableError) as caught:
        await late
    assert not caught.value.sent


async def test_while_iam_is_down_nobody_waits_for_it_again_and_again() -> None:
    clock = ManualClock()
    iam = FakeIam(clock, life=3600.0)
    _, tokens = _signed_in(iam, clock)
    await tokens.get()
    iam.down = True
    clock.jump(3400)
    first = asyncio.create_task(tokens.get())
    await clock.advance(5.0)
    await first
    asked = len(iam.requests)
    for _ in range(20):
        assert (await tokens.get()).text == "token-1"
    assert len(iam.requests) == asked


async def test_a_wrong_password_is_not_tried_again_and_again() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    iam.wrong_password = True
    client, _ = _signed_in(iam, clock)
    for _ in range(10):
        with pytest.raises(AuthenticationError, match="password is wrong") as caught:
            await client.send(GET)
        assert "s3cret-pass" not in str(caught.value)
    assert len(iam.requests) == 1
    iam.wrong_password = False
    clock.jump(301)
    await client.send(GET)


async def test_an_answer_without_a_token_is_a_bad_answer() -> None:
    clock = ManualClock()
    iam = client_over(lambda r: httpx.Response(201, json={"token": {}}), clock=clock)
    with pytest.raises(BadAnswerError):
        await PasswordTokens(iam, LOGIN, clock).fetch()


async def test_a_second_run_takes_the_token_from_the_disk(tmp_path: Path) -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    for _ in range(2):
        client, _ = _signed_in(iam, clock, TokenCache.of(tmp_path, BASE, "li", "acme", "cn-north-4"))
        await client.send(GET)
    assert len(iam.requests) == 1


async def test_a_refused_token_from_the_disk_is_replaced(tmp_path: Path) -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    cache = TokenCache.of(tmp_path, BASE, "li")
    cache.save(CachedValue(Token("revoked"), clock.now(), clock.now() + 9999))
    client, _ = _signed_in(iam, clock, cache)
    answer = await client.send(GET)
    assert json.loads(answer.body) == {"token": "token-1"}
    kept = cache.load()
    assert kept is not None
    assert kept.value.text == "token-1"


def _lease() -> CachedValue[Token]:
    return CachedValue(Token("t0ken", "p"), 1.0, 2.0)


def test_the_cache_is_for_its_owner_only(tmp_path: Path) -> None:
    cache = TokenCache.of(tmp_path, "a")
    cache.save(_lease())
    assert stat.S_IMODE((cache.folder / cache.name).stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert cache.load() == _lease()
    assert [f.name for f in cache.folder.iterdir()] == [cache.name]


def test_the_cache_tells_identities_apart(tmp_path: Path) -> None:
    names = {
        TokenCache.of(tmp_path, *who).name for who in [("a", "b"), ("ab", ""), ("a", "c"), ("a", "b", "")]
    }
    assert len(names) == 4


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_cached_token_others_could_touch_is_not_used(tmp_path: Path, mode: int) -> None:
    cache = TokenCache.of(tmp_path, "a")
    cache.save(_lease())
    (cache.folder / cache.name).chmod(mode)
    assert cache.load() is None


def test_no_symbolic_link_is_followed(tmp_path: Path) -> None:
    cache, other = TokenCache.of(tmp_path / "here", "a"), TokenCache.of(tmp_path / "there", "a")
    other.save(_lease())
    cache.folder.mkdir(parents=True, mode=0o700)
    (cache.folder / cache.name).symlink_to(other.folder / other.name)
    assert cache.load() is None
    linked = TokenCache.of(tmp_path / "linked", "a")
    (tmp_path / "linked").mkdir()
    linked.folder.symlink_to(other.folder)
    assert linked.load() is None
    linked.save(CachedValue(Token("new"), 1.0, 2.0))
    assert other.load() == _lease()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"token": 5}', '{"token":"t","project_id":"","obtained_at":"x","expires_at":1}'],
)
def test_a_broken_cache_is_no_cache(tmp_path: Path, content: str) -> None:
    cache = TokenCache.of(tmp_path, "a")
    cache.save(_lease())
    file = cache.folder / cache.name
    file.write_text(content)
    file.chmod(0o600)
    assert cache.load() is None


def test_a_disk_that_takes_nothing_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file where the folder should be")
    TokenCache.of(tmp_path, "a").save(_lease())
    assert os.listdir(tmp_path) == ["tokens"]  # noqa: PTH208


def _projects(*ids: str) -> HttpClient:
    return client_over(lambda _: httpx.Response(200, json={"projects": [{"id": i} for i in ids]}))


async def test_the_one_project_of_a_region_is_found() -> None:
    assert await find_project(_projects("p1"), "cn-north-4") == "p1"


@pytest.mark.parametrize(("ids", "says"), [((), "no project"), (("p1", "p2"), "2 projects")])
async def test_no_project_and_two_projects_are_told_clearly(ids: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        await find_project(_projects(*ids), "cn-north-4")
    assert "project_id" in str(caught.value)


@pytest.mark.parametrize("body", [{}, [], {"projects": None}, {"projects": "p"}])
async def test_a_project_list_that_is_none_is_a_bad_answer(body: Any) -> None:
    with pytest.raises(BadAnswerError):
        await find_project(client_over(lambda _: httpx.Response(200, json=body)), "r")


def _metadata(*, old: bool, clock: ManualClock, serial: list[int]) -> HttpClient:
    from matui.clouds.modelarts.auth.agency import _refuse_status

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(404) if old else httpx.Response(200, text="m-token")
        if not old and request.headers.get("X-Metadata-Token") != "m-token":
            return httpx.Response(401)
        serial.append(1)
        credential = {
            "access": f"AK{len(serial)}",
            "secret": "sk",
            "securitytoken": f"st{len(serial)}",
            "expires_at": _iso(clock.now() + 3600),
        }
        return httpx.Response(200, json={"credential": credential})

    inner = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return HttpClient(BASE, inner, clock=clock, budget=Budget(60, clock), raise_for_error=_refuse_status)


@pytest.mark.parametrize("old", [True, False])
async def test_an_agencys_keys_are_fetched_with_and_without_the_metadata_token(old: bool) -> None:
    clock, serial = ManualClock(), list[int]()
    keys = RefreshingCache(AgencyKeys(_metadata(old=old, clock=clock, serial=serial), clock).fetch, clock)
    assert (await keys.get()).security_token == "st1"
    clock.jump(3299)
    assert (await keys.get()).security_token == "st1"
    clock.jump(2)
    assert (await keys.get()).security_token == "st2"


async def test_a_machine_without_an_agency_is_told_so() -> None:
    clock = ManualClock()

    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("x", request=request)

    task = asyncio.create_task(AgencyKeys(client_over(handler, clock=clock), clock).fetch())
    await clock.advance(30.0)
    with pytest.raises(ConfigError, match="metadata service"):
        await task


async def test_no_repr_shows_a_secret() -> None:
    clock = ManualClock()
    auth = AkskAuth(AccessKey("AKAKAK", "SKSKSK", "STSTST"), clock)
    token = Token("TOKTOK")
    shown = [repr(x) for x in (AccessKey("AKAKAK", "SKSKSK", "STSTST"), auth, token, LOGIN)]
    shown += [str(CachedValue(token, 1.0, 2.0)), f"{LOGIN}", repr(client_over(FakeIam(clock), auth=auth))]
    for secret in ("AKAKAK", "SKSKSK", "STSTST", "TOKTOK", "s3cret-pass"):
        assert not any(secret in text for text in shown)
