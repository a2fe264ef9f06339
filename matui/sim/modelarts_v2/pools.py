"""Operations on resource pools: Kubernetes-like records, nodes by continue token, usage, events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from matui.sim.server.errors import ApiError
from matui.sim.server.requests import ApiRequest, require_found
from matui.sim.world.entities.jobs import RUNNING, WAITING
from matui.sim.world.entities.pools import Pool, PoolEvent
from matui.sim.world.random import derive_id, derive_noise
from matui.sim.world.world import World

_PHASES = {"running": "Running", "deploying": "Creating", "concerning": "Abnormal", "abnormal": "Abnormal"}
_STATUSES = ("created", "failed", "creating")
_TYPES = ("train", "infer", "notebook", "x-infer")
_WORKLOAD_STATUSES = (
    "Queue",
    "Pending",
    "Abnormal",
    "Terminating",
    "Creating",
    "Running",
    "Completed",
    "Terminated",
    "Failed",
)
_METRICS = (("cpuUsage", 63.0), ("memUsage", 71.0), ("gpuUtil", 88.0))


def make_v2_id(pool: Pool) -> str:
    """Return the v2 id of a pool."""
    return f"pool-{derive_id('v2 pool', pool.id, digits=32)}"


def find(world: World, request: ApiRequest) -> Pool:
    """Return the pool of the path. Raises ApiError 50004000."""
    wanted = request.path["pool"]
    pool = next((pool for pool in world.pools if make_v2_id(pool) == wanted), None)
    return require_found(pool, "50004000", f"The pool {wanted} does not exist.", status=404)


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET pools, without paging."""
    request.query.choice("status", _STATUSES)
    rows = [_serialize_pool(pool) for pool in world.pools]
    return {"apiVersion": "v2", "kind": "PoolList", "items": rows}


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET one pool."""
    return _serialize_pool(find(world, request))


def _serialize_pool(pool: Pool) -> dict[str, Any]:
    off = max(0, pool.nodes - pool.available)
    waiting = "creating" if pool.status == "deploying" else "abnormal"
    counts = {"available": pool.available, waiting: off}
    return {
        "apiVersion": "v2",
        "kind": "Pool",
        "metadata": {
            "name": make_v2_id(pool),
            "creationTimestamp": _format_time(pool.created),
            "labels": {"os.modelarts/name": pool.name, "os.modelarts/workspace.id": "0"},
            "annotations": {"os.modelarts/description": pool.description, "os.modelarts/billing.mode": "0"},
        },
        "spec": {
            "type": "Dedicate",
            "scope": ["Train", "Infer", "Notebook"],
            "resources": [{"flavor": pool.specification, "count": pool.nodes, "maxCount": pool.nodes}],
        },
        "status": {
            "phase": _PHASES.get(pool.status, "Error"),
            "message": "",
            "resources": {
                name: [{"flavor": pool.specification, "count": count, "maxCount": pool.nodes}]
                for name, count in counts.items()
                if count
            },
        },
    }


def _format_time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def list_nodes(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/nodes; ``continue`` is the token of the preceding page."""
    pool = find(world, request)
    limit = request.query.integer("limit", 500, 1, 500)
    token = request.query.text("continue")
    first = 0
    if token:
        tokens = {_make_token(pool, at): at for at in range(1, pool.nodes)}
        if token not in tokens:
            raise ApiError("0107", "The continue token is not valid.")
        first = tokens[token]
    end = min(pool.nodes, first + limit)
    left = pool.nodes - end
    metadata = {"continue": _make_token(pool, end), "remainingItemCount": left} if left else {}
    rows = [_serialize_node(pool, at) for at in range(first, end)]
    return {"apiVersion": "v2", "kind": "NodeList", "metadata": metadata, "items": rows}


def _make_token(pool: Pool, at: int) -> str:
    return derive_id("continue", pool.id, at)


def _serialize_node(pool: Pool, at: int) -> dict[str, Any]:
    good = at < pool.available
    held = {"cpu": "72", "memory": "512Gi", "nvidia.com/gpu": "8"}
    return {
        "apiVersion": "v2",
        "kind": "Node",
        "metadata": {"name": f"os-node-{pool.name}-{at:03}", "creationTimestamp": _format_time(pool.created)},
        "spec": {"flavor": pool.specification},
        "status": {
            "phase": "Available" if good else "Creating" if pool.status == "deploying" else "Abnormal",
            "az": "cn-north-4a",
            "privateIp": f"192.168.{40 + at // 250}.{at % 250 + 2}",
            "resources": held,
            "availableResources": {"cpu": "12", "memory": "96Gi", "nvidia.com/gpu": "1"} if good else {},
        },
    }


