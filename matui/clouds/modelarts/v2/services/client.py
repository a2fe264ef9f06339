"""v2 services and deployments: list, read, describe with instances and pods, start, stop, delete, events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.errors import PART_ERRORS, NotFoundError, RefusedError
from matui.clouds.http.decode import Reply
from matui.clouds.modelarts.kind_client import (
    ActionHandler,
    ActionReply,
    Actions,
    ActionSpec,
    FindingClient,
    OptionHandler,
    UnlistedClient,
    read_stated_status,
    require_one,
)
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.requests import FILLED, RequestModel, validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v2.services.mapping import (
    PartialList,
    build_deployment_section,
    build_events,
    build_service_sections,
    map_service,
)
from matui.clouds.modelarts.v2.services.wire import (
    BatchDeleted,
    Deployment,
    Instance,
    Pod,
    V2Service,
    V2ServiceEvent,
)
from matui.clouds.modelarts.v2.wire import OFFSET, V2Page, get_page_rows, note_unread
from matui.clouds.protocols import Briefing, Effect
from matui.clouds.rows import is_refusal, map_status
from matui.clouds.wire_types import to_millis
from matui.resources.detail import Event, Metrics, Section
from matui.resources.kinds.services import STATUSES
from matui.resources.model import Resource, build_empty_record

if TYPE_CHECKING:
    from matui.clouds.modelarts.monitoring import Monitoring
    from matui.clouds.modelarts.v2.services.scaling import Scaling, ScalingPolicies

_DEPLOYMENTS = "services/{}/deployments"
_INSTANCES = f"{_DEPLOYMENTS}/{{}}/instances"
_MOST_DEPLOYMENTS, _MOST_PAGES = 4, 4
_NO_METRICS = "The API states no metrics of this service."
_CLOUD_EYE = "Look in Cloud Eye, namespace SYS.ModelArts, or in AOM."
_ALL = "all"  # in the place of an instance's name: the pods of all instances


class PageQuery(RequestModel):
    """``offset`` counts items and is a multiple of ``limit``."""

    limit: Annotated[int, Field(ge=1, le=500)]
    offset: OFFSET = 0
    sort_key: FILLED | None = None
    sort_dir: Literal["ASC", "DESC"] | None = None
    workspace_id: FILLED | None = None


class DeleteServices(RequestModel):
    service_ids: Annotated[list[str], Field(min_length=1)]


_FIRST_PAGE = PageQuery(limit=500, offset=0)
_NEWEST_EVENTS = PageQuery(limit=500, offset=0, sort_key="update_at", sort_dir="DESC")


def _load_monitoring() -> type[Monitoring]:
    from matui.clouds.modelarts.monitoring import Monitoring

    return Monitoring


class V2ServicesApi(KindOperations, api="v2"):
    """The v2 operations on services, their deployments, instances and pods; ``monitor`` is of v1."""

    list = Operation("List.", "GET", "services", V2Page[V2Service], PageQuery)
    show = Operation("Show.", "GET", "services/{}", V2Service, shows=True)
    deployments = Operation("Deployments.", "GET", _DEPLOYMENTS, V2Page[Deployment], PageQuery)
    instances = Operation("Instances.", "GET", _INSTANCES, V2Page[Instance], PageQuery)
    pods = Operation("Pods.", "GET", f"{_INSTANCES}/{{}}/pods", V2Page[Pod], PageQuery)
    events = Operation("Events.", "GET", "services/{}/events", V2Page[V2ServiceEvent], PageQuery)
    start = Operation("Start.", "POST", "services/{}/start", V2Service)
    stop = Operation("Stop.", "POST", "services/{}/stop", V2Service)
    monitor = Operation("Monitor.", "GET", "services/{}/monitor", _load_monitoring, api="v1")
    delete = Operation("Delete several.", "POST", "services/delete", BatchDeleted, DeleteServices)

    async def list_deployments(self, service_id: str) -> Sequence[Deployment]:
        """Return the first deployments of a service, those that can be read."""
        rows = get_page_rows(await self.deployments(service_id, _FIRST_PAGE))
        return [row for row in rows if row is not None]


_NEWEST_FIRST = build_query(PageQuery, sort_key="create_at", sort_dir="DESC")


class V2Services(SpecClient[V2ServicesApi, V2Service]):
    """The services of one project or workspace."""

    kind = "services"
    forms = ("create",)
    operations = V2ServicesApi
    most = 500
    batched = frozenset({"delete"})
    spec = KindSpec(_NEWEST_FIRST, "data", map_service, build_service_sections, "total")
    actions: ClassVar[Actions] = {
        "start": ActionSpec(V2ServicesApi.start, status=read_stated_status),
        "stop": ActionSpec(V2ServicesApi.stop, status=read_stated_status),
    }

    async def fetch_more_sections(self, resource_id: str) -> tuple[Section, ...]:
        """Return the first deployments with their instances and pods; an error is a row in their place."""
        try:
            listed = await self._read_all(lambda query: self.api.deployments(resource_id, query))
        except PART_ERRORS as error:
            return (Section("Deployments", (("Not known", str(error)),)),)

        async def describe(row: Deployment) -> tuple[Section, ...]:
            if not row.name:
                reason = (("Instances", "not known: the deployment states no name"),)
                return build_deployment_section(row, PartialList((), 0), PartialList((), 0), reason)
            parts = self._fetch_instances_and_pods(resource_id, row.name)
            policy = gather_two(
                self._policies.fetch_hpa_rows(resource_id, str(row.id)),
                self._policies.fetch_event_rows(resource_id, row.name),
            )
            (instances, pods), (scaling, events) = await gather_two(parts, policy)
            return build_deployment_section(row, instances, pods, (*scaling, *events))

        sections = await gather_limited(describe, listed.rows[:_MOST_DEPLOYMENTS], _MOST_DEPLOYMENTS)
        more = listed.total - len(sections)
        beyond = (Section("Deployments", (("Not shown", f"{more} more"),)),) if more > 0 else ()
        return (*(section for one in sections for section in one), *beyond)

    async def _fetch_instances_and_pods(
        self, service_id: str, deployment: str
    ) -> tuple[PartialList[Instance], PartialList[Pod]]:
        """Return the instances of a deployment and the pods of all of them."""
        try:
            return await gather_two(
                self._read_all(lambda query: self.api.instances(service_id, deployment, query)),
                self._read_all(lambda query: self.api.pods(service_id, deployment, _ALL, query)),
            )
        except PART_ERRORS as error:
            return PartialList((), 0, str(error)), PartialList((), 0)

    async def _read_all(self, read: Callable[[PageQuery], Awaitable[Reply[Any]]]) -> PartialList[Any]:
        """Return the rows of all pages, four at most."""
        reply = await read(_FIRST_PAGE)
        listed = get_page_rows(reply)
        rows = [row for row in listed if row is not None]
        size, total = len(rows), max(reply.value.total or 0, len(listed))
        for page in range(1, _MOST_PAGES):
            if not 0 < len(rows) < total or not (more := await self._read_page(read, page, size, rows[0])):
                break
            rows += more
        return PartialList(tuple(rows), max(total, len(rows)))

    async def _read_page(
        self, read: Callable[[PageQuery], Awaitable[Reply[Any]]], page: int, size: int, first: object
    ) -> list[Any]:
        """Return a further page: ``offset`` counts rows, or pages, as the reference says of pods."""
        for offset in (page * size, page):
            try:
                data = (await read(PageQuery(limit=size, offset=offset))).value.data
            except PART_ERRORS:  # an offset of the other kind; what is missing is counted
                continue
            rows = [row for row in data if row is not None]
            if rows and rows[0] != first:
                return rows
        return []

    async def fetch_events(self, service: Resource) -> tuple[Event, ...]:
        """Return the latest 500 events of the service, and those of pods and autoscaling, oldest first."""
        reply, pod_events = await gather_two(
            self.api.events(service.id, _NEWEST_EVENTS), self._fetch_pod_events(service.id)
        )
        rows = get_page_rows(reply)
        found = (*build_events(rows), *pod_events)
        return (*note_unread(rows), *sorted(found, key=lambda event: event.at or 0))

    async def fetch_metrics(self, service: Resource) -> Metrics:
        """Return what a service uses and how often it is called. Raises NotFoundError where none is stated.

        The reference has this in the v1 interface only, and does not say that it knows the services of v2.
        """
        from matui.clouds.modelarts.monitoring import map_monitoring

        try:
            metrics = map_monitoring((await self.api.monitor(service.id)).value)
        except PART_ERRORS as error:
            if not is_refusal(error):
                raise
            raise NotFoundError(f"{_NO_METRICS} {error.sentence}", remedy=_CLOUD_EYE) from error
        if not metrics.gauges:
            raise NotFoundError(_NO_METRICS, remedy=_CLOUD_EYE)
        return metrics

    async def _fetch_pod_events(self, service_id: str) -> tuple[Event, ...]:
        """Return the events of pods and autoscaling of the first deployments; an error is an event."""
        try:
            listed = await self.api.list_deployments(service_id)
        except PART_ERRORS as error:
            return (Event(None, f"Pod events are not known: {error}"),)
        rows = [row for row in listed if row.name][:_MOST_DEPLOYMENTS]

        async def read(row: Deployment) -> tuple[Event, ...]:
            of_pods, of_scaling = await gather_two(
                self._policies.fetch_pod_events(service_id, row.name),
                self._policies.fetch_scaling_events(service_id, str(row.id), row.name),
            )
            return (*of_pods, *of_scaling)

        found = await gather_limited(read, rows, _MOST_DEPLOYMENTS)
        return tuple(event for events in found for event in events)

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Start, stop and delete."""
        return {**super().get_handlers(), "delete": self._delete}

    @cached_property
    def _policies(self) -> ScalingPolicies:
        from matui.clouds.modelarts.v2.services.scaling import ScalingPolicies

        return ScalingPolicies(self.session)

    @cached_property
    def _scaling(self) -> Scaling:
        from matui.clouds.modelarts.v2.services.scaling import Scaling

        return Scaling(self.session)

    def get_option_handlers(self) -> dict[str, OptionHandler]:
        """Scale a deployment."""
        return {"scale": self._scale}

    async def _scale(self, resource: Resource, options: Mapping[str, str]) -> ActionReply:
        return await self._scaling.scale(resource, options)

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:
        """Return which deployment is scaled, from and to how many. Raises UsageError."""
        if action != "scale":
            return Briefing()
        service = require_one(action, resources)
        return await self._scaling.brief(service, await self.api.list_deployments(service.id), options)

    async def read_effect(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:
        """Return whether a deployment was scaled, None for actions that the status shows."""
        if action != "scale":
            return None
        return await self._scaling.read_effect(
            resource, await self.api.list_deployments(resource.id), options
        )

    async def _delete(self, service: Resource) -> ActionReply:
        return ActionReply((await self.send_batch("delete", [service.id]))[0])

    async def send_batch(self, action: str, resource_ids: Sequence[str]) -> tuple[str, Mapping[str, str]]:  # noqa: ARG002
        """Delete one or several in one request."""
        reply = await self.api.delete(validate_request(DeleteServices, {"service_ids": list(resource_ids)}))
        rows = [row for row in reply.value.service_responses if row is not None]
        return reply.answer.request_id, {str(row.id): read_stated_status(row) for row in rows}


class Deployments(UnlistedClient, FindingClient[Deployment]):
    """The deployments of services."""

    kind = "deployments"
    forms = ("create",)
    no_list = "Deployments are listed by their service."

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = V2ServicesApi(session)

    async def find(self, resource_id: str) -> tuple[Resource, Deployment]:
        """Return one deployment and its record, looked for in its service. Raises NotFoundError."""
        service_id, _, name = resource_id.partition("/")
        if not (service_id and name):
            raise RefusedError(
                f"{resource_id!r} is not a deployment.", remedy="Name it as SERVICE/DEPLOYMENT."
            )
        row = next((one for one in await self._api.list_deployments(service_id) if one.name == name), None)
        if row is None:
            raise NotFoundError(
                f"There is no deployment {name}.",
                remedy=f"See those there are with: matui describe service {service_id}",
            )
        found = self.scope.build_resource(
            self.kind,
            resource_id,
            name,
            map_status(row.status, STATUSES),
            build_empty_record(),
            created_at=to_millis(row.create_at),
            facts={"service_id": service_id},
        )
        return found, row

    def build_sections(self, row: Deployment, resource: Resource) -> tuple[Section, ...]:  # noqa: ARG002
        """Return one deployment."""
        return build_deployment_section(row, PartialList((), 0), PartialList((), 0))
