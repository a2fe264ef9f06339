"""Tokens kept between runs are their owner's alone."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import httpx
import pytest

from matui.base.clock import ManualClock
from matui.base.errors import AuthenticationError, BadAnswerError
from matui.clouds.modelarts.auth.renewal import CachedValue
from matui.clouds.modelarts.auth.signature import AkskAuth
from matui.clouds.modelarts.auth.token import PasswordTokens, Token, TokenCache
from matui.clouds.peer_cloud import AccessKey
from tests.unit.clouds.http_clients import BASE, build_client
from tests.unit.clouds.modelarts.auth.iam import GET, LOGIN, FakeIam, sign_in


async def test_a_second_run_takes_the_token_from_the_disk(tmp_path: Path) -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    for _ in range(2):
        client, _ = sign_in(iam, clock, TokenCache.of(tmp_path, BASE, "li", "acme", "cn-north-4"))
        await client.send(GET)
    assert len(iam.requests) == 1


async def test_a_refused_token_from_the_disk_is_replaced(tmp_path: Path) -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    cache = TokenCache.of(tmp_path, BASE, "li")
    cache.save(CachedValue(Token("revoked"), clock.now(), clock.now() + 9999))
    client, _ = sign_in(iam, clock, cache)
    answer = await client.send(GET)
    assert json.loads(answer.body) == {"token": "token-1"}
    kept = cache.load()
    assert kept is not None
    assert kept.value.text == "token-1"


def _make_lease() -> CachedValue[Token]:
    return CachedValue(Token("t0ken", "p"), 1.0, 2.0)


def test_the_cache_is_for_its_owner_only(tmp_path: Path) -> None:
    cache = TokenCache.of(tmp_path, "a")
    cache.save(_make_lease())
    assert stat.S_IMODE((cache.folder / cache.name).stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert cache.load() == _make_lease()
    assert [f.name for f in cache.folder.iterdir()] == [cache.name]


def test_the_cache_distinguishes_identities(tmp_path: Path) -> None:
    names = {
        TokenCache.of(tmp_path, *who).name for who in [("a", "b"), ("ab", ""), ("a", "c"), ("a", "b", "")]
    }
    assert len(names) == 4


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_cached_token_others_could_touch_is_not_used(tmp_path: Path, mode: int) -> None:
    cache = TokenCache.of(tmp_path, "a")
    cache.save(_make_lease())
    (cache.folder / cache.name).chmod(mode)
    assert cache.load() is None


def test_no_symbolic_link_is_followed(tmp_path: Path) -> None:
    cache, other = TokenCache.of(tmp_path / "here", "a"), TokenCache.of(tmp_path / "there", "a")
    other.save(_make_lease())
    cache.folder.mkdir(parents=True, mode=0o700)
    (cache.folder / cache.name).symlink_to(other.folder / other.name)
    assert cache.load() is None
    linked = TokenCache.of(tmp_path / "linked", "a")
    (tmp_path / "linked").mkdir()
    linked.folder.symlink_to(other.folder)
    assert linked.load() is None
    linked.save(CachedValue(Token("new"), 1.0, 2.0))
    assert other.load() == _make_lease()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"token": 5}', '{"token":"t","project_id":"","obtained_at":"x","expires_at":1}'],
)
def test_a_broken_cache_is_no_cache(tmp_path: Path, content: str) -> None:
    cache = TokenCache.of(tmp_path, "a")
    cache.save(_make_lease())
    file = cache.folder / cache.name
    file.write_text(content)
    file.chmod(0o600)
    assert cache.load() is None


def test_a_disk_that_takes_nothing_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file where the folder should be")
    TokenCache.of(tmp_path, "a").save(_make_lease())
    assert os.listdir(tmp_path) == ["tokens"]  # noqa: PTH208


async def test_the_password_is_exchanged_for_a_token_that_serves_many_calls() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    client, tokens = sign_in(iam, clock)
    for _ in range(5):
        await client.send(GET)
    assert len(iam.requests) == 1
    sent = json.loads(iam.requests[0].content)["auth"]
    assert sent["scope"] == {"project": {"name": "cn-north-4"}}
    assert sent["identity"]["password"]["user"]["domain"] == {"name": "acme"}
    assert (await tokens.get()).project_id == "p-of-token"


async def test_a_wrong_password_is_not_tried_again_and_again() -> None:
    clock = ManualClock()
    iam = FakeIam(clock)
    iam.wrong_password = True
    client, _ = sign_in(iam, clock)
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
    iam = build_client(lambda r: httpx.Response(201, json={"token": {}}), clock=clock)
    with pytest.raises(BadAnswerError):
        await PasswordTokens(iam, LOGIN, clock).fetch()


async def test_no_repr_shows_a_secret() -> None:
    clock = ManualClock()
    auth = AkskAuth(AccessKey("AKAKAK", "SKSKSK", "STSTST"), clock)
    token = Token("TOKTOK")
    shown = [repr(x) for x in (AccessKey("AKAKAK", "SKSKSK", "STSTST"), auth, token, LOGIN)]
    shown += [str(CachedValue(token, 1.0, 2.0)), f"{LOGIN}", repr(build_client(FakeIam(clock), auth=auth))]
    for secret in ("AKAKAK", "SKSKSK", "STSTST", "TOKTOK", "s3cret-pass"):
        assert not any(secret in text for text in shown)
