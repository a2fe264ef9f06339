"""ModelArts v1 behind matui's port: every kind, action, log, event and metric it has."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from matui.clouds.modelarts.base import CLOUD, BaseModelArtsCloud
from matui.clouds.modelarts.form_support import FormsMixin
from matui.clouds.modelarts.v1.api import ModelArtsApi
from matui.clouds.modelarts.v1.form_kinds import FORM_KINDS
from matui.clouds.modelarts.v1.kind_clients import LISTED, KindClients
from matui.clouds.rows import Unsupported
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.catalog import Catalog
    from matui.clouds.modelarts.v1.forms import ModelArtsForms
    from matui.resources.detail import Event, Metrics, Section


class ModelArtsCloud(FormsMixin, BaseModelArtsCloud):
    """One profile's ModelArts. ``workspace`` is the profile's own, ``""`` when it has none."""

    kinds = LISTED
    title = "ModelArts v1"
    form_kinds = FORM_KINDS
    unsupported: ClassVar[Unsupported] = {
        ("devservers", ""): 'ModelArts v1 has no DevServers: api = "v2" in the profile shows them',
        ("jobs", "start"): "ModelArts trains a job again as a new version: run it again (A, matui rerun)",
        ("jobs", "events"): "ModelArts v1 keeps no events of jobs",
        ("pools", "events"): "ModelArts v1 keeps no events of pools",
    }

    @cached_property
    def api(self) -> ModelArtsApi:
        """Every operation of v1."""
        return ModelArtsApi(self._session)

    @cached_property
    def _sources(self) -> KindClients:
        return KindClients(self.api, self._scope)

    @cached_property
    def catalog(self) -> Catalog:
        """What can be chosen when something is made."""
        from matui.clouds.modelarts.v1.catalog import Catalog

        return Catalog(self.api)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return one resource as it is now; a version by ``JOB/VERSION``, a node by ``SERVICE/NODE``."""
        if "/" in resource_id:
            kind = {"jobs": "versions", "services": "nodes"}.get(kind, kind)
        return await super().read(kind, resource_id)

    @cached_property
    def _forms(self) -> ModelArtsForms:
        from matui.clouds.modelarts.v1.forms import ModelArtsForms

        return ModelArtsForms(self.api, self.catalog, self._sources)

    async def versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return a job's versions, newest first (5.1.5)."""
        return await self._sources.versions.of_job(job)

    async def events(self, resource: Resource) -> tuple[Event, ...]:
        """Return a service's latest 500 events, oldest first (7.8); no other kind has any."""
        return await self._sources.services.events(resource) if resource.kind == "services" else ()

    async def nodes(self, service: Resource) -> tuple[Resource, ...]:
        """Return the edge nodes a service runs on (7.3)."""
        return await self._sources.nodes.of_service(service)

    async def choices(self, catalog: str) -> tuple[Resource, ...]:
        """Return what one can choose from (5.4.1, 5.4.2, 5.1.12, 7.10)."""
        from matui.resources.kinds.configs import choice_resource, find_catalog

        kind = find_catalog(catalog)
        offered = {
            "flavors": self.catalog.flavors,
            "engines": self.catalog.engines,
            "algorithms": self.catalog.algorithms,
            "specs": self.catalog.deployment_flavors,
        }
        rows: dict[str, Resource] = {}
        for choice in await offered[kind.id]():
            ident, turn = choice.id, 2
            while ident in rows:
                ident, turn = f"{choice.id} ({turn})", turn + 1
            rows[ident] = choice_resource(
                kind.id, ident, choice.label, choice.note, choice.why_not, cloud=CLOUD, profile=self.profile
            )
        return tuple(rows.values())

    async def updates(self, service: Resource) -> tuple[Section, ...]:
        """Return a service's update history, latest first, with the result on every edge node (7.7)."""
        return await self._sources.services.updates(service)

    async def metrics(self, resource: Resource) -> Metrics:
        """Return what a job, version or service consumes, what is free of a pool, a workspace's quotas."""
        if resource.kind in ("jobs", "versions"):
            return await self._sources.jobs.metrics(resource)
        if resource.kind == "services":
            return await self._sources.services.metrics(resource)
        if resource.kind == "pools":
            return await self._sources.pools.metrics(resource)
        if resource.kind == "workspaces":
            return await self._sources.workspaces.metrics(resource)
        from matui.resources.detail import Metrics

        return Metrics()
