"""ModelArts v2 (today's API) as a cloud, and the reasons for what it lacks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.base.errors import RefusedError
from matui.clouds.modelarts.base_cloud import BaseModelArtsCloud
from matui.clouds.modelarts.client_registry import find_kinds
from matui.clouds.modelarts.mapping import CLOUD
from matui.clouds.rows import Unsupported, refuse_unreadable

if TYPE_CHECKING:
    from matui.clouds.modelarts.v2.jobs.logs import V2JobLogs
    from matui.resources.model import Resource

PACKAGE = "matui.clouds.modelarts.v2"

_NO_VERSIONS = "jobs of ModelArts v2 have no versions: each run is a job of its own"
_NO_NODES = "ModelArts v2 lists no edge nodes; the detail of a service has its pods"
_NOT_MADE = "are configured in its console, not by matui"
_ONLY_V1 = 'are shown over v1 only: api = "v1" in the profile'

UNSUPPORTED: Unsupported = {
    ("visualizations", ""): f"the visualization jobs of ModelArts {_ONLY_V1}",
    ("models", ""): f"the models of ModelArts {_ONLY_V1}",
    ("configs", ""): "ModelArts v2 keeps algorithms instead of job configurations: matui catalog algorithms",
    ("versions", ""): _NO_VERSIONS,
    ("nodes", ""): _NO_NODES,
    ("notebooks", "restart"): "ModelArts v2 has no restart for notebooks: stop it, then start it",
    ("jobs", "start"): "ModelArts v2 trains again only as a new job: rerun it",
    ("jobs", "versions"): _NO_VERSIONS,
    ("services", "updates"): "ModelArts v2 keeps no update history of services",
    ("services", "nodes"): _NO_NODES,
    ("services", "edit"): f"services of ModelArts v2 {_NOT_MADE}; a further deployment can be created",
}


class ModelArtsV2Cloud(BaseModelArtsCloud):
    """One profile's ModelArts v2. ``workspace`` is the profile's own, ``""`` when it has none.

    With ``everyone`` notebooks of all users are listed, which takes a permission of its own.
    """

    package = PACKAGE
    kinds = find_kinds(PACKAGE)
    title = "ModelArts v2"
    unsupported = UNSUPPORTED

    async def fetch_versions(self, resource: Resource) -> tuple[Resource, ...]:
        """Return the versions of a service's deployments, newest first; jobs have none."""
        from matui.clouds.modelarts.v2.services.revisions import Revisions

        refuse_unreadable(resource)
        if resource.kind != "services":
            raise RefusedError(f"{_NO_VERSIONS[:1].upper()}{_NO_VERSIONS[1:]}.")
        return await self._clients.get(Revisions).fetch_revisions(resource)

    async def fetch_reruns(self, job: Resource) -> tuple[Resource, ...]:
        """Return the jobs of the same lineage, newest first."""
        from matui.clouds.modelarts.v2.jobs.client import V2Jobs, list_reruns

        refuse_unreadable(job)
        return await list_reruns(self._clients.get(V2Jobs), job)

    async def fetch_nodes(self, resource: Resource) -> tuple[Resource, ...]:
        """Return the nodes of a pool with what runs on them; services have none."""
        from matui.clouds.modelarts.v2.pools.poolnodes import PoolNodes

        refuse_unreadable(resource)
        if resource.kind != "pools":
            raise RefusedError(f"{_NO_NODES}.")
        return await self._clients.get(PoolNodes).fetch_nodes(resource)

    async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
        """Return the flavors of notebooks or services that are sold out; those of jobs do not say."""
        from matui.clouds.modelarts.v2.catalog import V2Catalog

        listed = V2Catalog(self._session, self._clients.scope.workspace)
        lists = {"notebooks": listed.fetch_notebook_flavors, "services": listed.fetch_service_flavors}
        from matui.resources.kinds.configs import select_sold_out

        return select_sold_out(await lists[kind]()) if kind in lists else frozenset()

    async def fetch_choices(self, catalog: str) -> tuple[Resource, ...]:
        """Return the rows of a catalog."""
        from matui.clouds.modelarts.v2.catalog import V2Catalog
        from matui.resources.kinds.configs import find_catalog, map_choice

        kind, lists = find_catalog(catalog), V2Catalog(self._session, self._clients.scope.workspace)
        offered = {
            "flavors": lists.fetch_flavors,
            "engines": lists.fetch_engines,
            "algorithms": lists.fetch_algorithms,
            "specs": lists.fetch_service_flavors,
            "experiments": lists.fetch_experiments,
            "images": lists.fetch_images,
        }
        rows = {choice.id: choice for choice in await offered[kind.id]()}
        return tuple(map_choice(kind.id, row, cloud=CLOUD, profile=self.profile) for row in rows.values())

    @cached_property
    def _logs(self) -> V2JobLogs:
        from matui.clouds.modelarts.v2.jobs.client import V2Jobs
        from matui.clouds.modelarts.v2.jobs.logs import V2JobLogs

        return V2JobLogs(self._clients.get(V2Jobs))
