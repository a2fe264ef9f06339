"""Dedicated resource pools (7.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matui.sim.server.requests import Call, page_of
from matui.sim.world.random import hex_id

if TYPE_CHECKING:
    from matui.sim.world.world import World

STATUSES = ("deploying", "running", "concerning", "abnormal")


@dataclass(slots=True)
class Pool:
    """A dedicated pool: nodes of one specification and what is still free on them; memory in MB."""

    id: str
    name: str
    status: str
    created: int
    specification: str
    nodes: int
    available: int
    cores: float
    memory: int
    gpus: float
    description: str = ""
    override: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


_SEEDS = (
    (
        "prod-inference",
        "running",
        "modelarts.vm.cpu.8ud",
        12,
        12,
        21.5,
        93184,
        0.0,
        "real-time services only",
    ),
    (
        "v100-shared",
        "running",
        "modelarts.bm.gpu.8v100NV32",
        8,
        7,
        34.0,
        262144,
        6.5,
        "training and notebooks",
    ),
    ("ascend-910", "concerning", "modelarts.kat1.8xlarge", 16, 13, 192.0, 720896, 8.0, "3 nodes NotReady"),
    ("edge-trial", "deploying", "modelarts.vm.arm.d310.3u6g", 2, 0, 0.0, 0, 0.0, ""),
)


def seed_pools(world: World) -> None:
    """Add the pools."""
    for turn, (name, status, specification, nodes, available, cores, memory, gpus, words) in enumerate(
        _SEEDS
    ):
        key = hex_id(world.seed, "pool", turn)
        created = world.now - (turn * 97 + 30) * 86_400_000
        pool = Pool(key, name, status, created, specification, nodes, available, cores, memory, gpus, words)
        world.pools.add(key, pool)


def render(pool: Pool, project: str, owner: str) -> dict[str, Any]:
    """Return one of ``clusters`` of 7.11, where ``nodes`` is an object."""
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


def listing(world: World, call: Call) -> dict[str, Any]:
    """7.11"""
    query = call.query
    name, status = query.text("cluster_name"), query.choice("status", STATUSES)
    field_name = query.choice("sort_by", ("created_at", "cluster_name"), "created_at")
    backwards = query.descending("desc")
    offset, limit = query.integer("offset", 0, 0), query.integer("limit", 1000, 1, 1000)
    rows = [pool for pool in world.pools if name.lower() in pool.name.lower() and status in ("", pool.status)]
    rows.sort(
        key=lambda pool: (pool.name if field_name == "cluster_name" else pool.created, pool.id),
        reverse=backwards,
    )
    shown = page_of(rows, world.item_offset(offset, limit), limit)
    clusters = [render(pool, world.project_id, world.user[0]) for pool in shown]
    return {"total_count": len(rows), "count": len(clusters), "clusters": clusters}
