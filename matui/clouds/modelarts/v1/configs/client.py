"""Training job configurations, the user's own and the samples: list, read, describe, delete (5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from matui.base.errors import CloudError, RefusedError
from matui.clouds.http.decode import Reply, raw_rows, rows_of
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply
from matui.clouds.modelarts.mapping import Scope, build_resources
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import OffsetStyle
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.spec_client import KindSpec, SpecClient
from matui.clouds.modelarts.v1.configs.mapping import (
    config_resource,
    config_sections,
    parse_config_id,
    sample_resource,
)
from matui.clouds.modelarts.v1.configs.wire import (
    ConfigList,
    ConfigQuery,
    ConfigRecord,
    ConfigsQuery,
    CreateConfig,
    UpdateConfig,
)
from matui.clouds.modelarts.v1.jobs.models import Done
from matui.clouds.protocols import Page, PageAsk
from matui.clouds.rows import is_newest_first
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode


class ConfigsApi(OperationTable):
    """The five operations of 5.2."""

    create = Operation("5.2.1.", "POST", "training-job-configs", Done, CreateConfig)
    list = Operation("5.2.2.", "GET", "training-job-configs", ConfigList, ConfigsQuery)
    update = Operation("5.2.3.", "PUT", "training-job-configs/{}", Done, UpdateConfig)
    delete = Operation("5.2.4.", "DELETE", "training-job-configs/{}", Done)
    show = Operation("5.2.5.", "GET", "training-job-configs/{}", ConfigRecord, ConfigQuery, shows=True)


_SAMPLES = ConfigsQuery(per_page=1000, page=1, sort_by="config_name", order="asc", config_type="sample")


def _newest_first(position: int, size: int, scope: Scope) -> ConfigsQuery:  # noqa: ARG001
    return ConfigsQuery(
        per_page=size, page=position, sort_by="create_time", order="desc", config_type="custom"
    )


class Configs(SpecClient[ConfigsApi, ConfigRecord]):
    """The training job configurations of one project."""

    kind: ClassVar[str] = "configs"
    forms: ClassVar[tuple[FormMode, ...]] = ("edit", "create")
    operations = ConfigsApi
    style: ClassVar[OffsetStyle] = "page"
    spec = KindSpec(
        list=ConfigsApi.list,
        query=_newest_first,
        rows="configs",
        total="config_total_count",
        show=ConfigsApi.show,
        to_resource=config_resource,
        to_sections=config_sections,
    )

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._samples: tuple[Resource, ...] = ()

    async def list_page(self, ask: PageAsk) -> Page:
        """Return a page of the user's own configurations; the first ends with the samples."""
        page = await super().list_page(ask)
        samples = await self._read_samples() if ask.number == 0 else self._samples
        rows = page.resources + (samples if ask.number == 0 else ())
        total = page.total + len(samples) if page.total is not None else None
        return Page(rows, total, is_newest_first(rows))

    async def _read_samples(self) -> tuple[Resource, ...]:
        try:
            reply = await self.api.list(_SAMPLES)
            rows = rows_of(reply, reply.value.configs, "configs")
        except CloudError:  # the user's own are shown without them; samples read before stay
            return self._samples
        raw = raw_rows(reply.answer, "configs")
        self._samples = build_resources("configs", rows, sample_resource, self.scope, raw, 1_000_000)
        return self._samples

    async def show(self, resource_id: str) -> Reply[ConfigRecord]:
        """Return the reply of 5.2.5."""
        origin, name = parse_config_id(resource_id)
        return await self.api.show(name, ConfigQuery(config_type=origin))

    def handlers(self) -> dict[str, ActionHandler]:
        """Delete one of the user's own (5.2.4)."""
        return {"delete": self._delete}

    async def _delete(self, config: Resource) -> ActionReply:
        origin, name = parse_config_id(config.id)
        if origin == "sample":
            raise RefusedError("A sample configuration cannot be deleted.")
        return ActionReply((await self.api.delete(name)).answer.request_id)
