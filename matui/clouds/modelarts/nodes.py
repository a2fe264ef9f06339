"""Edge nodes of a service: list, read, describe, start and stop (7.3, 7.4)."""

from __future__ import annotations

from typing import ClassVar, Literal

from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.scope import CLOUD, Scope, unreadable
from matui.clouds.modelarts.services_api import ServicesApi
from matui.clouds.modelarts.services_detail import node_sections
from matui.clouds.modelarts.services_models import EdgeNode, Service
from matui.clouds.modelarts.services_requests import NodeStatus
from matui.clouds.modelarts.source import ActionHandler, ActionReply, KindSource
from matui.clouds.rows import facts_of, refuse_unreadable, word_status
from matui.errors import NotFoundError
from matui.resources.detail import Detail
from matui.resources.model import Fact, RawRecord, Resource
from matui.resources.nodes import STATUSES
from matui.text import clean


class Nodes(KindSource):
    """Nodes by the id ``SERVICE/NODE``; they are known only as parts of their service."""

    kind: ClassVar[str] = "nodes"

    def __init__(self, api: ServicesApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:  # noqa: ARG002
        """Nodes have no list of their own: always empty."""
        return PageSlice((), 0)

    async def of_service(self, service: Resource) -> tuple[Resource, ...]:
        """Return the nodes of a service, each once (7.3)."""
        refuse_unreadable(service)
        reply = await self._api.show(service.id)
        scope = self.scope_of(service)
        found = (
            _node_resource(node, service.id, scope, place, reply.raw())
            for place, node in enumerate(_rows(reply.value))
        )
        return tuple({node.id: node for node in found}.values())

    async def _find(self, node_id: str) -> tuple[Resource, EdgeNode]:
        service_id, _, wanted = node_id.partition("/")
        reply = await self._api.show(service_id)
        for place, node in enumerate(_rows(reply.value)):
            if wanted and str(node.id) == wanted:
                return _node_resource(node, service_id, self.scope, place, reply.raw()), node
        raise NotFoundError(
            f"The service does not run on an edge node {clean(wanted)}.",
            request_id=reply.answer.request_id,
            status=reply.answer.status,
        )

    async def read(self, resource_id: str) -> Resource:
        """Return one node (7.3). Raises NotFoundError."""
        return (await self._find(resource_id))[0]

    async def describe(self, resource: Resource) -> Detail:
        """Return one node with every section."""
        refuse_unreadable(resource)
        now, node = await self._find(resource.id)
        return Detail(now, node_sections(node))

    def handlers(self) -> dict[str, ActionHandler]:
        """Start and stop the service on one node (7.4)."""
        return {
            "start": lambda r: self._switch(r, "running"),
            "stop": lambda r: self._switch(r, "stopped"),
        }

    async def _switch(self, node: Resource, status: Literal["running", "stopped"]) -> ActionReply:
        service_id, _, node_id = node.id.partition("/")
        reply = await self._api.switch_node(service_id, node_id, NodeStatus(status=status))
        return ActionReply(reply.answer.request_id)


def _rows(service: Service) -> list[EdgeNode]:
    models = (config for config in service.config if config is not None)
    return [node for model in models for node in model.nodes if node is not None]


def _node_resource(node: EdgeNode, service_id: str, scope: Scope, place: int, raw: RawRecord) -> Resource:
    if str(node.id) == "":
        return unreadable("nodes", scope, place, raw)
    status, phase = word_status(node.instance_status, STATUSES)
    facts: dict[str, Fact] = {
        "host": clean(node.host_name or ", ".join(node.host_ips)),
        "cpu": node.cpu,
        "memory_mb": node.memory,
        "gpu": node.gpu_num,
        "url": clean(node.predict_url),
    }
    return Resource(
        kind="nodes",
        id=f"{service_id}/{node.id}",
        name=clean(node.name or str(node.id)),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=scope.workspace,
        created_at=node.created_at,
        updated_at=node.updated_at,
        facts=facts_of(facts),
        raw=raw,
    )
