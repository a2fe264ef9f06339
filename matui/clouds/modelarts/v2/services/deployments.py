"""Deployments of services: create one, show one; ids are ``SERVICE/DEPLOYMENT``."""

from __future__ import annotations

from typing import ClassVar

from matui.base.errors import NotFoundError, RefusedError
from matui.base.sanitize import clean
from matui.clouds.http.decode import rows_of
from matui.clouds.modelarts.kind_client import KindClient
from matui.clouds.modelarts.mapping import CLOUD, Scope
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.services.client import PageQuery, V2ServicesApi
from matui.clouds.modelarts.v2.services.mapping import PartialList, deployment_section
from matui.clouds.modelarts.v2.services.wire import Deployment
from matui.clouds.rows import map_status
from matui.clouds.wire_types import to_millis
from matui.resources.detail import Detail
from matui.resources.forms.form import FormMode
from matui.resources.kinds.services import STATUSES
from matui.resources.model import Resource, empty_record


class Deployments(KindClient):
    """The deployments of services."""

    kind: ClassVar[str] = "deployments"
    forms: ClassVar[tuple[FormMode, ...]] = ("create",)

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = V2ServicesApi(session)

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:  # noqa: ARG002
        """Deployments are listed by their service only."""
        raise RefusedError("Deployments are listed by their service.")

    async def read(self, resource_id: str) -> Resource:
        """Return one deployment as it is now. Raises NotFoundError."""
        return (await self._read(resource_id))[0]

    async def _read(self, resource_id: str) -> tuple[Resource, Deployment]:
        service_id, _, name = resource_id.partition("/")
        if not (service_id and name):
            raise RefusedError(
                f"{resource_id!r} is not a deployment.", remedy="Name it as SERVICE/DEPLOYMENT."
            )
        reply = await self._api.deployments(service_id, PageQuery(limit=500, offset=0))
        rows = rows_of(reply, reply.value.data, "data", due=reply.value.total or 0)
        row = next((one for one in rows if one is not None and one.name == name), None)
        if row is None:
            raise NotFoundError(f"There is no deployment {name}.")
        status, phase = map_status(row.status, STATUSES)
        found = Resource(
            kind=self.kind,
            id=resource_id,
            name=clean(name),
            status=status,
            phase=phase,
            cloud=CLOUD,
            profile=self.scope.profile,
            created_at=to_millis(row.create_at),
            facts={"service_id": service_id},
            raw=empty_record(),
        )
        return found, row

    async def describe(self, resource: Resource) -> Detail:
        """Return one deployment."""
        now, row = await self._read(resource.id)
        return Detail(now, deployment_section(row, PartialList((), 0), PartialList((), 0)))
