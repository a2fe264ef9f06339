"""An access key as a signer takes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from matui.config.secret import SecretSource
from matui.config.settings import Profile


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Key id and secret; ``token`` is ``""`` for a permanent pair. Nothing of it is shown by repr."""

    ak: str = field(repr=False)
    sk: str = field(repr=False)
    token: str = field(default="", repr=False)


async def key_pair_of(profile: Profile) -> KeyPair:
    """Return the profile's keys. Raises ConfigError when a variable or a command gives none."""
    return KeyPair(
        await _resolved(profile.ak), await _resolved(profile.sk), await _resolved(profile.security_token)
    )


async def _resolved(secret: SecretSource | None) -> str:
    """Return the secret, off the event loop where a command has to run; ``""`` for none."""
    if secret is None:
        return ""
    return await asyncio.to_thread(secret.resolve) if secret.kind == "command" else secret.resolve()
