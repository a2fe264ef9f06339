"""The operation on dedicated resource pools (7.11)."""

from __future__ import annotations

from typing import Any

from matui.sim.server.requests import ApiRequest, slice_page
from matui.sim.world.entities.pools import STATUSES, Pool
from matui.sim.world.world import World


def serialize(pool: Pool, project: str, owner: str) -> dict[str, Any]:
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
    record.update(pool.override)
    for name in pool.missing:
        record.pop(name, None)
    return record


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    """List pools (7.11)."""
    query = request.query
    name, status = query.text("cluster_name"), query.choice("status", STATUSES)
    field_name = query.choice("sort_by", ("created_at", "cluster_name"), "created_at")
    descending = query.descending("desc")
    offset, limit = query.integer("offset", 0, 0), query.integer("limit", 1000, 1, 1000)
    rows = [pool for pool in world.pools if name.lower() in pool.name.lower() and status in ("", pool.status)]
    rows.sort(
        key=lambda pool: (pool.name if field_name == "cluster_name" else pool.created, pool.id),
        reverse=descending,
    )
    shown = slice_page(rows, world.resolve_offset(offset, limit), limit)
    clusters = [serialize(pool, world.project_id, world.user[0]) for pool in shown]
    return {"total_count": len(rows), "count": len(clusters), "clusters": clusters}
