"""ModelArts v2 behind matui's port: every kind, action, log, event and metric it has."""

from __future__ import annotations

from collections.abc import Sequence

from matui.clock import Clock, SystemClock
from matui.clouds.modelarts.scope import CLOUD, Scope
from matui.clouds.modelarts.sending import Session
from matui.clouds.modelarts.source import refuse_stand_in
from matui.clouds.modelarts_v2.sources import LISTED, Sources
from matui.clouds.port import Acted, BudgetState, LogBytes, LogPage, Page, PageAsk
from matui.resources.detail import Detail, Event, Metrics
from matui.resources.model import Resource

_NOT_IN_V2 = {("services", "metrics"): "ModelArts v2 tells nothing of what a service consumes"}


class ModelArtsV2Cloud:
    """One profile's ModelArts. ``workspace`` is the profile's own, ``""`` when it has none."""

    name = CLOUD
    kinds = LISTED

    def __init__(
        self,
        session: Session,
        *,
        profile: str,
        region: str = "",
        workspace: str = "",
        clock: Clock | None = None,
    ) -> None:
        self._session = session
        self.profile = profile
        self.region = region
        self._sources = Sources(session, Scope(profile, workspace, clock or SystemClock()))

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""
        return self._session.project_id

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
        """Whether v2 has the action for the kind."""
        return self._sources.known(kind) and action in self._sources.of(kind).deeds()

    def batches(self, kind: str, action: str) -> bool:
        """Whether one request can carry several resources."""
        return self._sources.known(kind) and action in self._sources.of(kind).batched

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[Acted, ...]:
        """Send the action for resources of one kind, in order; failures are in the entries."""
        if not resources:
            return ()
        return await self._sources.of(resources[0].kind).act(action, resources)

    async def events(self, resource: Resource) -> tuple[Event, ...]:
        """Return the latest events, oldest first; kinds that have none give none."""
        if resource.kind == "jobs":
            return await self._sources.jobs.events(resource)
        if resource.kind == "services":
            return await self._sources.services.events(resource)
        return await self._sources.pools.events(resource) if resource.kind == "pools" else ()

    def why_no_pane(self, kind: str, pane: str) -> str | None:
        """Return what v2 does not tell of a kind although v1 does."""
        return _NOT_IN_V2.get((kind, pane))

    async def metrics(self, resource: Resource) -> Metrics:
        """Return what a job's tasks or a pool consume, or a workspace's quotas."""
        if resource.kind == "jobs":
            return await self._sources.jobs.metrics(resource)
        if resource.kind == "pools":
            return await self._sources.pools.metrics(resource)
        return (
            await self._sources.workspaces.metrics(resource) if resource.kind == "workspaces" else Metrics()
        )

    async def log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's tasks, each of which has a log."""
        return await self._sources.logs.files(job)

    async def log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return at most ``limit`` lines after ``base``, or before it when ``older``."""
        return await self._sources.logs.page(job, file, base=base, older=older, limit=limit)

    async def log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return at most ``length`` bytes from ``start`` out of the preview; -1 asks for the newest."""
        return await self._sources.logs.window(job, file, start=start, length=length)
