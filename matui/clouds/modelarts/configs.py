"""Training job configurations, one's own and the samples: list, read, describe, delete (5.2).

A configuration's id is its name; a sample's is ``sample/NAME``, for both may have the same name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from matui.clouds.decode import Reply, raw_rows, rows_of
from matui.clouds.modelarts.configs_api import ConfigQuery, ConfigsApi, ConfigsQuery
from matui.clouds.modelarts.configs_models import ConfigRecord, ConfigRow
from matui.clouds.modelarts.jobs_detail import (
    code_section,
    data_section,
    parameters_section,
    resources_section,
)
from matui.clouds.modelarts.paging import Part, Style
from matui.clouds.modelarts.scope import CLOUD, Scope, unreadable
from matui.clouds.modelarts.source import Deed, Done, Source
from matui.clouds.port import Page, PageAsk
from matui.clouds.rows import facts_of, newest_first, refuse_unreadable
from matui.clouds.telling import at, section
from matui.errors import CloudError, RefusedError
from matui.resources.detail import Detail, Section
from matui.resources.model import Fact, Phase, RawPage, RawRecord, Resource
from matui.text import clean

SAMPLE = "sample/"
_SAMPLES = ConfigsQuery(per_page=1000, page=1, sort_by="config_name", order="asc", config_type="sample")

Origin = Literal["custom", "sample"]


def config_resources(
    rows: Sequence[ConfigRow | None], scope: Scope, raw: RawPage, start: int, origin: Origin
) -> tuple[Resource, ...]:
    """Map the rows of 5.2.2; ``start`` is the position of the first in the whole list."""
    return tuple(
        config_resource(row, scope, RawRecord(raw, (place,)), origin)
        if row is not None and row.config_name != ""
        else unreadable("configs", scope, start + place, RawRecord(raw, (place,)))
        for place, row in enumerate(rows)
    )


def config_resource(
    row: ConfigRow | ConfigRecord, scope: Scope, raw: RawRecord, origin: Origin, name: str = ""
) -> Resource:
    """Map one configuration: it has no status, and nothing ever happens to it."""
    name = str(row.config_name) or name
    return Resource(
        kind="configs",
        id=name if origin == "custom" else SAMPLE + name,
        name=clean(name),
        status="",
        phase=Phase.DONE,
        cloud=CLOUD,
        profile=scope.profile,
        created_at=row.create_time,
        facts=_facts(row, origin),
        raw=raw,
    )


def _facts(row: ConfigRow | ConfigRecord, origin: Origin) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "type": origin,
        "engine": clean(row.engine_version or row.engine_name or row.user_image_url),
        "description": clean(row.config_desc),
    }
    return facts_of(facts)


def config_sections(row: ConfigRecord, resource: Resource) -> tuple[Section, ...]:
    """Tell everything 5.2.5 says about a configuration."""
    overview = (
        ("Name", resource.name),
        ("Type", resource.text_fact("type")),
        ("Description", clean(row.config_desc)),
        ("Created", at(row.create_time)),
    )
    return (
        *section("Overview", overview),
        *resources_section(row),
        *data_section(row),
        *code_section(row),
        *parameters_section(row),
    )


def origin_of(config_id: str) -> tuple[Origin, str]:
    """Return whether an id is a sample's, and the name to ask for."""
    if config_id.startswith(SAMPLE):
        return "sample", config_id.removeprefix(SAMPLE)
    return "custom", config_id


class Configs(Source):
    """The training job configurations of one project."""

    kind: ClassVar[str] = "configs"
    style: ClassVar[Style] = "page"

    def __init__(self, api: ConfigsApi, scope: Scope) -> None:
        super().__init__(scope)
        self._api = api
        self._samples: tuple[Resource, ...] = ()

    async def list_page(self, ask: PageAsk) -> Page:
        """Return a page of one's own configurations; the first ends with the samples."""
        page = await super().list_page(ask)
        samples = await self._read_samples() if ask.number == 0 else self._samples
        rows = page.resources + (samples if ask.number == 0 else ())
        total = page.total + len(samples) if page.total is not None else None
        return Page(rows, total, newest_first(rows))

    async def _read_samples(self) -> tuple[Resource, ...]:
        try:
            reply = await self._api.list(_SAMPLES)
            rows = rows_of(reply, reply.value.configs, "configs")
        except CloudError:  # one's own are worth showing without them; those known before stay
            return self._samples
        raw = raw_rows(reply.answer, "configs")
        self._samples = config_resources(rows, self.scope, raw, 1_000_000, "sample")
        return self._samples

    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch a page of one's own (5.2.2), newest first."""
        query = ConfigsQuery(
            per_page=size, page=position, sort_by="create_time", order="desc", config_type="custom"
        )
        reply = await self._api.list(query)
        rows = rows_of(reply, reply.value.configs, "configs")
        raw = raw_rows(reply.answer, "configs")
        found = config_resources(rows, scope, raw, (position - 1) * size, "custom")
        return Part(found, reply.value.config_total_count)

    async def _show(self, config_id: str) -> tuple[Reply[ConfigRecord], Resource]:
        origin, name = origin_of(config_id)
        reply = await self._api.show(name, ConfigQuery(config_type=origin))
        return reply, config_resource(reply.value, self.scope, reply.raw(), origin, name)

    async def read(self, resource_id: str) -> Resource:
        """Return one configuration (5.2.5)."""
        return (await self._show(resource_id))[1]

    async def describe(self, resource: Resource) -> Detail:
        """Return one configuration with every section (5.2.5)."""
        refuse_unreadable(resource)
        reply, now = await self._show(resource.id)
        return Detail(now, config_sections(reply.value, now))

    def deeds(self) -> dict[str, Deed]:
        """Delete one's own (5.2.4)."""
        return {"delete": self._delete}

    async def _delete(self, config: Resource) -> Done:
        origin, name = origin_of(config.id)
        if origin == "sample":
            raise RefusedError("A sample configuration cannot be deleted.")
        return Done((await self._api.delete(name)).answer.request_id)
