"""One configuration as the cloud sends it, its sections (5.2.5), and what may be asked (5.2.1, 5.2.3)."""

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.requests import NAME_20, TEXT_256
from matui.clouds.modelarts.v1.jobs.requests import SetupSetting
from matui.clouds.modelarts.v1.jobs.sections import (
    build_code_section,
    build_data_section,
    build_parameters_section,
    build_resources_section,
)
from matui.clouds.modelarts.v1.jobs.version_models import Setup
from matui.clouds.sections import build_instant, build_section
from matui.clouds.wire_types import Id, Millis, Text
from matui.resources.detail import Section
from matui.resources.model import Resource


class ConfigRecord(Setup):  # 5.2.5
    config_name: Id = ""
    config_desc: Text = ""
    create_time: Millis = None


def build_config_sections(row: ConfigRecord, resource: Resource) -> tuple[Section, ...]:
    """Return everything 5.2.5 says about a configuration."""
    about = (
        ("Name", resource.name),
        ("Type", resource.get_text("type")),
        ("Description", clean(row.config_desc)),
        ("Created", build_instant(row.create_time)),
    )
    return (
        *build_section("Overview", about),
        *build_resources_section(row),
        *build_data_section(row),
        *build_code_section(row),
        *build_parameters_section(row),
    )


class CreateConfig(SetupSetting):  # 5.2.1
    config_name: NAME_20
    config_desc: TEXT_256 | None = None


class UpdateConfig(SetupSetting):  # 5.2.3
    config_desc: TEXT_256 | None = None
