"""Signs in with a token, ready or issued by IAM for a password; tokens kept in private files."""

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

from matui.base.errors import AuthenticationError, TokenRejectedError
from matui.base.redaction import remember_secret
from matui.clouds.modelarts.auth.renewal import CachedValue, RefreshingCache

HEADER = "X-Auth-Token"
SPACING_S = 10.0
_LARGEST_BYTES = 64 * 1024


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
        return _lease(tree)

    def save(self, lease: CachedValue[Token]) -> None:
        """Write the token with mode 0600 in one step; a disk that cannot take it is not an error."""
        record = {
            "token": lease.value.text,
            "project_id": lease.value.project_id,
            "obtained_at": lease.obtained_at,
            "expires_at": lease.expires_at,
        }
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_private(self.folder.lstat(), stat.S_ISDIR):
                write_private(self.folder, self.name, json.dumps(record))
        except OSError:
            return


def _lease(tree: Any) -> CachedValue[Token] | None:
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
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
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
