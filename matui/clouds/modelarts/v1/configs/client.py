"""Training job configurations, the user's own and the samples: list, read, describe, delete (5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from matui.base.errors import CloudError, RefusedError
from matui.base.late_imports import LazyModule
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import Reply, parse_raw_rows, read_rows
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply
from matui.clouds.modelarts.mapping import Scope, build_resources
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.requests import COUNT, ORDER, SIZE_1000, RequestModel
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v1.jobs.models import Done
from matui.clouds.modelarts.v1.specifications import Engine
from matui.clouds.protocols import ListRequest, Page
from matui.clouds.rows import is_newest_first
from matui.clouds.wire_types import Id, Millis, ModelRows, Text, Whole, make_list
from matui.resources.model import Fact, Phase, RawRecord, Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.configs import wire
    from matui.clouds.modelarts.v1.configs.wire import ConfigRecord
    from matui.resources.detail import Section
else:
    wire = LazyModule("matui.clouds.modelarts.v1.configs.wire")


class ConfigRow(Engine):  # Table 5-75
    config_name: Id = ""
    config_desc: Text = ""
    create_time: Millis = None
    user_image_url: Text = ""


class ConfigList(Done):  # 5.2.2
    configs: ModelRows[ConfigRow] = Field(default_factory=make_list)
    config_total_count: Whole = None


ConfigType = Literal["custom", "sample"]


class ConfigsQuery(RequestModel):
    """5.2.2. ``page`` counts from 1; samples cannot be sorted by ``create_time``."""

    per_page: SIZE_1000 | None = None
    page: COUNT | None = None
    sort_by: Literal["config_name", "config_desc", "create_time"] | None = Field(
        default=None, validation_alias="sortBy", serialization_alias="sortBy"
    )
    order: ORDER | None = None
    search_content: str | None = None
    config_type: ConfigType | None = None


class ConfigQuery(RequestModel):  # 5.2.5
    config_type: ConfigType | None = None


SAMPLE = "sample/"


def parse_config_id(config_id: str) -> tuple[ConfigType, str]:
    """Return whether an id is a sample's, and the name to ask for."""
    if config_id.startswith(SAMPLE):
        return "sample", config_id.removeprefix(SAMPLE)
    return "custom", config_id


def map_config(row: ConfigRow | ConfigRecord, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one configuration: it has no status, and nothing ever happens to it.

    ``wire_id`` is the id it was asked by, or ``sample/`` for a row of the samples.
    """
    origin, asked = parse_config_id(wire_id)
    name = str(row.config_name) or asked
    facts: dict[str, Fact] = {
        "type": origin,
        "engine": clean(row.engine_version or row.engine_name or row.user_image_url),
        "description": clean(row.config_desc),
    }
    config_id = SAMPLE + name if name and origin == "sample" else name
    done = ("", Phase.DONE)
    return scope.build_resource(
        "configs", config_id, name, done, raw, created_at=row.create_time, facts=facts
    )


def map_sample(row: ConfigRow, scope: Scope, raw: RawRecord) -> Resource:
    return map_config(row, scope, raw, SAMPLE)


def _build_sections(row: ConfigRecord, resource: Resource) -> tuple[Section, ...]:
    return wire.build_config_sections(row, resource)


class ConfigsApi(KindOperations):
    """The five operations of 5.2."""

    create = Operation("5.2.1.", "POST", "training-job-configs", Done, lambda: wire.CreateConfig)
    list = Operation("5.2.2.", "GET", "training-job-configs", ConfigList, ConfigsQuery)
    update = Operation("5.2.3.", "PUT", "training-job-configs/{}", Done, lambda: wire.UpdateConfig)
    delete = Operation("5.2.4.", "DELETE", "training-job-configs/{}", Done)
    show = Operation(
        "5.2.5.", "GET", "training-job-configs/{}", lambda: wire.ConfigRecord, ConfigQuery, shows=True
    )


_SAMPLES = ConfigsQuery(per_page=1000, page=1, sort_by="config_name", order="asc", config_type="sample")


_NEWEST_FIRST = build_query(
    ConfigsQuery, "page", "per_page", sort_by="create_time", order="desc", config_type="custom"
)


class Configs(SpecClient[ConfigsApi, "ConfigRecord"]):
    """The training job configurations of one project."""

    kind = "configs"
    forms = ("edit", "create")
    operations = ConfigsApi
    style = "page"
    spec = KindSpec(_NEWEST_FIRST, "configs", map_config, _build_sections, "config_total_count")

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._samples: tuple[Resource, ...] = ()

    async def list_page(self, request: ListRequest) -> Page:
        """Return a page of the user's own configurations; the first ends with the samples."""
        page = await super().list_page(request)
        samples = await self._read_samples() if request.number == 0 else self._samples
        rows = page.resources + (samples if request.number == 0 else ())
        total = page.total + len(samples) if page.total is not None else None
        stated = page.stated + len(samples) if page.stated is not None else None
        return Page(rows, total, is_newest_first(rows), stated, page.has_more)

    async def _read_samples(self) -> tuple[Resource, ...]:
        try:
            reply = await self.api.list(_SAMPLES)
            rows = read_rows(reply, reply.value.configs, "configs")
        except CloudError:  # the user's own are shown without them; samples read before stay
            return self._samples
        raw = parse_raw_rows(reply.answer, "configs")
        self._samples = build_resources("configs", rows, map_sample, self.scope, raw, 1_000_000)
        return self._samples

    async def show(self, resource_id: str) -> Reply[ConfigRecord]:
        """Return the reply of 5.2.5."""
        origin, name = parse_config_id(resource_id)
        return await self.api.show(name, ConfigQuery(config_type=origin))

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Delete one of the user's own (5.2.4)."""
        return {"delete": self._delete}

    async def _delete(self, config: Resource) -> ActionReply:
        origin, name = parse_config_id(config.id)
        if origin == "sample":
            raise RefusedError(
                "A sample configuration cannot be deleted.", remedy="Only your own can be deleted."
            )
        return ActionReply((await self.api.delete(name)).answer.request_id)
