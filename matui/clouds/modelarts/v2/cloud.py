"""What ModelArts v2 lacks that v1 or another cloud has, and why.

ModelArts v2 behind matui's port: every kind, action, log, event and metric it has.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.clouds.modelarts.base import BaseModelArtsCloud
from matui.clouds.modelarts.form_support import FormsMixin
from matui.clouds.modelarts.v2.form_kinds import FORM_KINDS
from matui.clouds.modelarts.v2.kind_clients import LISTED, KindClients
from matui.clouds.rows import Unsupported
from matui.resources.detail import Event, Metrics
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v2.forms import V2Forms

_NO_VERSIONS = "jobs of ModelArts v2 have no versions: each run is a job of its own"
_NO_NODES = "ModelArts v2 tells of no edge nodes; the detail of a service has its pods"
_NOT_MADE = "are configured in its console, not by matui"
_ONLY_V1 = 'are shown over v1 only: api = "v1" in the profile'

UNSUPPORTED: Unsupported = {
    ("visualizations", ""): f"the visualization jobs of ModelArts {_ONLY_V1}",
    ("models", ""): f"the models of ModelArts {_ONLY_V1}",
    (
        "configs",
        "",
    ): "ModelArts v2 keeps algorithms instead of job configurations; matui shows none of them",
    ("versions", ""): _NO_VERSIONS,
    ("nodes", ""): _NO_NODES,
    ("notebooks", "restart"): "ModelArts v2 has no restart for notebooks: stop it, then start it",
    ("jobs", "start"): "ModelArts v2 trains again only as a new job, which matui does not configure",
    ("jobs", "versions"): _NO_VERSIONS,
    ("services", "metrics"): "ModelArts v2 tells nothing of what a service consumes",
    ("services", "updates"): "ModelArts v2 keeps no update history of services",
    ("services", "nodes"): _NO_NODES,
    ("notebooks", "create"): f"notebooks of ModelArts v2 {_NOT_MADE}",
    ("jobs", "create"): f"jobs of ModelArts v2 {_NOT_MADE}",
    ("jobs", "rerun"): f"jobs of ModelArts v2 {_NOT_MADE}",
    **{("services", mode): f"services of ModelArts v2 {_NOT_MADE}" for mode in ("edit", "create")},
}


class ModelArtsV2Cloud(FormsMixin, BaseModelArtsCloud):
    """One profile's ModelArts v2. ``workspace`` is the profile's own, ``""`` when it has none.

    With ``everyone`` notebooks of all users are listed, which takes a permission of its own.
    """

    kinds = LISTED
    title = "ModelArts v2"
    unsupported = UNSUPPORTED
    form_kinds = FORM_KINDS

    @cached_property
    def _sources(self) -> KindClients:
        return KindClients(self._session, self._scope)

    @cached_property
    def _forms(self) -> V2Forms:
        from matui.clouds.modelarts.v2.forms import V2Forms

        return V2Forms(self._sources)

    async def events(self, resource: Resource) -> tuple[Event, ...]:
        """Return the latest events, oldest first; kinds that have none give none."""
        if resource.kind == "jobs":
            return await self._sources.jobs.events(resource)
        if resource.kind == "services":
            return await self._sources.services.events(resource)
        return await self._sources.pools.events(resource) if resource.kind == "pools" else ()

    async def metrics(self, resource: Resource) -> Metrics:
        """Return what a job's tasks or a pool consume, or a workspace's quotas."""
        if resource.kind == "jobs":
            return await self._sources.jobs.metrics(resource)
        if resource.kind == "pools":
            return await self._sources.pools.metrics(resource)
        return (
            await self._sources.workspaces.metrics(resource) if resource.kind == "workspaces" else Metrics()
        )
