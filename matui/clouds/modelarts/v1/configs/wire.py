"""Training job configurations as the cloud sends them, and what may be asked of them (5.2)."""

from typing import Literal

from pydantic import Field

from matui.clouds.modelarts.requests import COUNT, NAME_20, ORDER, TEXT_256, RequestModel
from matui.clouds.modelarts.v1.jobs.requests import SIZE_1000, SetupSetting
from matui.clouds.modelarts.v1.jobs.version_models import Setup
from matui.clouds.wire_types import Code, Flag, Id, Millis, Rows, Text, Whole, WireModel, new_list


class ConfigRow(WireModel):
    """A configuration in the list (Table 5-75)."""

    config_name: Id = ""
    config_desc: Text = ""
    create_time: Millis = None
    engine_type: Whole = None
    engine_name: Text = ""
    engine_id: Code = ""
    engine_version: Text = ""
    user_image_url: Text = ""
    user_command: Text = ""


class ConfigList(WireModel):
    """5.2.2."""

    configs: Rows[ConfigRow] = Field(default_factory=new_list)
    config_total_count: Whole = None
    is_success: Flag = None


class ConfigRecord(Setup):
    """5.2.5."""

    config_name: Id = ""
    config_desc: Text = ""
    create_time: Millis = None


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


class ConfigQuery(RequestModel):
    """5.2.5."""

    config_type: ConfigType | None = None


class CreateConfig(SetupSetting):
    """5.2.1."""

    config_name: NAME_20
    config_desc: TEXT_256 | None = None


class UpdateConfig(SetupSetting):
    """5.2.3."""

    config_desc: TEXT_256 | None = None
