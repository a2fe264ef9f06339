"""What both generations of ModelArts pass on: the session's state, and every kind to its client."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from matui.clock import Clock, SystemClock
from matui.clouds.lacks import UnsupportedMixin
from matui.clouds.modelarts.scope import CLOUD, Scope
from matui.clouds.modelarts.sending import ApiSession
from matui.clouds.modelarts.source import KindSource
from matui.clouds.port import ActionResult, BudgetState, LogBytes, LogPage, Page, PageAsk
from matui.clouds.rows import refuse_stand_in
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.resources.detail import Detail


class LogClient(Protocol):
    """The logs of jobs."""

    async def files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs."""
        ...

    async def page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older``."""
        ...

    async def window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return bytes from ``start``; -1 asks for the newest."""
        ...


class KindClientSet(Protocol):
    """The clients of all kinds, and a job's logs."""

    @property
    def logs(self) -> LogClient:
        """The logs of jobs."""
        ...

    def known(self, kind: str) -> bool:
        """Whether there is such a kind."""
        ...

    def of(self, kind: str) -> KindSource:
        """Return the client of a kind. Raises UsageError."""
        ...


class BaseModelArtsCloud(UnsupportedMixin):
    """One profile's ModelArts. ``workspace`` is the profile's own, ``""`` when it has none.

    With ``everyone`` what belongs to other users is listed too, where the cloud keeps that apart.
    """

    name = CLOUD

    def __init__(
        self,
        session: ApiSession,
        *,
        profile: str,
        region: str = "",
        workspace: str = "",
        clock: Clock | None = None,
        everyone: bool = False,
    ) -> None:
        self._session = session
        self.profile = profile
        self.region = region
        self._scope = Scope(profile, workspace, clock or SystemClock(), everyone)

    @property
    @abstractmethod
    def _sources(self) -> KindClientSet:
        """The clients of this generation's kinds."""

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""
        return self._session.project_id

    @property
    def clock_offset_s(self) -> float | None:
        """The cloud's clock minus this machine's in seconds; None before the first answer."""
        return self._session.clock_offset_s

    def budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        return self._session.budget()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._session.aclose()

    async def list_page(self, ask: PageAsk) -> Page:
        """Return one page of a kind, newest first where the cloud can sort so."""
        return await self._sources.of(ask.kind).list_page(ask)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return one resource as it is now."""
        refuse_stand_in(resource_id)
        return await self._sources.of(kind).read(resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""
        return await self._sources.of(resource.kind).describe(resource)

    def offers(self, kind: str, action: str) -> bool:
        """Whether this generation has the action for the kind."""
        return self._sources.known(kind) and action in self._sources.of(kind).handlers()

    def batches(self, kind: str, action: str) -> bool:
        """Whether one request can carry several resources: deleting services can."""
        return self._sources.known(kind) and action in self._sources.of(kind).batched

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        """Send the action for resources of one kind, in order; failures are in the entries."""
        if not resources:
            return ()
        return await self._sources.of(resources[0].kind).act(action, resources)

    async def log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs: v1 has a file a node (5.1.10), v2 one a task."""
        return await self._sources.logs.files(job)

    async def log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return at most ``limit`` lines after ``base``, or before it when ``older`` (5.1.13)."""
        return await self._sources.logs.page(job, file, base=base, older=older, limit=limit)

    async def log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return at most ``length`` bytes from ``start``; -1 asks for the newest (5.1.11, v2's preview)."""
        return await self._sources.logs.window(job, file, start=start, length=length)
