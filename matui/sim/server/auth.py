"""Who may call: access keys with signatures, tokens with a life, temporary keys of an agency."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matui.sim.server.errors import Refusal
from matui.sim.server.signature import verify
from matui.sim.world.random import hex_id

if TYPE_CHECKING:
    from starlette.requests import Request

    from matui.sim.world.world import World


@dataclass(slots=True)
class Token:
    """A token for ``project``, void from ``expires`` on (seconds since the epoch)."""

    project: str
    expires: float
    revoked: bool = False


@dataclass(slots=True)
class TemporaryKey:
    """Temporary access keys, void from ``expires`` on (seconds since the epoch)."""

    secret: str = field(repr=False)
    token: str = field(repr=False)
    expires: float


@dataclass(slots=True)
class SimAuth:
    """What the simulator accepts.

    ``keys`` maps an access key to its secret, ``users`` a name to its password and domain name.
    ``token_ttl_s`` and ``agency_ttl_s`` are the lives of new tokens and of temporary keys, in seconds.
    ``old_metadata`` makes the ECS metadata answer 404 to the token request, as former versions do.
    """

    keys: dict[str, str] = field(default_factory=dict, repr=False)
    users: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    token_ttl_s: float = 86_400.0
    agency_ttl_s: float = 86_400.0
    old_metadata: bool = False
    seed: int = 1
    tokens: dict[str, Token] = field(default_factory=dict, repr=False)
    temporary: dict[str, TemporaryKey] = field(default_factory=dict, repr=False)
    metadata_tokens: set[str] = field(default_factory=set, repr=False)
    issued: int = 0

    @classmethod
    def demo(cls, seed: int = 1) -> SimAuth:
        """Return one access key pair and one user that are the same for the same ``seed``."""
        access, secret = hex_id(seed, "ak", digits=20).upper(), hex_id(seed, "sk", digits=40)
        return cls(
            keys={access: secret},
            users={"matui": (hex_id(seed, "password", digits=16), "matui-sim")},
            seed=seed,
        )

    def _serial(self) -> int:
        self.issued += 1
        return self.issued

    def issue_token(self, now: float, project: str) -> tuple[str, Token]:
        """Return a new token for ``project`` from ``now`` (seconds since the epoch) on."""
        text = "MII" + hex_id(self.seed, "token", self._serial(), digits=40)
        self.tokens[text] = Token(project, now + self.token_ttl_s)
        return text, self.tokens[text]

    def issue_temporary(self, now: float) -> tuple[str, TemporaryKey]:
        """Return new temporary keys of the agency."""
        turn = self._serial()
        access = hex_id(self.seed, "sts", turn, digits=20).upper()
        key = TemporaryKey(
            hex_id(self.seed, "sts-sk", turn, digits=40), hex_id(self.seed, "sts-token", turn, digits=40),
            now + self.agency_ttl_s,
        )  # fmt: skip
        self.temporary[access] = key
        return access, key

    def revoke_all(self) -> None:
        """Void every token issued so far."""
        for token in self.tokens.values():
            token.revoked = True

    def check_token(self, text: str, now: float, project: str) -> None:
        """Refuse unless ``text`` is a token for ``project`` that is in force."""
        if not text:
            raise Refusal("0201", "The token does not exist.")
        token = self.tokens.get(text)
        if token is None or token.revoked:
            raise Refusal("0203", "Invalid token.")
        if now >= token.expires:
            raise Refusal("0202", "The token has expired.")
        if project and token.project != project:
            raise Refusal("0210", "The project ID of the token differs from the one in the URI.")

    def secret_of(self, access: str, security_token: str, signed: set[str], now: float) -> str:
        """Return the secret of an access key; a temporary one needs its security token, signed."""
        if access in self.keys:
            return self.keys[access]
        key = self.temporary.get(access)
        if key is None:
            raise _gateway("The AK does not exist")
        if now >= key.expires:
            raise _gateway("The temporary AK has expired")
        if security_token != key.token or "x-security-token" not in signed:
            raise _gateway("The security token is missing, wrong or not signed")
        return key.secret


def _gateway(why: str) -> Refusal:
    return Refusal("APIGW.0301", f"Incorrect IAM authentication information: {why}", status=401)


def check_call(
    auth: SimAuth | None, world: World, request: Request, payload: bytes, skew_s: float = 0.0
) -> None:
    """Refuse a request that is neither signed nor has a token in force, if there is an ``auth``."""
    if auth is None:
        return
    now = world.clock.now() + skew_s
    authorization = request.headers.get("authorization", "")
    if authorization.startswith("SDK-HMAC-SHA256"):
        why = verify(auth.secret_of, request, payload, now)
        if why:
            raise _gateway(why)
        return
    if authorization:
        raise _gateway("unknown authorization scheme")
    auth.check_token(request.headers.get("x-auth-token", ""), now, request.path_params.get("project_id", ""))
