"""v2 services: list, read, describe with deployments, instances and pods, start, stop, delete, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from matui.base.errors import CloudError
from matui.base.sanitize import clean
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply, build_handler
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import FILLED, RequestModel, validate_request
from matui.clouds.modelarts.spec_client import KindSpec, SpecClient
from matui.clouds.modelarts.v2.services.mapping import (
    build_events,
    deployment_section,
    service_resource,
    service_sections,
)
from matui.clouds.modelarts.v2.services.wire import (
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
from matui.clouds.modelarts.v2.wire import OFFSET, drop_none
from matui.clouds.rows import refuse_unreadable
from matui.resources.detail import Event, Section
from matui.resources.model import Resource

V2 = "v2"
_DEPLOYMENTS = "services/{}/deployments"
_INSTANCES = f"{_DEPLOYMENTS}/{{}}/instances"
_MOST_DEPLOYMENTS, _MOST_INSTANCES = 4, 4


class PageQuery(RequestModel):
    """``offset`` counts items and is a multiple of ``limit``."""

    limit: Annotated[int, Field(ge=1, le=500)]
    offset: OFFSET = 0
    sort_key: FILLED | None = None
    sort_dir: Literal["ASC", "DESC"] | None = None
    workspace_id: FILLED | None = None


class DeleteServices(RequestModel):
    """Which services go."""

    service_ids: Annotated[list[str], Field(min_length=1)]


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


def _newest_first(position: int, size: int, scope: Scope) -> PageQuery:
    """``position`` is a multiple of ``size``."""
    asked = drop_none(
        limit=size,
        offset=position,
        sort_key="create_at",
        sort_dir="DESC",
        workspace_id=scope.workspace or None,
    )
    return validate_request(PageQuery, asked)


def _status(service: Service) -> str:
    return clean(service.status).lower()


class Services(SpecClient[ServicesApi, Service]):
    """The services of one project or workspace."""

    kind: ClassVar[str] = "services"
    operations = ServicesApi
    most: ClassVar[int] = 500
    batched: ClassVar[frozenset[str]] = frozenset({"delete"})
    spec = KindSpec(
        list=ServicesApi.list,
        query=_newest_first,
        rows="data",
        total="total",
        show=ServicesApi.show,
        to_resource=service_resource,
        to_sections=service_sections,
    )

    async def more_sections(self, resource_id: str) -> tuple[Section, ...]:
        """Return the first deployments; what cannot be read is said in their place."""
        try:
            listed = (await self.api.deployments(resource_id, _FIRST_PAGE)).value.data
            rows = [row for row in listed if row is not None]
            told: list[Section] = []
            for row in rows[:_MOST_DEPLOYMENTS]:
                told += deployment_section(row, await self._instances(resource_id, row.name))
        except CloudError as error:
            return (Section("Deployments", (("Not known", str(error)),)),)
        more = len(rows) - _MOST_DEPLOYMENTS
        beyond = (Section("Deployments", (("Not shown", f"{more} more"),)),) if more > 0 else ()
        return (*told, *beyond)

    async def _instances(self, service_id: str, deployment: str) -> list[tuple[Instance, list[Pod]]]:
        listed = (await self.api.instances(service_id, deployment, _FIRST_PAGE)).value.data
        rows = [row for row in listed if row is not None]
        return [
            (row, await self._pods(service_id, deployment, row.instance_name))
            if place < _MOST_INSTANCES and row.instance_name
            else (row, [])
            for place, row in enumerate(rows)
        ]

    async def _pods(self, *names: str) -> list[Pod]:
        listed = (await self.api.pods(*names, _FIRST_PAGE)).value.data
        return [row for row in listed if row is not None]

    async def events(self, service: Resource) -> tuple[Event, ...]:
        """Return the latest 500 events, oldest first."""
        refuse_unreadable(service)
        return build_events((await self.api.events(service.id, _NEWEST_EVENTS)).value.data)

    def handlers(self) -> dict[str, ActionHandler]:
        """Start, stop and delete."""
        return {
            "start": build_handler(self.api.start, status=_status),
            "stop": build_handler(self.api.stop, status=_status),
            "delete": self._delete,
        }

    async def _delete(self, service: Resource) -> ActionReply:
        return ActionReply((await self.send_batch("delete", [service.id]))[0])

    async def send_batch(self, action: str, resource_ids: Sequence[str]) -> tuple[str, Mapping[str, str]]:  # noqa: ARG002
        """Delete one or several in one request."""
        reply = await self.api.delete(validate_request(DeleteServices, {"service_ids": list(resource_ids)}))
        rows = [row for row in reply.value.service_responses if row is not None]
        return reply.answer.request_id, {str(row.id): _status(row) for row in rows}
