"""Training job configurations (5.2), and the validation of a job's (tables 5-3 to 5-7, 5-42, 5-69)."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1.catalog import serialize_engine
from matui.sim.server.requests import ApiError, ApiRequest, Fields, ListRules, require_found
from matui.sim.world import catalog
from matui.sim.world.catalog import ALGORITHMS, ENGINES, SPECS
from matui.sim.world.entities.jobs import Config, Version
from matui.sim.world.world import World

_TEXTS = ("app_url", "boot_file_url", "data_url", "train_url", "log_url", "user_image_url", "user_command")
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


def check_job_config(config: Fields, *, whole: bool = True) -> dict[str, Any]:
    """Return the validated configuration; ``whole`` requires the mandatory fields. Raises ApiError."""
    for name in _TEXTS:
        config.get_text(name)
    if whole:
        config.require("worker_server_num", "spec_id")
        _check_code(config)
    _check_data(config, whole=whole)
    _check_resources(config)
    for item in config.list_children("parameter"):
        if not (item.data.keys() & {"label", "key"}) or "value" not in item.data:
            raise ApiError("0107", "Each parameter must have a label and a value.")
    for volume in config.list_children("volumes"):
        _check_volume(volume)
    return dict(config.data)


def _check_code(config: Fields) -> None:
    if "model_id" in config or "user_image_url" in config:
        return
    config.require("app_url", "boot_file_url", "engine_id")
    if not config.get_text("boot_file_url").startswith(config.get_text("app_url")):
        raise ApiError("0107", "The boot_file_url must be in the directory app_url.")


def _check_data(config: Fields, *, whole: bool) -> None:
    pair = [name for name in ("dataset_id", "dataset_version_id") if name in config]
    if len(pair) == 1:
        raise ApiError("0107", "dataset_id and dataset_version_id must be used together.")
    kinds = [bool(config.get_raw("data_url")), bool(pair), bool(config.get_raw("data_source"))]
    if sum(kinds) > 1:
        raise ApiError("0107", "Only one of data_url, data_source and dataset_id can be used.")
    if whole and not any(kinds):
        raise ApiError("0115", "One of data_url, data_source and dataset_id must exist.")
    for source in config.list_children("data_source"):
        source.require("type")
        kind = source.get_choice("type", ("obs", "dataset"))
        source.require(*(("data_url",) if kind == "obs" else ("dataset_id", "dataset_version")))


def _check_resources(config: Fields) -> None:
    config.get_integer("worker_server_num", 1, 1)
    if "spec_id" in config:
        spec = SPECS.get(config.get_integer("spec_id"))
        if spec is None:
            raise ApiError("0107", "The spec_id is invalid.")
        if spec.sold_out:
            raise ApiError("0105", "The resources of the selected specification are sold out.")
        config.get_integer("worker_server_num", 1, 1, spec.most)
    if "engine_id" in config and config.get_integer("engine_id") not in ENGINES:
        raise ApiError("0107", "The engine_id is invalid.")
    if "model_id" in config and config.get_integer("model_id") not in {
        algorithm.id for algorithm in ALGORITHMS
    }:
        raise ApiError("0107", "The model_id is invalid.")


def _check_volume(volume: Fields) -> None:
    if ("nfs" in volume) == ("host_path" in volume):
        raise ApiError("0107", "Each volume must be either nfs or host_path.")
    kind = "nfs" if "nfs" in volume else "host_path"
    inner = volume.get_child(kind)
    inner.require(*(("id",) if kind == "nfs" else ()), "src_path", "dest_path")
    inner.get_flag("read_only")


def apply_config(version: Version, config: dict[str, Any]) -> None:
    """Apply the resources of ``config`` to ``version``."""
    version.config = config
    version.spec = config.get("spec_id", version.spec)
    version.engine = config.get("engine_id", version.engine)
    version.workers = config.get("worker_server_num", version.workers)


def find(world: World, request: ApiRequest, kind: str = "custom") -> Config:
    """Return the configuration named in the path. Raises ApiError 0102."""
    config = world.configs.get(f"{kind}:{request.path['config_name']}")
    return require_found(config, "0102", f"The configuration {request.path['config_name']} does not exist.")


def _read_settings(body: Fields, *, whole: bool) -> dict[str, Any]:
    settings = check_job_config(body, whole=whole)
    return {name: value for name, value in settings.items() if name not in ("config_name", "config_desc")}


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    name = body.get_name("config_name", 20)
    description = body.get_text("config_desc", max_length=256)
    settings = _read_settings(body, whole=True)
    if f"custom:{name}" in world.configs.rows:
        raise ApiError("0103", f"Config name:{name} is existed")
    world.configs.add(f"custom:{name}", Config(name, world.now, settings, "custom", description))
    return {"is_success": True}


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    kind, wanted = query.get_choice("config_type", _KINDS, "custom"), query.get_text("search_content").lower()
    if kind == "sample" and query.get_text("sortBy") == "create_time":
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
    config = find(world, request, request.query.get_choice("config_type", _KINDS, "custom"))
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
    config = find(world, request)
    body = request.parse_fields()
    description = body.get_text("config_desc", config.description, max_length=256)
    settings = _read_settings(body, whole=False)
    if {"data_url", "data_source", "dataset_id"} & settings.keys():
        for name in ("data_url", "data_source", "dataset_id", "dataset_version_id"):
            config.settings.pop(name, None)
    config.settings |= settings
    config.description = description
    return {"is_success": True}


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    world.configs.remove(f"custom:{find(world, request).name}")
    return {"is_success": True}
