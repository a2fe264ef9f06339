"""Algorithms, specifications and engines of training jobs (5.1.12, 5.4), and dedicated pools (7.11)."""

from __future__ import annotations

import json
from typing import Any

from matui.sim.server.requests import ApiRequest, ListRules, override_fields
from matui.sim.world import catalog
from matui.sim.world.catalog import SimAlgorithm, SimEngine, Spec
from matui.sim.world.entities.pools import STATUSES, SimPool
from matui.sim.world.world import World

_SORT_FIELDS = {"engine": "engine_name"} | {
    name: name
    for name in ("model_name", "model_precision", "model_usage", "model_size", "create_time", "parameter")
}
_LIST: ListRules[dict[str, Any]] = ListRules(
    "sortBy",
    {
        name: lambda row, _now, field=field: (row[field], row["model_id"])  # type: ignore[misc]
        for name, field in _SORT_FIELDS.items()
    },
    max_per_page=100,
)
_POOL_LIST: ListRules[SimPool] = ListRules(
    "sort_by",
    {
        "created_at": lambda pool, _now: (pool.created, pool.id),
        "cluster_name": lambda pool, _now: (pool.name, pool.id),
    },
)


def list_algorithms(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    wanted = query.get_text("search_content").lower()
    rows = [serialize_algorithm(algorithm) for algorithm in catalog.ALGORITHMS]
    rows = [row for row in rows if wanted in f"{row['model_name']} {row['engine_name']} model".lower()]
    return {"models": _LIST.select(world, query, rows), "model_total_count": len(rows), "is_success": True}


def list_specs(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001 - every operation takes a world
    query = request.query
    query.get_choice("job_type", ("train", "inference"))
    query.get_integer("project_type", 0, 0, 3)
    engine = query.get_integer("engine_id", 0, 0)
    ascend = bool(engine) and engine in catalog.ENGINES and "Ascend" in catalog.ENGINES[engine].name
    rows = [spec for spec in catalog.SPECS.values() if not engine or ("ascend" in spec.gpu_type) == ascend]
    records = [serialize_spec(spec) for spec in rows]
    return {"specs": records, "is_success": True, "spec_total_count": len(records)}


def list_engines(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001 - every operation takes a world
    request.query.get_choice("job_type", ("train", "inference"))
    return {"is_success": True, "engines": [serialize_engine(engine) for engine in catalog.ENGINES.values()]}


def serialize_spec(spec: Spec) -> dict[str, Any]:
    """Return an item of ``specs`` (5.4.1); ``core`` and ``cpu`` are strings."""
    return {
        "spec_id": spec.id,
        "core": str(spec.core),
        "cpu": str(spec.memory),
        "gpu_num": spec.gpus,
        "gpu_type": spec.gpu_type,
        "spec_code": spec.code,
        "unit_num": 1,
        "max_num": spec.most,
        "storage": spec.storage,
        "interface_type": 1,
        "no_resource": spec.sold_out,
    }


def serialize_engine(engine: SimEngine | None) -> dict[str, Any]:
    """Return the four fields that describe an engine, null without one."""
    if engine is None:
        return dict.fromkeys(("engine_type", "engine_name", "engine_id", "engine_version"))
    return {
        "engine_type": engine.type,
        "engine_name": engine.name,
        "engine_id": engine.id,
        "engine_version": engine.version,
    }


def serialize_algorithm(algorithm: SimAlgorithm) -> dict[str, Any]:
    """Return an item of ``models`` (5.1.12); ``parameter`` is JSON in a string."""
    parameters = [
        {"label": label, "value": value, "placeholder_cn": words, "placeholder_en": "", "required": True}
        for label, value, words in algorithm.parameters
    ]
    return {
        "model_id": algorithm.id,
        "model_name": algorithm.name,
        "model_usage": algorithm.usage,
        "model_precision": algorithm.precision,
        "model_size": algorithm.size,
        "model_train_dataset": algorithm.trained_on,
        "model_dataset_format": "shape: [H, W, C==3]; type: int8",
        "model_description_url": f"https://github.com/apache/incubator-mxnet/tree/master/example/{algorithm.name}",
        "parameter": json.dumps(parameters, ensure_ascii=False),
        "create_time": algorithm.created,
        "engine_id": algorithm.engine.id,
        "engine_name": algorithm.engine.name,
        "engine_version": algorithm.engine.version,
    }


def serialize(pool: SimPool, project: str, owner: str) -> dict[str, Any]:
    """Return an item of ``clusters`` (7.11); ``nodes`` is an object."""
    record: dict[str, Any] = {
        "cluster_id": pool.id,
        "cluster_name": pool.name,
        "description": pool.description,
        "tenant": project,
        "project": project,
        "owner": owner,
        "created_at": pool.created,
        "status": pool.status,
        "nodes": {
            "specification": pool.specification,
            "count": pool.nodes,
            "available_count": pool.available,
        },
        "allocatable_cpu_cores": pool.cores,
        "allocatable_memory": pool.memory,
        "allocatable_gpus": pool.gpus,
    }
    return override_fields(record, pool.override, pool.missing)


def list_pools(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    name, status = query.get_text("cluster_name"), query.get_choice("status", STATUSES)
    rows = [pool for pool in world.pools if name.lower() in pool.name.lower() and status in ("", pool.status)]
    page = _POOL_LIST.select(world, query, rows)
    clusters = [serialize(pool, world.project_id, world.user[0]) for pool in page]
    return {"total_count": len(rows), "count": len(clusters), "clusters": clusters}