def list_workloads(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/workloads: running and queued jobs; durations in seconds."""
    find(world, request)
    query = request.query
    offset, limit = query.integer("offset", 0, 0), query.integer("limit", 500, 0, 500)
    kind, status = query.choice("type", _TYPES), query.choice("status", _WORKLOAD_STATUSES)
    query.choice("sort", ("create_time",))
    up = query.flag("ascend")
    rows = [
        row for row in _list_workloads(world) if kind in ("", row["type"]) and status in ("", row["status"])
    ]
    rows.sort(key=lambda row: row["createTime"], reverse=not up)
    return {"apiVersion": "v2", "kind": "WorkloadList", "items": rows[offset : offset + limit]}


def _list_workloads(world: World) -> list[dict[str, Any]]:
    rows, place = [], 0
    for job in world.jobs:
        state = job.status(world.now)
        if state not in (RUNNING, WAITING) or job.versions[-1].workers < 2:
            continue
        place += state == WAITING
        rows.append(
            {
                "apiVersion": "v2",
                "kind": "Workload",
                "type": "train",
                "namespace": "default",
                "name": f"modelarts-job-{job.id}",
                "jobName": job.name,
                "uid": derive_id("workload", job.id),
                "status": "Running" if state == RUNNING else "Queue",
                "userName": world.user[1],
                "runningDuration": job.duration(world.now) // 1000,
                "pendingDuration": 0 if state == RUNNING else (world.now - job.created) // 1000,
                "pendingPosition": 0 if state == RUNNING else place,
                "createTime": job.created,
            }
        )
    return rows


def show_monitor(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/monitor: one data point for each period of the time range."""
    pool = find(world, request)
    period = int(request.query.choice("period", ("60", "300", "900", "3600"), "60"))
    word = request.query.choice(
        "statistics", ("maximum", "minimum", "sum", "average", "sampleCount"), "maximum"
    )
    parts = request.query.require("time_range").split(".")
    if len(parts) != 3 or not all(part.lstrip("-").isdigit() for part in parts):
        raise ApiError("0107", "The time_range must be start.end.minutes.")
    begin, close, minutes = (int(part) for part in parts)
    if min(begin, close) >= 0 and not 0 < minutes <= (close - begin) / 60_000 - 1:
        raise ApiError("0107", "The minutes of the time_range exceed those between start and end less one.")
    end = world.now if int(parts[1]) == -1 else min(int(parts[1]), world.now)
    start = end - int(parts[2]) * 60_000 if int(parts[0]) == -1 else int(parts[0])
    moments = range(start // (period * 1000) + 1, end // (period * 1000) + 1)
    seed = int(derive_id("monitor", pool.id, digits=6), 16)
    return {
        "metrics": [
            {
                "metric": {
                    "dimensions": [{"name": "poolId", "value": make_v2_id(pool)}],
                    "metricName": name,
                    "namespace": "PAAS.CONTAINER",
                },
                "dataPoints": [
                    {
                        "timestamp": at * period * 1000,
                        "unit": "Percent",
                        "statistics": [
                            {
                                "statistic": word,
                                "value": round(most * (0.6 + 0.4 * derive_noise(seed + turn, at)), 2),
                            }
                        ],
                    }
                    for at in moments
                ],
            }
            for turn, (name, most) in enumerate(_METRICS)
        ]
    }


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET /v1/…/events of a pool."""
    request.query.choice("resource", ("pools",))
    kind = request.query.choice("type", ("Normal", "Warning"))
    request.query.integer("limit", 500, 0, 500)
    wanted = request.query.text("name")
    found = [
        event
        for pool in world.pools
        if wanted in ("", make_v2_id(pool))
        for event in _list_pool_events(pool, world.now)
    ]
    rows = [row for row in found if kind in ("", row["type"])]
    return {"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": rows}


def _list_pool_events(pool: Pool, now: int) -> list[dict[str, Any]]:
    steps = [PoolEvent(pool.created, "Normal", "PoolCreated", "The resource pool was created.")]
    if pool.events:
        steps += [event for event in pool.events if event.at <= now]
    elif pool.status in ("concerning", "abnormal"):
        words = f"{pool.nodes - pool.available} nodes are not ready."
        steps.append(PoolEvent(pool.created + 86_400_000, "Warning", "NodeNotReady", words))
    return [
        {
            "apiVersion": "v1",
            "kind": "Event",
            "type": kind,
            "firstTimestamp": _format_time(at),
            "lastTimestamp": _format_time(at),
            "count": 1,
            "reason": reason,
            "message": words,
        }
        for at, kind, reason, words in steps
    ]
