"""ModelArts v1 (the 2020 reference) as a cloud, and the reasons for what it lacks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from matui.base.errors import RefusedError
from matui.clouds.modelarts.base_cloud import BaseModelArtsCloud
from matui.clouds.modelarts.client_registry import find_kinds
from matui.clouds.modelarts.mapping import CLOUD
from matui.clouds.rows import Unsupported, refuse_unreadable
from matui.resources.model import Resource
from matui.resources.registry import INNER_KINDS

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.catalog import Catalog
    from matui.clouds.modelarts.v1.jobs.client import JobLogs
    from matui.resources.detail import Section

_ONLY_V2 = 'api = "v2" in the profile has them'
PACKAGE = "matui.clouds.modelarts.v1"


class ModelArtsCloud(BaseModelArtsCloud):
    """One profile's ModelArts. ``workspace`` is the profile's own, ``""`` when it has none."""

    package = PACKAGE
    kinds = find_kinds(PACKAGE)
    title = "ModelArts v1"
    unsupported: ClassVar[Unsupported] = {
        ("devservers", ""): 'ModelArts v1 has no DevServers: api = "v2" in the profile shows them',
        ("jobs", "start"): "ModelArts trains a job again as a new version: run it again (A, matui rerun)",
        ("jobs", "events"): "ModelArts v1 keeps no events of jobs",
        ("pools", "events"): "ModelArts v1 keeps no events of pools",
        ("pools", "nodes"): f"ModelArts v1 lists no nodes of a pool; {_ONLY_V2}",
        ("services", "versions"): f"ModelArts v1 keeps no versions of services, only updates; {_ONLY_V2}",
        ("revisions", ""): f"ModelArts v1 keeps no versions of services, only updates; {_ONLY_V2}",
        ("poolnodes", ""): f"ModelArts v1 lists no nodes of a pool; {_ONLY_V2}",
        ("services", "scale"): f"ModelArts v1 scales a service by editing it; {_ONLY_V2}",
        ("jobs", "save-image"): f"ModelArts v1 saves no images; {_ONLY_V2}",
        ("notebooks", "save-image"): f"ModelArts v1 saves no images; {_ONLY_V2}",
        ("maintenance", ""): f"ModelArts v1 has no maintenance events; {_ONLY_V2}",
    }

    @cached_property
    def _logs(self) -> JobLogs:
        from matui.clouds.modelarts.v1.jobs.client import JobLogs, Jobs

        return JobLogs(self._clients.get(Jobs))

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogs offered by forms."""
        from matui.clouds.modelarts.v1.catalog import Catalog

        return Catalog(self._session)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return one resource as it is now; a version by ``JOB/VERSION``, a node by ``SERVICE/NODE``."""
        if "/" in resource_id:
            within = (inner.id for inner in INNER_KINDS.values() if inner.within == kind)
            kind = next((inner for inner in within if self._clients.has_kind(inner)), kind)
        return await super().read(kind, resource_id)

    async def fetch_versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return a job's versions, newest first (5.1.5)."""
        from matui.clouds.modelarts.v1.jobs.client import Versions

        refuse_unreadable(job)
        return await self._clients.get(Versions).fetch_versions(job)

    async def fetch_nodes(self, service: Resource) -> tuple[Resource, ...]:
        """Return the edge nodes a service runs on (7.3)."""
        from matui.clouds.modelarts.v1.services.client import Nodes

        refuse_unreadable(service)
        return await self._clients.get(Nodes).fetch_nodes(service)

    async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
        """Return the flavors of jobs or services that are sold out (5.4.1, 7.10)."""
        lists = {"jobs": self.catalog.fetch_flavors, "services": self.catalog.fetch_deployment_flavors}
        from matui.resources.kinds.configs import select_sold_out

        return select_sold_out(await lists[kind]()) if kind in lists else frozenset()

    async def fetch_choices(self, catalog: str) -> tuple[Resource, ...]:
        """Return the rows of a catalog (5.4.1, 5.4.2, 5.1.12, 7.10)."""
        from matui.resources.kinds.configs import find_catalog, map_choice

        kind = find_catalog(catalog)
        offered = {
            "flavors": self.catalog.fetch_flavors,
            "engines": self.catalog.fetch_engines,
            "algorithms": self.catalog.fetch_algorithms,
            "specs": self.catalog.fetch_deployment_flavors,
        }
        if kind.id not in offered:
            raise RefusedError(f'ModelArts v1 has no list of {kind.id}; use api = "v2" in the profile.')
        rows: dict[str, Resource] = {}
        for choice in await offered[kind.id]():
            ident, turn = choice.id, 2
            while ident in rows:
                ident, turn = f"{choice.id} ({turn})", turn + 1
            numbered = choice._replace(id=ident)
            rows[ident] = map_choice(kind.id, numbered, cloud=CLOUD, profile=self.profile)
        return tuple(rows.values())

    async def fetch_updates(self, service: Resource) -> tuple[Section, ...]:
        """Return a service's update history, latest first, with the result on every edge node (7.7)."""
        from matui.clouds.modelarts.v1.services.client import Services

        refuse_unreadable(service)
        return await self._clients.get(Services).fetch_updates(service)
