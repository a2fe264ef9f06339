"""Authentication: access keys, by SDK-HMAC-SHA256 strictly verified, tokens, temporary keys of an agency."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from matui.sim.server.requests import ApiError
from matui.sim.world.random import derive_id

if TYPE_CHECKING:
    from starlette.requests import Request

    from matui.sim.world.world import World

FindSecret = Callable[[str, str, set[str], float], str]
_MAX_SKEW_S = 15 * 60
_HEADER = re.compile(r"SDK-HMAC-SHA256 Access=(\S+?), SignedHeaders=(\S+?), Signature=([0-9a-f]{64})\Z")


def verify(find_secret: FindSecret, request: Request, payload: bytes, now: float) -> str:
    """Return why the signature of the request is invalid at ``now`` (seconds since the epoch), or "".

    ``find_secret`` returns the secret of an access key, given the security token, the names of the signed
    headers and ``now``; it raises for a key that is unknown or expired.
    """
    found = _HEADER.match(request.headers.get("authorization", ""))
    if not found:
        return "malformed Authorization header"
    access, names, signature = found[1], found[2].split(";"), found[3]
    why = _check_headers(request, names) or _check_date(request.headers.get("x-sdk-date", ""), now)
    if why:
        return why
    secret = find_secret(access, request.headers.get("x-security-token", ""), set(names), now)
    if not any(
        hmac.compare_digest(signature, sign(text, request, secret))
        for text in build_canonical_requests(request, names, payload)
    ):
        return "verify aksk signature fail"
    return ""


def _check_headers(request: Request, names: list[str]) -> str:
    if names != sorted(set(names)) or any(name != name.lower() for name in names):
        return "SignedHeaders must be sorted and in lower case"
    missing = {"host", "x-sdk-date"} - set(names) or {name for name in names if name not in request.headers}
    return f"header not signed or not sent: {sorted(missing)[0]}" if missing else ""


def _check_date(text: str, now: float) -> str:
    try:
        sent = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return "malformed X-Sdk-Date"
    return "timestamp expired" if abs(now - sent) > _MAX_SKEW_S else ""


def sign(text: str, request: Request, secret: str) -> str:
    """Return the signature of a canonical request."""
    digest = sha256(text.encode()).hexdigest()
    string = f"SDK-HMAC-SHA256\n{request.headers['x-sdk-date']}\n{digest}"
    return hmac.new(secret.encode(), string.encode(), sha256).hexdigest()


def build_canonical_requests(request: Request, names: list[str], payload: bytes) -> list[str]:
    """Return the canonical requests accepted for ``request``: two if the hash of the payload is ambiguous."""
    scope = request.scope
    raw = scope.get("raw_path") or quote(scope["sim.path"]).encode()
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    parts = [
        request.method,
        _build_path(raw.split(b"?")[0].decode(errors="replace")),
        _build_canonical_query(scope["query_string"].decode(errors="replace")),
    ]
    parts += [headers, ";".join(names)]
    return ["\n".join([*parts, payload_hash]) for payload_hash in _list_payload_hashes(request, payload)]


def _build_path(raw: str) -> str:
    path = "/".join(_encode(part) for part in unquote(raw).split("/"))
    return path if path.endswith("/") else path + "/"


def _build_canonical_query(raw: str) -> str:
    pairs = [part.partition("=") for part in raw.split("&") if part]
    decoded = sorted((unquote(key), unquote(value)) for key, _, value in pairs)
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in decoded)


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _list_payload_hashes(request: Request, payload: bytes) -> list[str]:
    unsigned = request.headers.get("x-sdk-content-sha256") == "UNSIGNED-PAYLOAD"
    kind = request.headers.get("content-type", "")
    if unsigned and not kind.startswith(("application/json", "application/bson")):
        return ["UNSIGNED-PAYLOAD"] if payload else ["UNSIGNED-PAYLOAD", sha256(b"").hexdigest()]
    return [sha256(payload).hexdigest()]


@dataclass(slots=True)
class IssuedToken:
    """A token for ``project`` that expires at ``expires`` (seconds since the epoch)."""

    project: str
    expires: float
    revoked: bool = False


@dataclass(slots=True)
class TemporaryKey:
    """Temporary access keys that expire at ``expires`` (seconds since the epoch)."""

    secret: str = field(repr=False)
    token: str = field(repr=False)
    expires: float


@dataclass(slots=True)
class SimAuth:
    """The accepted credentials.

    ``keys`` maps an access key to its secret, ``users`` a name to its password and domain name.
    ``token_ttl_s`` and ``agency_ttl_s`` are the lifetimes of new tokens and temporary keys in seconds.
    ``old_metadata`` makes the ECS metadata service answer 404 to token requests, as old versions do.
    """

    keys: dict[str, str] = field(default_factory=dict, repr=False)
    users: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    token_ttl_s: float = 86_400.0
    agency_ttl_s: float = 86_400.0
    old_metadata: bool = False
    seed: int = 1
    tokens: dict[str, IssuedToken] = field(default_factory=dict, repr=False)
    temporary: dict[str, TemporaryKey] = field(default_factory=dict, repr=False)
    metadata_tokens: set[str] = field(default_factory=set, repr=False)
    issued: int = 0

    @classmethod
    def demo(cls, seed: int = 1) -> SimAuth:
        """Return one access key pair and one user that are the same for the same ``seed``."""
        access, secret = derive_id(seed, "ak", digits=20).upper(), derive_id(seed, "sk", digits=40)
        return cls(
            keys={access: secret},
            users={"matui": (derive_id(seed, "password", digits=16), "matui-sim")},
            seed=seed,
        )

    def _take_serial(self) -> int:
        self.issued += 1
        return self.issued

    def issue_token(self, now: float, project: str) -> tuple[str, IssuedToken]:
        """Return a new token for ``project``, valid from ``now`` (seconds since the epoch)."""
        text = "MII" + derive_id(self.seed, "token", self._take_serial(), digits=40)
        self.tokens[text] = IssuedToken(project, now + self.token_ttl_s)
        return text, self.tokens[text]

    def issue_temporary(self, now: float) -> tuple[str, TemporaryKey]:
        """Return new temporary keys of the agency."""
        turn = self._take_serial()
        access = derive_id(self.seed, "sts", turn, digits=20).upper()
        key = TemporaryKey(
            derive_id(self.seed, "sts-sk", turn, digits=40),
            derive_id(self.seed, "sts-token", turn, digits=40),
            now + self.agency_ttl_s,
        )
        self.temporary[access] = key
        return access, key

    def revoke_all(self) -> None:
        """Revoke every token issued so far."""
        for token in self.tokens.values():
            token.revoked = True

    def check_token(self, text: str, now: float, project: str) -> None:
        """Raise ApiError unless ``text`` is a valid token for ``project`` at ``now`` (s since the epoch)."""
        if not text:
            raise ApiError("0201", "The token does not exist.")
        token = self.tokens.get(text)
        if token is None or token.revoked:
            raise ApiError("0203", "Invalid token.")
        if now >= token.expires:
            raise ApiError("0202", "The token has expired.")
        if project and token.project != project:
            raise ApiError("0210", "The project ID of the token differs from the one in the URI.")

    def find_secret(self, access: str, security_token: str, signed: set[str], now: float) -> str:
        """Return the secret of an access key; a temporary key requires its security token to be signed.

        Raises ApiError.
        """
        if access in self.keys:
            return self.keys[access]
        key = self.temporary.get(access)
        if key is None:
            raise _build_gateway_error("The AK does not exist")
        if now >= key.expires:
            raise _build_gateway_error("The temporary AK has expired")
        if security_token != key.token or "x-security-token" not in signed:
            raise _build_gateway_error("The security token is missing, wrong or not signed")
        return key.secret


def _build_gateway_error(why: str) -> ApiError:
    return ApiError("APIGW.0301", f"Incorrect IAM authentication information: {why}", status=401)


def check_authentication(
    auth: SimAuth | None, world: World, request: Request, payload: bytes, skew_s: float = 0.0
) -> None:
    """Raise ApiError unless the request is signed or has a valid token; without ``auth`` accept it."""
    if auth is None:
        return
    now = world.clock.now() + skew_s
    authorization = request.headers.get("authorization", "")
    if authorization.startswith("SDK-HMAC-SHA256"):
        why = verify(auth.find_secret, request, payload, now)
        if why:
            raise _build_gateway_error(why)
        return
    if authorization:
        raise _build_gateway_error("unknown authorization scheme")
    auth.check_token(request.headers.get("x-auth-token", ""), now, request.path_params.get("project_id", ""))
