"""Operations on training job configurations (5.2)."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1.catalog import serialize_engine
from matui.sim.modelarts_v1.job_rules import check_job_config
from matui.sim.modelarts_v1.lists import ListRules
from matui.sim.server.requests import ApiRequest, Fields, require_found
from matui.sim.server.responses import ApiError
from matui.sim.world import catalog
from matui.sim.world.entities.jobs import Config
from matui.sim.world.world import World

_KINDS = ("custom", "sample")
_LIST: ListRules[Config] = ListRules(
    "sortBy",
    {
        "config_name": lambda config, _now: config.name,
        "config_desc": lambda config, _now: config.description,
        "create_time": lambda config, _now: config.created,
    },
    max_per_page=1000,
)


def find(world: World, request: ApiRequest, kind: str = "custom") -> Config:
    """Return the configuration named in the path. Raises ApiError 0102."""
    config = world.configs.get(f"{kind}:{request.path['config_name']}")
    return require_found(config, "0102", f"The configuration {request.path['config_name']} does not exist.")


def _read_settings(body: Fields, *, whole: bool) -> dict[str, Any]:
    settings = check_job_config(body, whole=whole)
    return {name: value for name, value in settings.items() if name not in ("config_name", "config_desc")}


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    """Create a configuration (5.2.1)."""
    body = request.fields()
    name = body.name("config_name", 20)
    description = body.text("config_desc", max_length=256)
    settings = _read_settings(body, whole=True)
    if f"custom:{name}" in world.configs.rows:
        raise ApiError("0103", f"Config name:{name} is existed")
    world.configs.add(f"custom:{name}", Config(name, world.now, settings, "custom", description))
    return {"is_success": True}


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    """List configurations (5.2.2)."""
    query = request.query
    kind, wanted = query.choice("config_type", _KINDS, "custom"), query.text("search_content").lower()
    if kind == "sample" and query.text("sortBy") == "create_time":
        raise ApiError("0107", "Sample configurations cannot be sorted by create_time.")
    rows = [config for config in world.configs if config.kind == kind and wanted in config.name.lower()]
    page = _LIST.select(world, query, rows)
    return {
        "is_success": True,
        "config_total_count": len(rows),
        "configs": [_serialize_row(config) for config in page],
    }


def _serialize_engine(config: Config) -> dict[str, Any]:
    engine = catalog.ENGINES.get(config.settings.get("engine_id", 1))
    return serialize_engine(None if "user_image_url" in config.settings else engine)


def _serialize_row(config: Config) -> dict[str, Any]:
    record = {"config_name": config.name, "config_desc": config.description, "create_time": config.created}
    image = {name: config.settings.get(name) for name in ("user_image_url", "user_command")}
    return record | _serialize_engine(config) | image | config.override


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    """Return a configuration (5.2.5); ``core`` and ``cpu`` are strings."""
    config = find(world, request, request.query.choice("config_type", _KINDS, "custom"))
    spec = catalog.SPECS.get(config.settings.get("spec_id", 1)) or catalog.SPECS[1]
    blank: dict[str, Any] = dict.fromkeys(
        ("data_url", "dataset_id", "dataset_version_id", "dataset_name", "dataset_version_name", "model_id",
         "pool_id", "pool_name", "nas_mount_path", "nas_share_addr", "nas_type", "app_url", "boot_file_url",
         "train_url", "log_url")
    )  # fmt: skip
    blank |= {"data_source": [], "volumes": [], "parameter": [], "worker_server_num": 1, "is_success": True}
    size = {"spec_id": spec.id, "spec_code": spec.code, "core": str(spec.core), "cpu": str(spec.memory)}
    size |= {"gpu_num": spec.gpus, "gpu_type": spec.gpu_type}
    return blank | config.settings | size | _serialize_row(config)


def update(world: World, request: ApiRequest) -> dict[str, Any]:
    """Update a configuration (5.2.3)."""
    config = find(world, request)
    body = request.fields()
    description = body.text("config_desc", config.description, max_length=256)
    settings = _read_settings(body, whole=False)
    if {"data_url", "data_source", "dataset_id"} & settings.keys():
        for name in ("data_url", "data_source", "dataset_id", "dataset_version_id"):
            config.settings.pop(name, None)
    config.settings |= settings
    config.description = description
    return {"is_success": True}


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    """Delete a configuration (5.2.4)."""
    world.configs.remove(f"custom:{find(world, request).name}")
    return {"is_success": True}
