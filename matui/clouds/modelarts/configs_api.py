"""Training job configurations (5.2)."""

from __future__ import annotations

from typing import Literal

from matui.clouds.decode import Reply, read
from matui.clouds.modelarts.configs_models import ConfigList, ConfigRecord
from matui.clouds.modelarts.jobs_models import Done
from matui.clouds.modelarts.jobs_requests import SIZE_1000, SetupSetting
from matui.clouds.modelarts.requests import COUNT, NAME_20, ORDER, TEXT_256, Sent, act, get, segment
from matui.clouds.modelarts.sending import Sends
from matui.records.record import field

ConfigType = Literal["custom", "sample"]
_CONFIGS = "training-job-configs"


class ConfigsQuery(Sent):
    """5.2.2. ``page`` counts from 1; samples cannot be sorted by ``create_time``."""

    per_page: SIZE_1000 | None = None
    page: COUNT | None = None
    sort_by: Literal["config_name", "config_desc", "create_time"] | None = field(default=None, named="sortBy")
    order: ORDER | None = None
    search_content: str | None = None
    config_type: ConfigType | None = None


class ConfigQuery(Sent):
    """5.2.5."""

    config_type: ConfigType | None = None


class CreateConfig(SetupSetting):
    """5.2.1."""

    config_name: NAME_20
    config_desc: TEXT_256 | None = None


class UpdateConfig(SetupSetting):
    """5.2.3."""

    config_desc: TEXT_256 | None = None


class ConfigsApi:
    """The five operations of 5.2."""

    def __init__(self, session: Sends) -> None:
        self._session = session

    async def create(self, body: CreateConfig) -> Reply[Done]:
        """5.2.1."""
        return read(Done, await self._session.send(act("POST", _CONFIGS, body)))

    async def list(self, query: ConfigsQuery) -> Reply[ConfigList]:
        """5.2.2."""
        return read(ConfigList, await self._session.send(get(_CONFIGS, query)))

    async def update(self, name: str, body: UpdateConfig) -> Reply[Done]:
        """5.2.3."""
        return read(Done, await self._session.send(act("PUT", f"{_CONFIGS}/{segment(name)}", body)))

    async def delete(self, name: str) -> Reply[Done]:
        """5.2.4."""
        return read(Done, await self._session.send(act("DELETE", f"{_CONFIGS}/{segment(name)}")))

    async def show(self, name: str, query: ConfigQuery) -> Reply[ConfigRecord]:
        """5.2.5."""
        return read(ConfigRecord, await self._session.send(get(f"{_CONFIGS}/{segment(name)}", query)))
