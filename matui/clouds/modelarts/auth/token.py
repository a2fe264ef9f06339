"""Signs in with a token, ready or issued by IAM for a user name and password."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError, BadAnswerError, TokenRejectedError
from matui.base.redaction.known import remember_secret
from matui.clouds.http.api_errors import parse_json
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Answer, Call, parse_http_date, parse_iso_date
from matui.clouds.modelarts.auth.renewal import CachedValue, RefreshingCache
from matui.clouds.modelarts.endpoints import parse_project_id

HEADER = "X-Auth-Token"
SPACING_S = 10.0
_LARGEST_BYTES = 64 * 1024
_PATH = "/v3/auth/tokens"
_USUAL_LIFE_S = 24 * 3600.0
_LEAST_LIFE_S = 5.0


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


class TokenCache(NamedTuple):
    """The file of one identity's token. Whatever is wrong with it, the answer is: no token cached."""

    folder: Path
    name: str

    @classmethod
    def of(cls, cache_dir: Path, *identity: str) -> TokenCache:
        """Return the cache of who signs in where: endpoint, user, domain, project."""
        return cls(cache_dir / "tokens", sha256(json.dumps(identity).encode()).hexdigest()[:40] + ".json")

    def load(self) -> CachedValue[Token] | None:
        """Return the token, or None when there is none that can be trusted."""
        try:
            if not _is_private(self.folder.lstat(), stat.S_ISDIR):
                return None
            tree = json.loads(_read(self.folder / self.name))
        except (OSError, ValueError, RecursionError):
            return None
        return _parse_cached(tree)

    def save(self, cached: CachedValue[Token]) -> None:
        """Write the token with mode 0600 in one step; a disk that cannot take it is not an error."""
        record = {
            "token": cached.value.text,
            "project_id": cached.value.project_id,
            "obtained_at": cached.obtained_at,
            "expires_at": cached.expires_at,
        }
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_private(self.folder.lstat(), stat.S_ISDIR):
                write_private(self.folder, self.name, json.dumps(record))
        except OSError:
            return


def _parse_cached(tree: Any) -> CachedValue[Token] | None:
    if not isinstance(tree, dict):
        return None
    texts = [tree.get("token"), tree.get("project_id")]
    times = [tree.get("obtained_at"), tree.get("expires_at")]
    if not all(isinstance(text, str) for text in texts) or not texts[0]:
        return None
    if not all(isinstance(time, (int, float)) and not isinstance(time, bool) for time in times):
        return None
    return CachedValue(Token(str(texts[0]), str(texts[1])), float(times[0] or 0), float(times[1] or 0))


def _read(file: Path) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as opened:
        if not _is_private(os.fstat(descriptor), stat.S_ISREG):
            raise PermissionError
        return opened.read(_LARGEST_BYTES)


def write_private(folder: Path, name: str, text: str) -> None:
    """Write a file for its owner alone in one step. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".token-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        Path(temporary).replace(folder / name)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _is_private(status: os.stat_result, kind: Any) -> bool:
    """Whether it is of the kind, ours, and closed to everybody else."""
    if not kind(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """The user, and the project that the token is for: its id, or the name of a region, or neither."""

    username: str
    domain_name: str
    password: str = field(repr=False)
    project_id: str = ""
    region: str = ""

    def build_body(self) -> bytes:
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
        cached = self._load() or await self._request_token()
        self._seen.add(cached.value.text)
        return cached

    def _load(self) -> CachedValue[Token] | None:
        cached = self._cache.load() if self._cache else None
        if cached is None or cached.value.text in self._seen:
            return None
        return cached if cached.obtained_at <= self._clock.now() < cached.renew_at else None

    async def _request_token(self) -> CachedValue[Token]:
        call = Call(
            "POST", _PATH, (("nocatalog", "true"),), self._login.build_body(), action=False, repeatable=True
        )
        answer = await self._iam.send(call)
        cached = read_token(answer, self._clock.now())
        if self._cache:
            self._cache.save(cached)
        return cached


def read_token(answer: Answer, now: float) -> CachedValue[Token]:
    """Return the token of an answer with its times on our clock, however wrong that clock is.

    Raises BadAnswerError when there is no token in it.
    """
    text = answer.headers.get("x-subject-token", "").strip()
    if not text or not text.isascii() or not text.isprintable():
        raise BadAnswerError(
            "IAM answered without a token.",
            request_id=answer.request_id,
            remedy="Check iam_endpoint of the profile, and any proxy in between.",
        )
    tree = parse_json(answer.body, answer.request_id)
    body = tree.get("token") if isinstance(tree, dict) else None
    fields = body if isinstance(body, dict) else {}
    return CachedValue(Token(text, _read_project(fields)), now, now + _read_life_s(fields, answer))


def _read_life_s(fields: dict[str, Any], answer: Answer) -> float:
    """Return how many seconds the token lives, by the server's own clock."""
    expires = parse_iso_date(str(fields.get("expires_at", "")))
    issued = parse_iso_date(str(fields.get("issued_at", ""))) or parse_http_date(
        answer.headers.get("date", "")
    )
    if expires is None or issued is None:
        return _USUAL_LIFE_S if expires is None else _LEAST_LIFE_S
    return max(_LEAST_LIFE_S, min(expires - issued, 7 * _USUAL_LIFE_S))


def _read_project(fields: dict[str, Any]) -> str:
    project = fields.get("project")
    return parse_project_id(project.get("id")) if isinstance(project, dict) else ""
