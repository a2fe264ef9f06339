"""Signs in with a token: a ready one, or one that IAM issues for a password."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import httpx

from matui.base.errors import AuthenticationError, TokenRejectedError
from matui.base.redaction import remember_secret
from matui.clouds.modelarts.auth.renewal import RefreshingCache

HEADER = "X-Auth-Token"
SPACING_S = 10.0


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``project_id`` is the project it is scoped to, ``""`` unknown. repr does not show it."""

    text: str = field(repr=False)
    project_id: str = ""

    def __post_init__(self) -> None:
        remember_secret(self.text)


class ReadyTokenAuth(httpx.Auth):
    """Sends the token it was given; nothing can renew it."""

    def __init__(self, token: Token) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the token."""
        request.headers[HEADER] = self._token.text
        yield request


class RenewedTokenAuth(httpx.Auth):
    """Sends a token that is renewed before it expires, and once when it is refused."""

    def __init__(self, tokens: RefreshingCache[Token]) -> None:
        self._tokens = tokens

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the token of the moment."""
        request.headers[HEADER] = (await self._tokens.get()).text
        yield request

    async def renew(self, refused: httpx.Request, error: AuthenticationError) -> bool:
        """Whether there is a newer token than the one of ``refused``.

        A refusal that does not speak of the token may have another cause: it renews only now and then.
        """
        text = refused.headers.get(HEADER, "")
        if not text:
            return False
        spacing = 0.0 if isinstance(error, TokenRejectedError) else SPACING_S
        return await self._tokens.renew(lambda token: token.text == text, spacing_s=spacing)
