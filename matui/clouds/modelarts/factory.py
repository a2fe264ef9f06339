"""Builds a session from a profile, and the cloud of the right API generation on it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from matui.base.clock import Clock
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.retry import MAX_RETRIES
from matui.clouds.http.transport import open_client
from matui.clouds.modelarts.auth.renewal import RefreshingCache
from matui.clouds.modelarts.endpoints import find_project, get_iam_endpoint, get_modelarts_endpoint
from matui.clouds.modelarts.session import ModelArtsSession
from matui.clouds.peer_cloud import resolve_access_key, resolve_secret
from matui.config.settings import Profile

if TYPE_CHECKING:
    from matui.clouds.modelarts.auth.token import PasswordTokens, Token
    from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
    from matui.clouds.modelarts.v2.cloud import ModelArtsV2Cloud

# A whole answer may take this many read time-outs, however slowly it comes.
_ANSWERS = 3.0


async def open_api_session(
    profile: Profile,
    *,
    clock: Clock,
    cache_dir: Path | None,
    asgi_app: Any = None,
    retries: int = MAX_RETRIES,
) -> ModelArtsSession:
    """Return a session; nothing is sent yet. ``cache_dir`` None keeps tokens off the disk.

    Raises ConfigError for credentials that cannot be had (a variable, a command, a certificate file).
    """
    async with AsyncExitStack() as closing:
        budget = Budget(profile.requests_per_minute, clock)
        session = await _Opener(profile, clock, cache_dir, asgi_app, budget, closing, retries).open_session()
        session.close_with(closing.pop_all())
        return session


@dataclass(slots=True)
class _Opener:
    profile: Profile
    clock: Clock
    cache_dir: Path | None
    asgi_app: Any
    budget: Budget
    closing: AsyncExitStack
    retries: int
    tokens: RefreshingCache[Token] | None = None

    async def open_session(self) -> ModelArtsSession:
        iam_client = self._build_client(get_iam_endpoint(self.profile))
        auth = await self._build_auth(iam_client)
        endpoint = get_modelarts_endpoint(self.profile)
        http = self._build_http(endpoint, self._build_client(endpoint), auth)
        iam = self._build_http(get_iam_endpoint(self.profile), iam_client, auth)

        async def project() -> str:
            if self.tokens is not None and (found := (await self.tokens.get()).project_id):
                return found
            return await find_project(iam, self.profile.region or "")

        return ModelArtsSession(http, self.profile, clock=self.clock, find_project=project)

    async def _build_auth(self, iam_client: httpx.AsyncClient) -> httpx.Auth:
        """Return how the profile signs in; of the ways there are, only its own is imported."""
        match self.profile.auth:
            case "aksk":
                return await self._open_key_auth()
            case "token":
                from matui.clouds.modelarts.auth.token import ReadyTokenAuth, Token

                return ReadyTokenAuth(Token(await resolve_secret(self.profile.token)))
            case "password":
                from matui.clouds.modelarts.auth.token import RenewedTokenAuth

                self.tokens = RefreshingCache(
                    (await self._build_password_tokens(iam_client)).fetch, self.clock
                )
                return RenewedTokenAuth(self.tokens)
            case "agency":
                return self._open_agency_auth()

    async def _open_key_auth(self) -> httpx.Auth:
        from matui.clouds.modelarts.auth.signature import AkskAuth

        return AkskAuth(await resolve_access_key(self.profile), self.clock)

    def _open_agency_auth(self) -> httpx.Auth:
        from matui.clouds.modelarts.auth.agency import AgencyKeys, open_metadata
        from matui.clouds.modelarts.auth.signature import KeySourceAuth

        metadata = open_metadata(self.clock, asgi_app=self.asgi_app)
        self.closing.push_async_callback(metadata.aclose)
        return KeySourceAuth(RefreshingCache(AgencyKeys(metadata, self.clock).fetch, self.clock), self.clock)

    async def _build_password_tokens(self, iam_client: httpx.AsyncClient) -> PasswordTokens:
        from matui.clouds.modelarts.auth.token import PasswordLogin, PasswordTokens, TokenCache

        profile, endpoint = self.profile, get_iam_endpoint(self.profile)
        login = PasswordLogin(
            profile.username or "",
            profile.domain_name or "",
            await resolve_secret(profile.password),
            profile.project_id or "",
            profile.region or "",
        )
        scope = login.project_id or login.region
        cache = (
            TokenCache.of(self.cache_dir, endpoint, login.username, login.domain_name, scope)
            if self.cache_dir
            else None
        )
        return PasswordTokens(self._build_http(endpoint, iam_client, None), login, self.clock, cache)

    def _build_client(self, url: str) -> httpx.AsyncClient:
        profile = self.profile
        client = open_client(
            url, asgi_app=self.asgi_app, connect_s=profile.connect_timeout, read_s=profile.read_timeout
        )
        self.closing.push_async_callback(client.aclose)
        return client

    def _build_http(self, url: str, client: httpx.AsyncClient, auth: httpx.Auth | None) -> HttpClient:
        deadline_s = _ANSWERS * self.profile.read_timeout
        return HttpClient(
            url,
            client,
            auth=auth,
            clock=self.clock,
            budget=self.budget,
            deadline_s=deadline_s,
            retries=self.retries,
            language=self.profile.lang or "en",
        )


async def choose_cloud(
    session: ModelArtsSession, *, clock: Clock, cache_dir: Path | None
) -> ModelArtsCloud | ModelArtsV2Cloud:
    """Return the cloud that the session's profile asks for; ``auto`` is found out and may send a request."""
    profile = session.profile
    api = profile.api
    if api == "auto":
        from matui.clouds.modelarts.generation import find_generation

        api = await find_generation(session, clock=clock, cache_dir=cache_dir)
    about: dict[str, Any] = {
        "profile": profile.name,
        "region": session.region,
        "workspace": profile.workspace_id or "",
        "everyone": profile.all_users,
        "language": profile.lang or "en",
        "clock": clock,
    }
    if api == "v2":
        from matui.clouds.modelarts.v2.cloud import ModelArtsV2Cloud

        return ModelArtsV2Cloud(session, **about)
    from matui.clouds.modelarts.v1.cloud import ModelArtsCloud

    return ModelArtsCloud(session, **about)
