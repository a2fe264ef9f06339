"""A scripted IAM and a client that signs in with its tokens."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from matui.base.clock import ManualClock
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.clouds.modelarts.auth.renewal import RefreshingCache
from matui.clouds.modelarts.auth.token import (
    PasswordLogin,
    PasswordTokens,
    RenewedTokenAuth,
    Token,
    TokenCache,
)
from tests.unit.clouds.http_clients import build_client

LOGIN = PasswordLogin("li", "acme", "s3cret-pass", region="cn-north-4")


def format_time(seconds: float) -> str:
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
            "expires_at": format_time(server_now + self.life),
            "issued_at": format_time(server_now),
            "project": {"id": "p-of-token", "name": "cn-north-4"},
        }
        return httpx.Response(201, json={"token": token}, headers={"X-Subject-Token": text})


def sign_in(
    iam: FakeIam, clock: ManualClock, cache: TokenCache | None = None
) -> tuple[HttpClient, RefreshingCache[Token]]:
    tokens = RefreshingCache(PasswordTokens(build_client(iam, clock=clock), LOGIN, clock, cache).fetch, clock)
    return build_client(iam, clock=clock, auth=RenewedTokenAuth(tokens)), tokens


GET = Call("GET", "/v1/p/x")
