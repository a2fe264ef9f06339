"""A profile's session with ModelArts: every call gets the project it is for."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Protocol

from matui.base.calls.shared_reads import read_shared
from matui.base.clock import Clock
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.auth.renewal import CachedValue, RefreshingCache
from matui.clouds.protocols import BudgetState
from matui.config.settings import Profile

_PLACE = "{project_id}"
LANGUAGE_HEADER = "X-Language"
_LANGUAGES = {"en": "en-us", "zh": "zh-cn"}


class ModelArtsSession:
    """Fills ``{project_id}`` in, looking the project up once when the profile does not say it."""

    def __init__(
        self, http: HttpClient, profile: Profile, *, clock: Clock, find_project: Callable[[], Awaitable[str]]
    ) -> None:
        self.profile = profile
        self._http = http
        self._clock = clock
        self._find_project = find_project
        self._project_id = profile.project_id or ""
        self._looked_up = RefreshingCache(self._look_up, clock, rest_s=0.0)
        self._closing = AsyncExitStack()

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""
        return self._project_id

    @property
    def region(self) -> str:
        """The region, ``""`` when the profile has none."""
        return self.profile.region or ""

    @property
    def endpoint(self) -> str:
        """The address of ModelArts."""
        return self._http.base_url

    @property
    def clock_offset_s(self) -> float | None:
        """The cloud's clock minus this machine's in seconds; None before the first answer."""
        return self._http.clock_offset_s

    def get_budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        return self._http.get_budget()

    async def resolve_project_id(self) -> str:
        """Return the project's id, looking it up when it is not known yet. Raises ConfigError."""
        return self._project_id or await self._looked_up.get()

    async def send(self, call: Call) -> Answer:
        """Send ``call`` for this project. Raises the errors of :mod:`matui.base.errors`."""
        if _PLACE not in call.path:
            return await self._http.send(call)
        project = await self.resolve_project_id()
        headers = (*self._translate(call.headers), ("X-Project-Id", project))
        whole = call._replace(path=call.path.replace(_PLACE, project), headers=headers)
        if call.method != "GET":
            return await self._http.send(whole)
        return await read_shared(whole, lambda: self._http.send(whole))

    def _translate(self, headers: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
        """Yield the headers, the one for the language with the language of the profile."""
        language = _LANGUAGES.get(self.profile.lang or "")
        for name, value in headers:
            yield name, language or value if name == LANGUAGE_HEADER else value

    def close_with(self, resources: AsyncExitStack) -> None:
        """Take over what :meth:`aclose` has to close."""
        self._closing = resources

    async def aclose(self) -> None:
        """Close every connection."""
        await self._closing.aclose()

    async def _look_up(self) -> CachedValue[str]:
        self._project_id = await self._find_project()
        return CachedValue(self._project_id, self._clock.now(), math.inf)


class Transport(Protocol):
    """Sends one call."""

    async def send(self, call: Call) -> Answer:
        """Return a 2xx answer; raises the errors of :mod:`matui.base.errors`."""


class ApiSession(Transport, Protocol):
    """A profile's session with one ModelArts endpoint."""

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""

    @property
    def clock_offset_s(self) -> float | None:
        """The cloud's clock minus this machine's in seconds; None before the first answer."""

    def get_budget(self) -> BudgetState:
        """Return the request budget as it stands."""

    async def aclose(self) -> None:
        """Close every connection."""
