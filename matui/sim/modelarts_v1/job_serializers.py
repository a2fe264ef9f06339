"""Serializers of jobs and versions (5.1.2, 5.1.3, 5.1.5), with the quirks of the reference's samples."""

from __future__ import annotations

import json
from typing import Any

from matui.sim.modelarts_v1.catalog import serialize_engine
from matui.sim.server.requests import override_fields
from matui.sim.world.catalog import ENGINES, SPECS, Spec
from matui.sim.world.entities.jobs import RUNNING, SimJob, Version
from matui.sim.world.random import derive_id, derive_noise

_MAX_POINTS = 120
_SERIES = {
    "cpuUsage": 92.0, "memUsage": 70.0, "gpuUtil": 99.0, "gpuMemUsage": 96.0, "diskReadRate": 91811.0,
    "diskWriteRate": 5200.0, "recvBytesRate": 5770405.0, "sendBytesRate": 10487410.0,
}  # fmt: skip


def serialize_job(job: SimJob, now: int) -> dict[str, Any]:
    """Return an item of ``jobs`` (5.1.2)."""
    latest = job.latest
    row: dict[str, Any] = {
        "job_id": job.id,
        "job_name": job.name,
        "version_id": latest.id if latest else None,
        "status": job.compute_status(now),
        "create_time": job.created,
        "duration": job.compute_duration(now),
        "job_desc": job.description,
        "version_count": len(job.versions),
    }
    return override_fields(row, job.override, job.missing)


def serialize_version_detail(job: SimJob, version: Version, now: int) -> dict[str, Any]:
    """Return the body of 5.1.3; ``system_metric_list`` is an object."""
    record = {"job_id": job.id, "job_name": job.name, "job_desc": job.description}
    record |= serialize_version(job, version, now, spec_code=True)
    record["system_metric_list"] = serialize_system_metrics(version, now)
    for name, value in job.override.items():
        if name in record:
            record[name] = value
    return {"is_success": True} | record


def serialize_version(job: SimJob, version: Version, now: int, *, spec_code: bool = False) -> dict[str, Any]:
    """Return an item of ``versions`` (5.1.5); ``system_metric_list`` is JSON in a string."""
    spec = SPECS.get(version.spec) or SPECS[1]
    engine = ENGINES.get(version.engine)
    row: dict[str, Any] = {
        "version_id": version.id,
        "version_name": f"V{version.number:04d}",
        "pre_version_id": version.previous,
        **serialize_engine(engine if "user_image_url" not in version.config else None),
        "status": version.timeline.find_state_at(now),
        "create_time": version.created,
        "duration": version.compute_duration(now),
        "start_time": _find_start(version, now),
        "worker_server_num": version.workers,
        **_serialize_spec(spec),
        **_serialize_inputs(job, version),
        "model_metric_list": serialize_model_metrics(version, now),
        "system_metric_list": json.dumps(serialize_system_metrics(version, now), separators=(",", ":")),
        "resource_id": f"job{derive_id('resource', version.id, digits=8)}",
    }
    if spec_code:
        row["spec_code"] = spec.code
    return row


def _find_start(version: Version, now: int) -> int | None:
    started = version.started
    return started if started is not None and started <= now else None


def _serialize_spec(spec: Spec) -> dict[str, Any]:
    return {
        "spec_id": spec.id,
        "core": spec.core,
        "cpu": spec.memory,
        "gpu_num": spec.gpus,
        "gpu_type": spec.gpu_type.removeprefix("nvidia-").upper(),
    }


def _serialize_inputs(job: SimJob, version: Version) -> dict[str, Any]:
    defaults = make_default_inputs(job.name, version)
    asked = version.config
    if {"data_url", "data_source", "dataset_id"} & asked.keys():
        defaults |= {"data_url": None, "data_source": []}
    shown = {name: asked.get(name, value) for name, value in defaults.items()}
    volumes = shown["volumes"] or []
    nfs = next((volume["nfs"] for volume in volumes if "nfs" in volume), None)
    return shown | {
        "nas_mount_path": nfs and nfs.get("dest_path"),
        "nas_share_addr": nfs and nfs.get("src_path"),
        "nas_type": "nfs" if nfs else None,
    }


def make_default_inputs(name: str, version: Version) -> dict[str, Any]:
    """Return the inputs of a run that was created without a configuration."""
    rate, batch = (0.1, 0.01, 3e-4, 5e-5)[version.seed % 4], (32, 64, 128, 256)[version.seed // 7 % 4]
    data = f"/ml-platform-data/{name.split('-')[0]}/"
    return {
        "app_url": f"/ml-platform-code/{name}/",
        "boot_file_url": f"/ml-platform-code/{name}/train.py",
        "parameter": [
            {"label": "learning_rate", "value": rate},
            {"label": "batch_size", "value": str(batch)},
            {"label": "max_epochs", "value": "90"},
        ],
        "data_url": data,
        "train_url": f"/ml-platform-out/{name}/V{version.number:04d}/",
        "log_url": "/ml-platform-logs/",
        "dataset_version_id": None,
        "dataset_id": None,
        "data_source": [{"type": "obs", "data_url": data}],
        "user_image_url": None,
        "user_command": None,
        "model_id": None,
        "dataset_name": None,
        "dataset_version_name": None,
        "volumes": [],
        "pool_id": "pool9928813f" if version.workers > 1 else None,
        "pool_name": "p100" if version.workers > 1 else None,
    }


def serialize_model_metrics(version: Version, now: int) -> str:
    """Return the metrics of the trained model as JSON in a string, ``{}`` while there are none."""
    if version.compute_duration(now) < 600_000 or version.timeline.find_state_at(now) == RUNNING:
        return "{}"
    values = {
        name: round(0.6 + 0.39 * derive_noise(version.seed, turn), 6)
        for turn, name in enumerate(("recall", "precision", "accuracy"))
    }
    classes = [
        {"metric_values": values, "reserved_data": {}, "metric_meta": {"class_name": 0, "class_id": 0}}
    ]
    total = {"total_metric_meta": {}, "total_reserved_data": {}, "total_metric_values": values | {"id": 0}}
    return json.dumps({"metric": classes, "total_metric": total}, separators=(",", ":"))


def serialize_system_metrics(version: Version, now: int) -> dict[str, Any]:
    """Return eight series of strings, one value a minute for at most two hours, and the interval."""
    minutes = min(_MAX_POINTS, version.compute_duration(now) // 60_000 + 1)
    last = version.compute_duration(now) // 60_000
    series: dict[str, Any] = {
        name: [
            _format_point(version.seed + turn, minute, most) for minute in range(last - minutes + 1, last + 1)
        ]
        for turn, (name, most) in enumerate(_SERIES.items())
    }
    return series | {"interval": 1}


def _format_point(seed: int, minute: int, most: float) -> str:
    if minute == 0:
        return "0"
    return f"{most * (0.7 + 0.3 * derive_noise(seed, minute)):.2f}"
