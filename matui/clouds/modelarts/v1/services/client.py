"""Services and their edge nodes: list, read, describe, start, stop, delete, events, metrics (chapter 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from matui.base.errors import NotFoundError
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.kind_client import (
    Actions,
    ActionSpec,
    FindingClient,
    UnlistedClient,
)
from matui.clouds.modelarts.mapping import Scope, build_unreadable
from matui.clouds.modelarts.monitoring import Monitoring, map_monitoring
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v1.services import wire
from matui.clouds.modelarts.v1.services.mapping import (
    MOST_EVENTS,
    build_events,
    build_node_sections,
    build_service_sections,
    is_oldest_first,
    map_service,
    update_sections,
)
from matui.clouds.modelarts.v1.services.wire import (
    EdgeNode,
    MonitorQuery,
    Service,
    ServiceEvent,
    ServiceEventsQuery,
    UpdateNodeStatus,
)
from matui.clouds.rows import map_status
from matui.clouds.wire_types import EmptyReply
from matui.resources.detail import Event, Metrics, Section
from matui.resources.kinds.nodes import STATUSES
from matui.resources.model import Fact, RawRecord, Resource


class ServicesApi(KindOperations):
    """The eleven operations of chapter 7; ``delete`` takes one id or a sequence of ids."""

    deploy = Operation("7.1.", "POST", "services", wire.Deployed, wire.DeployService)
    list = Operation("7.2.", "GET", "services", wire.ServiceList, wire.ServicesQuery)
    show = Operation("7.3.", "GET", "services/{}", Service, shows=True)
    switch_node = Operation("7.4.", "PUT", "services/{}/nodes/{}/status", EmptyReply, UpdateNodeStatus)
    update = Operation("7.5.", "PUT", "services/{}", EmptyReply, wire.UpdateService)
    monitor = Operation("7.6.", "GET", "services/{}/monitor", Monitoring, MonitorQuery, lists="monitors")
    update_logs = Operation("7.7.", "GET", "services/{}/logs", wire.UpdateLogs, lists="logs")
    events = Operation(
        "7.8.", "GET", "services/{}/events", wire.ServiceEvents, ServiceEventsQuery, lists="events"
    )
    delete = Operation("7.9.", "DELETE", "services/{}", EmptyReply)
    specifications = Operation(
        "7.10.",
        "GET",
        "services/specifications",
        wire.DeploymentSpecs,
        wire.SpecificationsQuery,
        lists="specifications",
    )
    pools = Operation("7.11.", "GET", "clusters", wire.PoolList, wire.PoolsQuery)


_NEWEST_EVENTS = ServiceEventsQuery(offset=0, limit=1000, sort_by="occur_time", order="desc")


_LATEST_RELEASE_FIRST = build_query(wire.ServicesQuery, sort_by="publish_at", order="desc")


class Services(SpecClient[ServicesApi, Service]):
    """The services of one project or workspace."""

    kind = "services"
    forms = ("edit", "create")
    operations = ServicesApi
    style = "unsure"
    batched = frozenset({"delete"})
    spec = KindSpec(_LATEST_RELEASE_FIRST, "services", map_service, build_service_sections)
    actions: ClassVar[Actions] = {
        "start": ActionSpec(ServicesApi.update, {"status": "running"}),
        "stop": ActionSpec(ServicesApi.update, {"status": "stopped"}),
        "delete": ActionSpec(ServicesApi.delete),
    }

    async def fetch_updates(self, service: Resource) -> tuple[Section, ...]:
        """Return the update history, latest first (7.7)."""
        return update_sections((await self.api.update_logs(service.id)).value.logs)

    async def fetch_events(self, service: Resource) -> tuple[Event, ...]:
        """Return the latest 500 events, oldest first (7.8)."""
        first = (await self.api.events(service.id, _NEWEST_EVENTS)).value
        rows = [row for row in first.events if row is not None]
        beyond = (first.total_count or 0) - len(rows)
        if beyond > 0 and len(rows) > 1 and is_oldest_first(rows):
            rows += await self._fetch_last_events(service.id, beyond, len(rows))
        return build_events(rows)

    async def _fetch_last_events(self, service_id: str, beyond: int, held: int) -> list[ServiceEvent]:
        """Fetch the end of a list that came oldest first although the newest were asked for."""
        offset = beyond + held - min(held, MOST_EVENTS, beyond)
        query = ServiceEventsQuery(offset=offset, limit=held, sort_by="occur_time", order="desc")
        found = (await self.api.events(service_id, query)).value.events
        return [row for row in found if row is not None]

    async def fetch_metrics(self, service: Resource) -> Metrics:
        """Return what each model or edge node uses (7.6); batch services have none."""
        if service.get_text("type") == "batch":
            return Metrics()
        return map_monitoring((await self.api.monitor(service.id, MonitorQuery())).value)

    async def send_batch(self, action: str, resource_ids: Sequence[str]) -> tuple[str, Mapping[str, str]]:  # noqa: ARG002
        """Delete several (7.9)."""
        return (await self.api.delete(resource_ids)).answer.request_id, {}


class Nodes(UnlistedClient, FindingClient[EdgeNode]):
    """Nodes by the id ``SERVICE/NODE``; they are known only as parts of their service."""

    kind = "nodes"
    no_list = "Nodes are listed by their service."
    actions: ClassVar[Actions] = {
        "start": ActionSpec(ServicesApi.switch_node, {"status": "running"}),
        "stop": ActionSpec(ServicesApi.switch_node, {"status": "stopped"}),
    }

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = ServicesApi(session)

    async def fetch_nodes(self, service: Resource) -> tuple[Resource, ...]:
        """Return the nodes of a service, each once (7.3)."""
        reply = await self._api.show(service.id)
        scope = self.build_scope(service)
        found = (
            _map_node(node, service.id, scope, place, reply.build_raw())
            for place, node in enumerate(_list_rows(reply.value))
        )
        return tuple({node.id: node for node in found}.values())

    async def find(self, resource_id: str) -> tuple[Resource, EdgeNode]:
        """Return one node and its record, looked for in its service (7.3). Raises NotFoundError."""
        service_id, wanted = self.split_id(resource_id)
        reply = await self._api.show(service_id)
        for place, node in enumerate(_list_rows(reply.value)):
            if wanted and str(node.id) == wanted:
                return _map_node(node, service_id, self.scope, place, reply.build_raw()), node
        raise NotFoundError(
            f"The service does not run on an edge node {clean(wanted)}.",
            request_id=reply.answer.request_id,
            status=reply.answer.status,
            remedy="Read the nodes of the service again: it may have moved.",
        )

    def build_sections(self, row: EdgeNode, resource: Resource) -> tuple[Section, ...]:  # noqa: ARG002
        """Return everything 7.3 says about a node."""
        return build_node_sections(row)

    def split_id(self, resource_id: str) -> tuple[str, ...]:
        service_id, _, node_id = resource_id.partition("/")
        return service_id, node_id


def _list_rows(service: Service) -> list[EdgeNode]:
    models = (config for config in service.config if config is not None)
    return [node for model in models for node in model.nodes if node is not None]


def _map_node(node: EdgeNode, service_id: str, scope: Scope, place: int, raw: RawRecord) -> Resource:
    if str(node.id) == "":
        return build_unreadable("nodes", scope, place, raw)
    facts: dict[str, Fact] = {
        "host": clean(node.host_name or ", ".join(node.host_ips)),
        "cpu": node.cpu,
        "memory_mb": node.memory,
        "gpu": node.gpu_num,
        "url": clean(node.predict_url),
    }
    return scope.build_resource(
        "nodes",
        f"{service_id}/{node.id}",
        node.name or str(node.id),
        map_status(node.instance_status, STATUSES),
        raw,
        workspace=scope.workspace,
        created_at=node.created_at,
        updated_at=node.updated_at,
        facts=facts,
    )
