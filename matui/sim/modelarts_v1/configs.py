"""Training job configurations with their operations (5.2), and what jobs can be made of (5.1.12, 5.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matui.sim.modelarts_v1.job_rules import check_config
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call, page_of
from matui.sim.world import catalog

if TYPE_CHECKING:
    from matui.sim.server.requests import Fields
    from matui.sim.world.world import World

_KINDS = ("custom", "sample")
_ALGORITHM_SORTS = (
    "engine", "model_name", "model_precision", "model_usage", "model_size", "create_time", "parameter",
)  # fmt: skip
_SORTS = ("config_name", "config_desc", "create_time")


@dataclass(slots=True)
class Config:
    """A saved configuration; ``kind`` is custom or sample, ``settings`` what was asked."""

    name: str
    created: int
    settings: dict[str, Any]
    kind: str = "custom"
    description: str = ""
    override: dict[str, Any] = field(default_factory=dict)


def seed_configs(world: World) -> None:
    """Add the configurations, custom and sample ones."""
    seeds = (
        ("resnet50-8p", "baseline, 8 cards", 6, 27, "custom"),
        ("bert-large-zh", "MLM, seq 512", 6, 27, "custom"),
        ("ctr-nightly", "每日重训", 2, 3, "custom"),
        ("pangu-13b", "8 Ascend nodes", 11, 130, "custom"),
        ("mnist-tf", "a first job with TensorFlow", 1, 1, "sample"),
        ("flowers-mxnet", "image classification with MXNet", 4, 13, "sample"),
    )
    for turn, (name, words, spec, engine, kind) in enumerate(seeds):
        settings = {
            "worker_server_num": 1,
            "app_url": f"/ml-platform-code/{name}/",
            "boot_file_url": f"/ml-platform-code/{name}/train.py",
            "spec_id": spec,
            "engine_id": engine,
            "data_url": f"/ml-platform-data/{name}/",
            "parameter": [{"label": "learning_rate", "value": 0.01}],
            "train_url": f"/ml-platform-out/{name}/",
            "log_url": "/ml-platform-logs/",
        }
        created = world.now - (turn + 2) * 11 * 86_400_000
        world.configs.add(f"{kind}:{name}", Config(name, created, settings, kind, words))


def find(world: World, call: Call, kind: str = "custom") -> Config:
    """Return the configuration of the path, or refuse with 0102."""
    config = world.configs.get(f"{kind}:{call.path['config_name']}")
    if config is None:
        raise Refusal("0102", f"The configuration {call.path['config_name']} does not exist.")
    return config


def _settings(body: Fields, *, whole: bool) -> dict[str, Any]:
    settings = check_config(body, whole=whole)
    return {name: value for name, value in settings.items() if name not in ("config_name", "config_desc")}


def create(world: World, call: Call) -> dict[str, Any]:
    """5.2.1"""
    body = call.fields()
    name = body.name("config_name", 20)
    description = body.text("config_desc", longest=256)
    settings = _settings(body, whole=True)
    if f"custom:{name}" in world.configs.rows:
        raise Refusal("0103", f"Config name:{name} is existed")
    world.configs.add(f"custom:{name}", Config(name, world.now, settings, "custom", description))
    return {"is_success": True}


def listing(world: World, call: Call) -> dict[str, Any]:
    """5.2.2"""
    query = call.query
    per_page, page = query.integer("per_page", 10, 1, 1000), query.integer("page", 1, 1, 65535)
    sort, backwards = query.choice("sortBy", _SORTS, "config_name"), query.descending("desc")
    kind, wanted = query.choice("config_type", _KINDS, "custom"), query.text("search_content").lower()
    if kind == "sample" and sort == "create_time" and "sortBy" in query.values:
        raise Refusal("0107", "Sample configurations cannot be sorted by create_time.")
    rows = [config for config in world.configs if config.kind == kind and wanted in config.name.lower()]
    keys = {
        "config_name": lambda c: c.name,
        "config_desc": lambda c: c.description,
        "create_time": lambda c: c.created,
    }
    rows.sort(key=keys[sort], reverse=backwards)
    shown = page_of(rows, (page - 1) * per_page, per_page)
    return {
        "is_success": True,
        "config_total_count": len(rows),
        "configs": [_row(config) for config in shown],
    }


def _engine(config: Config) -> dict[str, Any]:
    engine = catalog.ENGINES.get(config.settings.get("engine_id", 1))
    if engine is None or "user_image_url" in config.settings:
        return {"engine_type": None, "engine_name": None, "engine_id": None, "engine_version": None}
    return catalog.engine_record(engine)


def _row(config: Config) -> dict[str, Any]:
    record = {"config_name": config.name, "config_desc": config.description, "create_time": config.created}
    image = {name: config.settings.get(name) for name in ("user_image_url", "user_command")}
    return record | _engine(config) | image | config.override


def detail(world: World, call: Call) -> dict[str, Any]:
    """5.2.5, ``core`` and ``cpu`` as strings"""
    config = find(world, call, call.query.choice("config_type", _KINDS, "custom"))
    spec = catalog.SPECS.get(config.settings.get("spec_id", 1)) or catalog.SPECS[1]
    blank: dict[str, Any] = dict.fromkeys(
        ("data_url", "dataset_id", "dataset_version_id", "dataset_name", "dataset_version_name", "model_id",
         "pool_id", "pool_name", "nas_mount_path", "nas_share_addr", "nas_type", "app_url", "boot_file_url",
         "train_url", "log_url")
    )  # fmt: skip
    blank |= {"data_source": [], "volumes": [], "parameter": [], "worker_server_num": 1, "is_success": True}
    size = {"spec_id": spec.id, "spec_code": spec.code, "core": str(spec.core), "cpu": str(spec.memory)}
    size |= {"gpu_num": spec.gpus, "gpu_type": spec.gpu_type}
    return blank | config.settings | size | _row(config)


def update(world: World, call: Call) -> dict[str, Any]:
    """5.2.3"""
    config = find(world, call)
    body = call.fields()
    description = body.text("config_desc", config.description, longest=256)
    settings = _settings(body, whole=False)
    if {"data_url", "data_source", "dataset_id"} & settings.keys():
        for name in ("data_url", "data_source", "dataset_id", "dataset_version_id"):
            config.settings.pop(name, None)
    config.settings |= settings
    config.description = description
    return {"is_success": True}


def delete(world: World, call: Call) -> dict[str, Any]:
    """5.2.4"""
    world.configs.remove(f"custom:{find(world, call).name}")
    return {"is_success": True}


def algorithms(world: World, call: Call) -> dict[str, Any]:  # noqa: ARG001 - every operation takes a world
    """5.1.12"""
    query = call.query
    per_page, page = query.integer("per_page", 10, 1, 100), query.integer("page", 1, 1, 65535)
    sort, backwards = query.choice("sortBy", _ALGORITHM_SORTS, "engine"), query.descending("desc")
    wanted = query.text("search_content").lower()
    rows = [catalog.algorithm_record(algorithm) for algorithm in catalog.ALGORITHMS]
    rows = [row for row in rows if wanted in f"{row['model_name']} {row['engine_name']} model".lower()]
    key = "engine_name" if sort == "engine" else sort
    rows.sort(key=lambda row: (row[key], row["model_id"]), reverse=backwards)
    shown = page_of(rows, (page - 1) * per_page, per_page)
    return {"models": shown, "model_total_count": len(rows), "is_success": True}


def specs(world: World, call: Call) -> dict[str, Any]:  # noqa: ARG001 - every operation takes a world
    """5.4.1"""
    query = call.query
    query.choice("job_type", ("train", "inference"))
    query.integer("project_type", 0, 0, 3)
    engine = query.integer("engine_id", 0, 0)
    ascend = bool(engine) and engine in catalog.ENGINES and "Ascend" in catalog.ENGINES[engine].name
    rows = [spec for spec in catalog.SPECS.values() if not engine or ("ascend" in spec.gpu_type) == ascend]
    records = [catalog.spec_record(spec) for spec in rows]
    return {"specs": records, "is_success": True, "spec_total_count": len(records)}


def engines(world: World, call: Call) -> dict[str, Any]:  # noqa: ARG001 - every operation takes a world
    """5.4.2"""
    call.query.choice("job_type", ("train", "inference"))
    return {
        "is_success": True,
        "engines": [catalog.engine_record(engine) for engine in catalog.ENGINES.values()],
    }
