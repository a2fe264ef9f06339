"""Training job configurations (5.2)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from matui.clouds.modelarts.configs_models import ConfigList, ConfigRecord
from matui.clouds.modelarts.jobs_models import Done
from matui.clouds.modelarts.jobs_requests import SIZE_1000, SetupSetting
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import COUNT, NAME_20, ORDER, TEXT_256, RequestModel

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


class ConfigsApi(OperationTable):
    """The five operations of 5.2."""

    create = Operation("5.2.1.", "POST", "training-job-configs", Done, CreateConfig)
    list = Operation("5.2.2.", "GET", "training-job-configs", ConfigList, ConfigsQuery)
    update = Operation("5.2.3.", "PUT", "training-job-configs/{}", Done, UpdateConfig)
    delete = Operation("5.2.4.", "DELETE", "training-job-configs/{}", Done)
    show = Operation("5.2.5.", "GET", "training-job-configs/{}", ConfigRecord, ConfigQuery)
