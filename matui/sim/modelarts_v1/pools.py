"""The operation on dedicated resource pools (7.11)."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1.lists import ListRules
from matui.sim.server.requests import ApiRequest
from matui.sim.server.responses import override_fields
from matui.sim.world.entities.pools import STATUSES, SimPool
from matui.sim.world.world import World

_LIST: ListRules[SimPool] = ListRules(
    "sort_by",
    {
        "created_at": lambda pool, _now: (pool.created, pool.id),
        "cluster_name": lambda pool, _now: (pool.name, pool.id),
    },
)


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


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    name, status = query.get_text("cluster_name"), query.get_choice("status", STATUSES)
    rows = [pool for pool in world.pools if name.lower() in pool.name.lower() and status in ("", pool.status)]
    page = _LIST.select(world, query, rows)
    clusters = [serialize(pool, world.project_id, world.user[0]) for pool in page]
    return {"total_count": len(rows), "count": len(clusters), "clusters": clusters}
