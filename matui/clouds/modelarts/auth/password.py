"""Requests a token from IAM for a user name and password."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from matui.base.clock import Clock
from matui.base.errors import BadAnswerError
from matui.clouds.http.api_errors import parse_json
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Answer, Call, http_date, iso_date
from matui.clouds.modelarts.auth.renewal import CachedValue
from matui.clouds.modelarts.auth.token import Token, TokenCache
from matui.clouds.modelarts.endpoints import usable_id

_PATH = "/v3/auth/tokens"
_USUAL_LIFE_S = 24 * 3600.0
_LEAST_LIFE_S = 5.0


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """Who signs in, and to which project: its id, or the name of a region, or neither."""

    username: str
    domain_name: str
    password: str = field(repr=False)
    project_id: str = ""
    region: str = ""

    def body(self) -> bytes:
        """Return the body of the token request."""
        domain = {"name": self.domain_name}
        user = {"name": self.username, "password": self.password, "domain": domain}
        identity = {"methods": ["password"], "password": {"user": user}}
        project = {"id": self.project_id} if self.project_id else {"name": self.region}
        scope = {"project": project} if self.project_id or self.region else {"domain": domain}
        return json.dumps({"auth": {"identity": identity, "scope": scope}}).encode()


class PasswordTokens:
    """Fetches tokens, from the disk when one is there that still lives and was not refused."""

    def __init__(
        self, iam: HttpClient, login: PasswordLogin, clock: Clock, cache: TokenCache | None = None
    ) -> None:
        self._iam = iam
        self._login = login
        self._clock = clock
        self._cache = cache
        self._seen: set[str] = set()

    async def fetch(self) -> CachedValue[Token]:
        """Return a token that this object has not returned before."""
        lease = self._cached() or await self._asked()
        self._seen.add(lease.value.text)
        return lease

    def _cached(self) -> CachedValue[Token] | None:
        lease = self._cache.load() if self._cache else None
        if lease is None or lease.value.text in self._seen:
            return None
        return lease if lease.obtained_at <= self._clock.now() < lease.renew_at else None

    async def _asked(self) -> CachedValue[Token]:
        call = Call(
            "POST", _PATH, (("nocatalog", "true"),), self._login.body(), action=False, repeatable=True
        )
        answer = await self._iam.send(call)
        lease = token_lease(answer, self._clock.now())
        if self._cache:
            self._cache.save(lease)
        return lease


def token_lease(answer: Answer, now: float) -> CachedValue[Token]:
    """Return the token of an answer with its times on our clock, however wrong that clock is.

    Raises BadAnswerError when there is no token in it.
    """
    text = answer.headers.get("x-subject-token", "").strip()
    if not text or not text.isascii() or not text.isprintable():
        raise BadAnswerError("IAM answered without a token.", request_id=answer.request_id)
    tree = parse_json(answer.body, answer.request_id)
    body = tree.get("token") if isinstance(tree, dict) else None
    fields = body if isinstance(body, dict) else {}
    return CachedValue(Token(text, _project(fields)), now, now + _life_s(fields, answer))


def _life_s(fields: dict[str, Any], answer: Answer) -> float:
    """Return how many seconds the token lives, by the server's own clock."""
    expires = iso_date(str(fields.get("expires_at", "")))
    issued = iso_date(str(fields.get("issued_at", ""))) or http_date(answer.headers.get("date", ""))
    if expires is None or issued is None:
        return _USUAL_LIFE_S if expires is None else _LEAST_LIFE_S
    return max(_LEAST_LIFE_S, min(expires - issued, 7 * _USUAL_LIFE_S))


def _project(fields: dict[str, Any]) -> str:
    project = fields.get("project")
    return usable_id(project.get("id")) if isinstance(project, dict) else ""
