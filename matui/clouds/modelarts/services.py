"""Services: list, read, describe, start, stop, delete, events, metrics (chapter 7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from matui.clouds.decode import raw_rows, rows_of
from matui.clouds.modelarts.paging import Part, Style
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.services_api import ServicesApi
from matui.clouds.modelarts.services_detail import service_sections, update_sections
from matui.clouds.modelarts.services_mapping import (
    MOST_EVENTS,
    events_of,
    monitor_metrics,
    runs_forwards,
    service_resource,
    service_resources,
)
from matui.clouds.modelarts.services_models import ServiceEvent
from matui.clouds.modelarts.services_requests import EventsQuery, MonitorQuery, ServicesQuery, UpdateService
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.port import Acted
from matui.clouds.rows import refuse_unreadable
from matui.errors import MatuiError
from matui.resources.detail import Detail, Event, Metrics, Section
from matui.resources.model import Resource

_NEWEST_EVENTS = EventsQuery(offset=0, limit=1000, sort_by="occur_time", order="desc")


class Services(Source):
    """The services of one project or workspace."""

    kind: ClassVar[str] = "services"
    style: ClassVar[Style] = "unsure"
    batched: ClassVar[frozenset[str]] = frozenset({"delete"})

    def __init__(self, api: ServicesApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch rows of 7.2, latest release first."""
        query = ServicesQuery(
            offset=position,
            limit=size,
            sort_by="publish_at",
            order="desc",
            workspace_id=scope.workspace or None,
        )
        reply = await self._api.list(query)
        rows = rows_of(reply, reply.value.services, "services")
        found = service_resources(rows, scope, raw_rows(reply.answer, "services"), position)
        return Part(found, reply.value.total_count)

    async def read(self, resource_id: str) -> Resource:
        """Return one service (7.3)."""
        reply = await self._api.show(resource_id)
        return service_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one service with every section (7.3)."""
        refuse_unreadable(resource)
        reply = await self._api.show(resource.id)
        now = service_resource(reply.value, self.scope, reply.raw(), resource.id)
        return Detail(now, service_sections(reply.value, now))

    async def updates(self, service: Resource) -> tuple[Section, ...]:
        """Return the update history, latest first (7.7)."""
        refuse_unreadable(service)
        return update_sections((await self._api.update_logs(service.id)).value.logs)

    async def events(self, service: Resource) -> tuple[Event, ...]:
        """Return the latest 500 events, oldest first (7.8)."""
        refuse_unreadable(service)
        first = (await self._api.events(service.id, _NEWEST_EVENTS)).value
        rows = [row for row in first.events if row is not None]
        beyond = (first.total_count or 0) - len(rows)
        if beyond > 0 and len(rows) > 1 and runs_forwards(rows):
            rows += await self._last_events(service.id, beyond, len(rows))
        return events_of(rows)

    async def _last_events(self, service_id: str, beyond: int, held: int) -> list[ServiceEvent]:
        """Fetch the end of a list that came oldest first although the newest were asked for."""
        offset = beyond + held - min(held, MOST_EVENTS, beyond)
        query = EventsQuery(offset=offset, limit=held, sort_by="occur_time", order="desc")
        found = (await self._api.events(service_id, query)).value.events
        return [row for row in found if row is not None]

    async def metrics(self, service: Resource) -> Metrics:
        """Return what each model or edge node uses (7.6); batch services have none."""
        refuse_unreadable(service)
        if service.text_fact("type") == "batch":
            return Metrics()
        return monitor_metrics((await self._api.monitor(service.id, MonitorQuery())).value.monitors)

    def deeds(self) -> dict[str, Deed]:
        """Start and stop by status (7.5), delete (7.9)."""
        return {
            "start": lambda r: self._switch(r, "running"),
            "stop": lambda r: self._switch(r, "stopped"),
            "delete": self._delete,
        }

    async def _switch(self, service: Resource, status: Literal["running", "stopped"]) -> Done:
        return Done((await self._api.update(service.id, UpdateService(status=status))).answer.request_id)

    async def _delete(self, service: Resource) -> Done:
        return Done((await self._api.delete([service.id])).answer.request_id)

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[Acted, ...]:
        """Act on one after another, or delete several in one request."""
        if action != "delete" or len(resources) < 2:
            return await super().act(action, resources)
        try:
            for resource in resources:
                refuse_unreadable(resource)
            reply = await self._api.delete([resource.id for resource in resources])
        except MatuiError as error:
            request_id = getattr(error, "request_id", "")
            return tuple(Acted(resource, request_id, error=error) for resource in resources)
        return tuple(Acted(resource, reply.answer.request_id) for resource in resources)
