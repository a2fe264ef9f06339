"""ModelArts v2 behind matui's port: every kind, action, log, event and metric it has."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.clouds.modelarts.sourced import BaseModelArtsCloud
from matui.clouds.modelarts.with_forms import FormsMixin
from matui.clouds.modelarts_v2.deeds import FORM_KINDS
from matui.clouds.modelarts_v2.lacks import UNSUPPORTED
from matui.clouds.modelarts_v2.sources import LISTED, KindClients
from matui.resources.detail import Event, Metrics
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts_v2.forms.v2_forms import V2Forms


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
        from matui.clouds.modelarts_v2.forms.v2_forms import V2Forms

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
