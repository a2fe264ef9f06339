"""Deployments of services: create one, show one; ids are ``SERVICE/DEPLOYMENT``."""

from __future__ import annotations

from matui.base.errors import NotFoundError, RefusedError
from matui.clouds.modelarts.kind_client import FindingClient, UnlistedClient
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.services.client import V2ServicesApi
from matui.clouds.modelarts.v2.services.mapping import PartialList, build_deployment_section
from matui.clouds.modelarts.v2.services.wire import Deployment
from matui.clouds.rows import map_status
from matui.clouds.wire_types import to_millis
from matui.resources.detail import Section
from matui.resources.kinds.services import STATUSES
from matui.resources.model import Resource, build_empty_record


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
