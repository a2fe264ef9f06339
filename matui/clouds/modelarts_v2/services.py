"""v2 services: list, read, describe with deployments, instances and pods, start, stop, delete, events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Never

from matui.clouds.decode import Reply, raw_rows, rows_of
from matui.clouds.modelarts.operations import BoundOperation, Operation, OperationTable
from matui.clouds.modelarts.paging import Part
from matui.clouds.modelarts.requests import FILLED, Sent, checked
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.sending import Sends
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.modelarts_v2.jobs_requests import OFFSET, search_of
from matui.clouds.modelarts_v2.services_mapping import (
    deployment_section,
    events_of,
    service_resource,
    service_resources,
    service_sections,
)
from matui.clouds.modelarts_v2.services_models import (
    BatchDeleted,
    DeploymentList,
    Instance,
    InstanceList,
    Pod,
    PodList,
    Service,
    ServiceEvents,
    ServiceList,
)
from matui.clouds.port import Acted
from matui.clouds.rows import refuse_unreadable
from matui.errors import CloudError, MatuiError
from matui.records.shapes import Length, whole
from matui.resources.detail import Detail, Event, Section
from matui.resources.model import Resource
from matui.text import clean

V2 = "v2"
_DEPLOYMENTS = "services/{}/deployments"
_INSTANCES = f"{_DEPLOYMENTS}/{{}}/instances"
_MOST_DEPLOYMENTS, _MOST_INSTANCES = 4, 4


class PageQuery(Sent):
    """``offset`` counts items and is a multiple of ``limit``."""

    limit: Annotated[int, whole(ge=1, le=500)]
    offset: OFFSET = 0
    sort_key: FILLED | None = None
    sort_dir: Literal["ASC", "DESC"] | None = None
    workspace_id: FILLED | None = None


class DeleteServices(Sent):
    """Which services go."""

    service_ids: Annotated[list[str], Length(min=1)]


_FIRST_PAGE = PageQuery(limit=500, offset=0)
_NEWEST_EVENTS = PageQuery(limit=500, offset=0, sort_key="update_at", sort_dir="DESC")


class ServicesApi(OperationTable):
    """The v2 operations on services, their deployments, instances and pods."""

    list = Operation("List.", "GET", "services", ServiceList, PageQuery, api=V2)
    show = Operation("Show.", "GET", "services/{}", Service, api=V2)
    deployments = Operation("Deployments.", "GET", _DEPLOYMENTS, DeploymentList, PageQuery, api=V2)
    instances = Operation("Instances.", "GET", _INSTANCES, InstanceList, PageQuery, api=V2)
    pods = Operation("Pods.", "GET", f"{_INSTANCES}/{{}}/pods", PodList, PageQuery, api=V2)
    events = Operation("Events.", "GET", "services/{}/events", ServiceEvents, PageQuery, api=V2)
    start = Operation("Start.", "POST", "services/{}/start", Service, api=V2)
    stop = Operation("Stop.", "POST", "services/{}/stop", Service, api=V2)
    delete = Operation("Delete several.", "POST", "services/delete", BatchDeleted, DeleteServices, api=V2)


class Services(Source):
    """The services of one project or workspace."""

    kind: ClassVar[str] = "services"
    most: ClassVar[int] = 500
    batched: ClassVar[frozenset[str]] = frozenset({"delete"})

    def __init__(self, session: Sends, scope: Scope) -> None:
        super().__init__(scope)
        self._api = ServicesApi(session)

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch a page, newest first; ``position`` is a multiple of ``size``."""
        asked = search_of(
            limit=size,
            offset=position,
            sort_key="create_at",
            sort_dir="DESC",
            workspace_id=scope.workspace or None,
        )
        reply = await self._api.list(checked(PageQuery, asked))
        rows = rows_of(reply, reply.value.data, "data")
        found = service_resources(rows, scope, raw_rows(reply.answer, "data"), position)
        return Part(found, reply.value.total)

    async def read(self, resource_id: str) -> Resource:
        """Return one service as it is now."""
        reply = await self._api.show(resource_id)
        return service_resource(reply.value, self.scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one service with its deployments, down to the pods."""
        refuse_unreadable(resource)
        reply = await self._api.show(resource.id)
        now = service_resource(reply.value, self.scope, reply.raw(), resource.id)
        return Detail(now, (*service_sections(reply.value, now), *await self._deployments(resource.id)))

    async def _deployments(self, service_id: str) -> tuple[Section, ...]:
        """Tell the first deployments; what cannot be read is said in their place."""
        try:
            listed = (await self._api.deployments(service_id, _FIRST_PAGE)).value.data
            rows = [row for row in listed if row is not None]
            told: list[Section] = []
            for row in rows[:_MOST_DEPLOYMENTS]:
                told += deployment_section(row, await self._instances(service_id, row.name))
        except CloudError as error:
            return (Section("Deployments", (("Not known", str(error)),)),)
        more = len(rows) - _MOST_DEPLOYMENTS
        beyond = (Section("Deployments", (("Not shown", f"{more} more"),)),) if more > 0 else ()
        return (*told, *beyond)

    async def _instances(self, service_id: str, deployment: str) -> list[tuple[Instance, list[Pod]]]:
        listed = (await self._api.instances(service_id, deployment, _FIRST_PAGE)).value.data
        rows = [row for row in listed if row is not None]
        return [
            (row, await self._pods(service_id, deployment, row.instance_name))
            if place < _MOST_INSTANCES and row.instance_name
            else (row, [])
            for place, row in enumerate(rows)
        ]

    async def _pods(self, *names: str) -> list[Pod]:
        listed = (await self._api.pods(*names, _FIRST_PAGE)).value.data
        return [row for row in listed if row is not None]

    async def events(self, service: Resource) -> tuple[Event, ...]:
        """Return the latest 500 events, oldest first."""
        refuse_unreadable(service)
        return events_of((await self._api.events(service.id, _NEWEST_EVENTS)).value.data)

    def deeds(self) -> dict[str, Deed]:
        """Start, stop and delete."""
        return {
            "start": lambda service: self._switch(service, self._api.start),
            "stop": lambda service: self._switch(service, self._api.stop),
            "delete": self._delete,
        }

    async def _switch(self, service: Resource, switch: BoundOperation[Service, Never]) -> Done:
        reply = await switch(service.id)
        return Done(reply.answer.request_id, clean(reply.value.status).lower())

    async def _delete(self, service: Resource) -> Done:
        return Done((await self._send_delete([service.id])).answer.request_id)

    async def _send_delete(self, service_ids: list[str]) -> Reply[BatchDeleted]:
        body = checked(DeleteServices, {"service_ids": service_ids})
        return await self._api.delete(body)

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[Acted, ...]:
        """Act on one after another, or delete several in one request."""
        if action != "delete" or len(resources) < 2:
            return await super().act(action, resources)
        try:
            for resource in resources:
                refuse_unreadable(resource)
            reply = await self._send_delete([resource.id for resource in resources])
        except MatuiError as error:
            request_id = getattr(error, "request_id", "")
            return tuple(Acted(resource, request_id, error=error) for resource in resources)
        now = {str(row.id): row.status for row in reply.value.service_responses if row is not None}
        return tuple(
            Acted(resource, reply.answer.request_id, clean(now.get(resource.id, "")).lower())
            for resource in resources
        )
