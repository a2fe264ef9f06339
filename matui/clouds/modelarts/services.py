"""Services: list, read, describe, start, stop, delete, events, metrics (chapter 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from matui.clouds.modelarts.paging import OffsetStyle
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.services_api import ServicesApi
from matui.clouds.modelarts.services_detail import service_sections, update_sections
from matui.clouds.modelarts.services_mapping import (
    MOST_EVENTS,
    events_of,
    monitor_metrics,
    runs_forwards,
    service_resource,
)
from matui.clouds.modelarts.services_models import Service, ServiceEvent
from matui.clouds.modelarts.services_requests import EventsQuery, MonitorQuery, ServicesQuery, UpdateService
from matui.clouds.modelarts.source import ActionHandler, KindClient, KindSpec, handler
from matui.clouds.rows import refuse_unreadable
from matui.resources.detail import Event, Metrics, Section
from matui.resources.model import Resource

_NEWEST_EVENTS = EventsQuery(offset=0, limit=1000, sort_by="occur_time", order="desc")


def _latest_release_first(position: int, size: int, scope: Scope) -> ServicesQuery:
    return ServicesQuery(
        offset=position,
        limit=size,
        sort_by="publish_at",
        order="desc",
        workspace_id=scope.workspace or None,
    )


class Services(KindClient[ServicesApi, Service]):
    """The services of one project or workspace."""

    kind: ClassVar[str] = "services"
    style: ClassVar[OffsetStyle] = "unsure"
    batched: ClassVar[frozenset[str]] = frozenset({"delete"})
    spec = KindSpec(
        list=ServicesApi.list,
        query=_latest_release_first,
        rows="services",
        show=ServicesApi.show,
        to_resource=service_resource,
        to_sections=service_sections,
    )

    async def updates(self, service: Resource) -> tuple[Section, ...]:
        """Return the update history, latest first (7.7)."""
        refuse_unreadable(service)
        return update_sections((await self.api.update_logs(service.id)).value.logs)

    async def events(self, service: Resource) -> tuple[Event, ...]:
        """Return the latest 500 events, oldest first (7.8)."""
        refuse_unreadable(service)
        first = (await self.api.events(service.id, _NEWEST_EVENTS)).value
        rows = [row for row in first.events if row is not None]
        beyond = (first.total_count or 0) - len(rows)
        if beyond > 0 and len(rows) > 1 and runs_forwards(rows):
            rows += await self._last_events(service.id, beyond, len(rows))
        return events_of(rows)

    async def _last_events(self, service_id: str, beyond: int, held: int) -> list[ServiceEvent]:
        """Fetch the end of a list that came oldest first although the newest were asked for."""
        offset = beyond + held - min(held, MOST_EVENTS, beyond)
        query = EventsQuery(offset=offset, limit=held, sort_by="occur_time", order="desc")
        found = (await self.api.events(service_id, query)).value.events
        return [row for row in found if row is not None]

    async def metrics(self, service: Resource) -> Metrics:
        """Return what each model or edge node uses (7.6); batch services have none."""
        refuse_unreadable(service)
        if service.text_fact("type") == "batch":
            return Metrics()
        return monitor_metrics((await self.api.monitor(service.id, MonitorQuery())).value.monitors)

    def handlers(self) -> dict[str, ActionHandler]:
        """Start and stop by status (7.5), delete (7.9)."""
        return {
            "start": handler(self.api.update, UpdateService(status="running")),
            "stop": handler(self.api.update, UpdateService(status="stopped")),
            "delete": handler(self.api.delete),
        }

    async def send_batch(self, action: str, resource_ids: Sequence[str]) -> tuple[str, Mapping[str, str]]:  # noqa: ARG002
        """Delete several (7.9)."""
        return (await self.api.delete(resource_ids)).answer.request_id, {}
