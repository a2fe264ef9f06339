"""Training job configurations to resources and sections.

A configuration's id is its name; a sample's is ``sample/NAME``, for both may have the same name.
"""

from __future__ import annotations

from typing import Literal

from matui.base.sanitize import clean
from matui.clouds.modelarts.mapping import CLOUD, Scope
from matui.clouds.modelarts.v1.configs.wire import ConfigRecord, ConfigRow
from matui.clouds.modelarts.v1.jobs.sections import (
    code_section,
    data_section,
    parameters_section,
    resources_section,
)
from matui.clouds.rows import drop_empty
from matui.clouds.sections import instant, section
from matui.resources.detail import Section
from matui.resources.model import Fact, Phase, RawRecord, Resource

SAMPLE = "sample/"
Origin = Literal["custom", "sample"]


def parse_config_id(config_id: str) -> tuple[Origin, str]:
    """Return whether an id is a sample's, and the name to ask for."""
    if config_id.startswith(SAMPLE):
        return "sample", config_id.removeprefix(SAMPLE)
    return "custom", config_id


def config_resource(
    row: ConfigRow | ConfigRecord, scope: Scope, raw: RawRecord, wire_id: str = ""
) -> Resource:
    """Map one configuration: it has no status, and nothing ever happens to it.

    ``wire_id`` is the id it was asked by, or ``sample/`` for a row of the samples.
    """
    origin, asked = parse_config_id(wire_id)
    name = str(row.config_name) or asked
    return Resource(
        kind="configs",
        id=SAMPLE + name if name and origin == "sample" else name,
        name=clean(name),
        status="",
        phase=Phase.DONE,
        cloud=CLOUD,
        profile=scope.profile,
        created_at=row.create_time,
        facts=_facts(row, origin),
        raw=raw,
    )


def sample_resource(row: ConfigRow, scope: Scope, raw: RawRecord) -> Resource:
    """Map one row of the samples."""
    return config_resource(row, scope, raw, SAMPLE)


def _facts(row: ConfigRow | ConfigRecord, origin: Origin) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "type": origin,
        "engine": clean(row.engine_version or row.engine_name or row.user_image_url),
        "description": clean(row.config_desc),
    }
    return drop_empty(facts)


def config_sections(row: ConfigRecord, resource: Resource) -> tuple[Section, ...]:
    """Return everything 5.2.5 says about a configuration."""
    overview = (
        ("Name", resource.name),
        ("Type", resource.text_fact("type")),
        ("Description", clean(row.config_desc)),
        ("Created", instant(row.create_time)),
    )
    return (
        *section("Overview", overview),
        *resources_section(row),
        *data_section(row),
        *code_section(row),
        *parameters_section(row),
    )
