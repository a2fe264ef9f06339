"""Signs in with a token: a ready one, or one that IAM gives for a password."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import httpx

from matui.clouds.modelarts.renewing import Renewing
from matui.errors import AuthenticationError, TokenRejectedError

HEADER = "X-Auth-Token"
_TRUSTED_AGE_S = 60.0


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``project_id`` is the project it is scoped to, ``""`` unknown. repr does not show it."""

    text: str = field(repr=False)
    project_id: str = ""


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

    def __init__(self, tokens: Renewing[Token]) -> None:
        self._tokens = tokens

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the token of the moment."""
        request.headers[HEADER] = (await self._tokens.get()).text
        yield request

    async def renew(self, refused: httpx.Request, error: AuthenticationError) -> bool:
        """Whether there is a newer token than the one of ``refused``.

        A refusal that does not speak of the token renews only one that is older than a minute.
        """
        text = refused.headers.get(HEADER, "")
        if not text or error.status not in (401, 403, 400):
            return False
        if not isinstance(error, TokenRejectedError) and self._tokens.age_s < _TRUSTED_AGE_S:
            return False
        return await self._tokens.renew(lambda token: token.text == text)
