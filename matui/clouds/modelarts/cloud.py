"""ModelArts v1 behind matui's port: every kind, action, log, event and metric it has."""

from __future__ import annotations

from collections.abc import Sequence

from matui.clouds.modelarts.api import ModelArtsApi
from matui.clouds.modelarts.catalog import Catalog
from matui.clouds.modelarts.configs import Configs
from matui.clouds.modelarts.job_logs import JobLogs
from matui.clouds.modelarts.jobs import Jobs, Versions
from matui.clouds.modelarts.models import Models
from matui.clouds.modelarts.notebooks import Notebooks
from matui.clouds.modelarts.pools import Pools
from matui.clouds.modelarts.scope import CLOUD, Scope
from matui.clouds.modelarts.sending import Session
from matui.clouds.modelarts.services import Services
from matui.clouds.modelarts.source import Source, refuse_stand_in
from matui.clouds.modelarts.visualizations import Visualizations
from matui.clouds.modelarts.workspaces import Workspaces
from matui.clouds.port import Acted, BudgetState, LogBytes, LogPage, Page, PageAsk
from matui.errors import UsageError
from matui.resources.detail import Detail, Event, Metrics, Section
from matui.resources.model import Resource


class ModelArtsCloud:
    """One profile's ModelArts. ``workspace`` is the profile's own, ``""`` when it has none."""

    name = CLOUD

    def __init__(self, session: Session, *, profile: str, region: str = "", workspace: str = "") -> None:
        self._session = session
        self.profile = profile
        self.region = region
        self.api = ModelArtsApi(session)
        self.catalog = Catalog(self.api)
        scope = Scope(profile, workspace)
        self._jobs = Jobs(self.api.jobs, scope)
        self._versions = Versions(self.api.jobs, scope)
        self._services = Services(self.api.services, scope)
        self._workspaces = Workspaces(self.api.workspaces, scope)
        self._pools = Pools(self.api.services, scope)
        self._logs = JobLogs(self.api.jobs, self._jobs)
        listed: tuple[Source, ...] = (
            Notebooks(self.api.notebooks, scope),
            self._jobs,
            self._services,
            self._workspaces,
            Visualizations(self.api.visualizations, scope),
            Models(self.api.models, scope),
            self._pools,
            Configs(self.api.configs, scope),
        )
        self.kinds = tuple(source.kind for source in listed)
        self._sources = {source.kind: source for source in (*listed, self._versions)}

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

    def _source(self, kind: str) -> Source:
        source = self._sources.get(kind)
        if source is None:
            raise UsageError(f"ModelArts has no {kind}.")
        return source

    async def list_page(self, ask: PageAsk) -> Page:
        """Return one page of a kind, newest first where the cloud can sort so."""
        return await self._source(ask.kind).list_page(ask)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return one resource as it is now; a job's version by ``JOB/VERSION``."""
        refuse_stand_in(resource_id)
        if kind == "jobs" and "/" in resource_id:
            kind = "versions"
        return await self._source(kind).read(resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""
        return await self._source(resource.kind).describe(resource)

    def offers(self, kind: str, action: str) -> bool:
        """Whether ModelArts has the action for the kind."""
        source = self._sources.get(kind)
        return source is not None and action in source.deeds()

    def batches(self, kind: str, action: str) -> bool:
        """Whether one request can carry several resources: deleting services can."""
        source = self._sources.get(kind)
        return source is not None and action in source.batched

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[Acted, ...]:
        """Send the action for resources of one kind, in order; failures are in the entries."""
        if not resources:
            return ()
        return await self._source(resources[0].kind).act(action, resources)

    async def versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return a job's versions, newest first (5.1.5)."""
        return await self._versions.of_job(job)

    async def events(self, resource: Resource) -> tuple[Event, ...]:
        """Return a service's latest 500 events, oldest first (7.8); no other kind has any."""
        return await self._services.events(resource) if resource.kind == "services" else ()

    async def updates(self, service: Resource) -> tuple[Section, ...]:
        """Return a service's update history, latest first, with the result on every edge node (7.7)."""
        return await self._services.updates(service)

    async def metrics(self, resource: Resource) -> Metrics:
        """Return what a job, version or service consumes, what is free of a pool, a workspace's quotas."""
        if resource.kind in ("jobs", "versions"):
            return await self._jobs.metrics(resource)
        if resource.kind == "services":
            return await self._services.metrics(resource)
        if resource.kind == "pools":
            return await self._pools.metrics(resource)
        return await self._workspaces.metrics(resource) if resource.kind == "workspaces" else Metrics()

    async def log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's log files, one a node (5.1.10)."""
        return await self._logs.files(job)

    async def log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return at most ``limit`` lines after ``base``, or before it when ``older`` (5.1.13)."""
        return await self._logs.page(job, file, base=base, older=older, limit=limit)

    async def log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return at most ``length`` bytes from ``start``; -1 asks for the newest (5.1.11)."""
        return await self._logs.window(job, file, start=start, length=length)
