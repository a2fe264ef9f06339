"""The base of the clouds that have training jobs and their versions only, and their access key."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from matui.base.calls.slow_calls import report_slow_call
from matui.base.clock import Clock, compute_correction_s
from matui.base.errors import RefusedError, UsageError
from matui.base.redaction.known import remember_secret
from matui.base.text.sanitize import clean
from matui.clouds.http.client import HttpClient
from matui.clouds.protocols import ActionResult, BudgetState
from matui.clouds.rows import ActOnResource, UnsupportedMixin, act_each
from matui.config.secrets import SecretSource
from matui.config.settings import Profile
from matui.resources.model import Resource


class PeerCloud(UnsupportedMixin, ABC):
    """One profile's connection, by :mod:`matui.clouds.protocols`.

    A subclass declares what it offers, and the reasons for what it lacks.
    """

    offered: ClassVar[frozenset[tuple[str, str]]]
    project_id = ""
    kinds = ("jobs",)

    def __init__(self, http: HttpClient, *, profile: str, region: str, clock: Clock) -> None:
        self._http = http
        self.profile = profile
        self.region = region
        self._clock = clock

    @property
    def clock_offset_s(self) -> float | None:
        return self._http.clock_offset_s

    def get_budget(self) -> BudgetState:
        return self._http.get_budget()

    async def aclose(self) -> None:
        await self._http.aclose()

    def offers(self, kind: str, action: str) -> bool:
        return (kind, action) in self.offered

    def batches(self, kind: str, action: str) -> bool:  # noqa: ARG002
        """Never: each action is a request of its own."""
        return False

    @abstractmethod
    def get_handlers(self) -> Mapping[str, ActOnResource]:
        """Return the function of each action, which acts on one resource."""

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        handlers = self.get_handlers()
        return await act_each(lambda resource: self._do(handlers, action, resource), resources)

    async def _do(self, handlers: Mapping[str, ActOnResource], action: str, resource: Resource) -> str:
        if not self.offers(resource.kind, action):
            reason = (
                self.explain_unsupported(resource.kind, action)
                or f"{self.title} cannot {action} {resource.kind}"
            )
            raise RefusedError(f"{reason}.")
        return await handlers[action](resource)

    def _refuse_kind(self, kind: str) -> None:
        if kind not in ("jobs", "versions"):
            raise UsageError(f"{self.title} has no {kind}.", remedy="It has: jobs.")

    def _get_now_ms(self) -> float:
        return (self._clock.now() + compute_correction_s(self.clock_offset_s)) * 1000


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Key id and secret; ``security_token`` is ``""`` for a permanent key. repr shows nothing of it."""

    ak: str = field(repr=False)
    sk: str = field(repr=False)
    security_token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for part in (self.ak, self.sk, self.security_token):
            remember_secret(part)


def format_signing_date(seconds: float) -> str:
    """Return seconds since the epoch as both clouds sign them: ``2024-01-02T03:04:05Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def resolve_access_key(profile: Profile) -> AccessKey:
    """Return the profile's key. Raises ConfigError when a variable or a command gives none."""
    return AccessKey(
        await resolve_secret(profile.ak),
        await resolve_secret(profile.sk),
        await resolve_secret(profile.security_token),
    )


async def resolve_secret(secret: SecretSource | None) -> str:
    """Return the secret, off the event loop where a command has to run; ``""`` for none.

    The command is killed when the task is cancelled: the end of the loop waits for its thread.
    """
    if secret is None:
        return ""
    if secret.kind != "command":
        return secret.resolve()
    stop = threading.Event()
    try:
        with report_slow_call(lambda: f"the command {clean(secret.program)} of the config file"):
            return await asyncio.to_thread(secret.resolve, stop=stop)
    finally:
        stop.set()
