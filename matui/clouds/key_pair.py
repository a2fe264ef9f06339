"""An access key as a signer takes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from matui.config.secret import SecretSource, remember_secret
from matui.config.settings import Profile


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Key id and secret; ``security_token`` is ``""`` for a permanent key. Nothing of it is shown by repr."""

    ak: str = field(repr=False)
    sk: str = field(repr=False)
    security_token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for part in (self.ak, self.sk, self.security_token):
            remember_secret(part)


async def access_key_of(profile: Profile) -> AccessKey:
    """Return the profile's key. Raises ConfigError when a variable or a command gives none."""
    return AccessKey(
        await resolve_secret(profile.ak),
        await resolve_secret(profile.sk),
        await resolve_secret(profile.security_token),
    )


async def resolve_secret(secret: SecretSource | None) -> str:
    """Return the secret, off the event loop where a command has to run; ``""`` for none."""
    if secret is None:
        return ""
    return await asyncio.to_thread(secret.resolve) if secret.kind == "command" else secret.resolve()
