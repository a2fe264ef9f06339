"""Validation of a training job's configuration (tables 5-3 to 5-7, 5-42, 5-69)."""

from __future__ import annotations

from typing import Any

from matui.sim.server.requests import Fields
from matui.sim.server.responses import ApiError
from matui.sim.world.catalog import ALGORITHMS, ENGINES, SPECS
from matui.sim.world.entities.jobs import Version

_TEXTS = ("app_url", "boot_file_url", "data_url", "train_url", "log_url", "user_image_url", "user_command")


def check_job_config(config: Fields, *, whole: bool = True) -> dict[str, Any]:
    """Return the validated configuration; ``whole`` requires the mandatory fields. Raises ApiError."""
    for name in _TEXTS:
        config.text(name)
    if whole:
        config.require("worker_server_num", "spec_id")
        _check_code(config)
    _check_data(config, whole=whole)
    _check_resources(config)
    for item in config.children("parameter"):
        if not (item.data.keys() & {"label", "key"}) or "value" not in item.data:
            raise ApiError("0107", "Each parameter must have a label and a value.")
    for volume in config.children("volumes"):
        _check_volume(volume)
    return dict(config.data)


def _check_code(config: Fields) -> None:
    if "model_id" in config or "user_image_url" in config:
        return
    config.require("app_url", "boot_file_url", "engine_id")
    if not config.text("boot_file_url").startswith(config.text("app_url")):
        raise ApiError("0107", "The boot_file_url must be in the directory app_url.")


def _check_data(config: Fields, *, whole: bool) -> None:
    pair = [name for name in ("dataset_id", "dataset_version_id") if name in config]
    if len(pair) == 1:
        raise ApiError("0107", "dataset_id and dataset_version_id must be used together.")
    kinds = [bool(config.raw("data_url")), bool(pair), bool(config.raw("data_source"))]
    if sum(kinds) > 1:
        raise ApiError("0107", "Only one of data_url, data_source and dataset_id can be used.")
    if whole and not any(kinds):
        raise ApiError("0115", "One of data_url, data_source and dataset_id must exist.")
    for source in config.children("data_source"):
        source.require("type")
        kind = source.choice("type", ("obs", "dataset"))
        source.require(*(("data_url",) if kind == "obs" else ("dataset_id", "dataset_version")))


def _check_resources(config: Fields) -> None:
    config.integer("worker_server_num", 1, 1)
    if "spec_id" in config:
        spec = SPECS.get(config.integer("spec_id"))
        if spec is None:
            raise ApiError("0107", "The spec_id is invalid.")
        if spec.sold_out:
            raise ApiError("0105", "The resources of the selected specification are sold out.")
        config.integer("worker_server_num", 1, 1, spec.most)
    if "engine_id" in config and config.integer("engine_id") not in ENGINES:
        raise ApiError("0107", "The engine_id is invalid.")
    if "model_id" in config and config.integer("model_id") not in {algorithm.id for algorithm in ALGORITHMS}:
        raise ApiError("0107", "The model_id is invalid.")


def _check_volume(volume: Fields) -> None:
    if ("nfs" in volume) == ("host_path" in volume):
        raise ApiError("0107", "Each volume must be either nfs or host_path.")
    kind = "nfs" if "nfs" in volume else "host_path"
    inner = volume.child(kind)
    inner.require(*(("id",) if kind == "nfs" else ()), "src_path", "dest_path")
    inner.flag("read_only")


def apply_config(version: Version, config: dict[str, Any]) -> None:
    """Apply the resources of ``config`` to ``version``."""
    version.config = config
    version.spec = config.get("spec_id", version.spec)
    version.engine = config.get("engine_id", version.engine)
    version.workers = config.get("worker_server_num", version.workers)
