"""Services, deployment specifications and resource pools (chapter 7)."""

from __future__ import annotations

from collections.abc import Sequence

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.requests import act, get, segment
from matui.clouds.modelarts.sending import Sends
from matui.clouds.modelarts.services_models import (
    Deployed,
    DeploymentSpecs,
    Monitoring,
    Nothing,
    PoolList,
    Service,
    ServiceEvents,
    ServiceList,
    UpdateLogs,
)
from matui.clouds.modelarts.services_requests import (
    DeployService,
    EventsQuery,
    MonitorQuery,
    NodeStatus,
    PoolsQuery,
    ServicesQuery,
    SpecificationsQuery,
    UpdateService,
)


def _service(service_id: str) -> str:
    return f"services/{segment(service_id)}"


class ServicesApi:
    """The eleven operations of chapter 7."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def deploy(self, body: DeployService) -> Reply[Deployed]:
        """7.1."""
        return read(Deployed, await self._session.send(act("POST", "services", body)))

    async def list(self, query: ServicesQuery) -> Reply[ServiceList]:
        """7.2."""
        return read(ServiceList, await self._session.send(get("services", query)))

    async def show(self, service_id: str) -> Reply[Service]:
        """7.3."""
        return read(Service, await self._session.send(get(_service(service_id))))

    async def switch_node(self, service_id: str, node_id: str, body: NodeStatus) -> Reply[Nothing]:
        """7.4: start or stop the service on one edge node."""
        path = f"{_service(service_id)}/nodes/{segment(node_id)}/status"
        return read(Nothing, await self._session.send(act("PUT", path, body)))

    async def update(self, service_id: str, body: UpdateService) -> Reply[Nothing]:
        """7.5."""
        return read(Nothing, await self._session.send(act("PUT", _service(service_id), body)))

    async def monitor(self, service_id: str, query: MonitorQuery) -> Reply[Monitoring]:
        """7.6."""
        path = f"{_service(service_id)}/monitor"
        return read(Monitoring, await self._session.send(get(path, query)))

    async def update_logs(self, service_id: str) -> Reply[UpdateLogs]:
        """7.7."""
        return read(UpdateLogs, await self._session.send(get(f"{_service(service_id)}/logs")))

    async def events(self, service_id: str, query: EventsQuery) -> Reply[ServiceEvents]:
        """7.8."""
        path = f"{_service(service_id)}/events"
        return read(ServiceEvents, await self._session.send(get(path, query)))

    async def delete(self, service_ids: Sequence[str]) -> Reply[Nothing]:
        """7.9: one service, or several in one request."""
        path = "services/" + ",".join(segment(service_id) for service_id in service_ids)
        return read(Nothing, await self._session.send(act("DELETE", path)))

    async def specifications(self, query: SpecificationsQuery) -> Reply[DeploymentSpecs]:
        """7.10."""
        return read(DeploymentSpecs, await self._session.send(get("services/specifications", query)))

    async def pools(self, query: PoolsQuery) -> Reply[PoolList]:
        """7.11."""
        return read(PoolList, await self._session.send(get("clusters", query)))
