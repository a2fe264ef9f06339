"""Operations on resource pools: Kubernetes-like records, nodes by continue token, usage, events."""

from __future__ import annotations

from typing import Any

from matui.base.text.formatting import format_iso_utc
from matui.sim.server.requests import ApiError, ApiRequest, require_found
from matui.sim.world.entities.pools import SimPool, SimPoolEvent
from matui.sim.world.random import derive_id, derive_noise
from matui.sim.world.world import (
    World,
    build_node_address,
    build_node_name,
    get_cards,
    list_loads,
    make_pool_id,
)

_PHASES = {"running": "Running", "deploying": "Creating", "concerning": "Abnormal", "abnormal": "Abnormal"}
_STATUSES = ("created", "failed", "creating")
_TYPES = ("train", "infer", "notebook", "x-infer")
_WORKLOAD_STATUSES = (
    "Queue", "Pending", "Abnormal", "Terminating", "Creating", "Running", "Completed", "Terminated", "Failed",
)  # fmt: skip
_METRICS = (("cpuUsage", 63.0), ("memUsage", 71.0), ("gpuUtil", 88.0))


def find(world: World, request: ApiRequest) -> SimPool:
    """Return the pool of the path. Raises ApiError 50004000."""
    return require_pool(world, request.path["pool"])


def require_pool(world: World, pool_id: str) -> SimPool:
    """Return the pool with this id. Raises ApiError 50004000."""
    pool = next((pool for pool in world.pools if make_pool_id(pool) == pool_id), None)
    return require_found(pool, "50004000", f"The pool {pool_id} does not exist.", status=404)


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET pools, without paging."""
    request.query.get_choice("status", _STATUSES)
    rows = [_serialize_pool(pool) for pool in world.pools]
    return {"apiVersion": "v2", "kind": "PoolList", "items": rows}


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return _serialize_pool(find(world, request))


def _serialize_pool(pool: SimPool) -> dict[str, Any]:
    off = max(0, pool.nodes - pool.available)
    waiting = "creating" if pool.status == "deploying" else "abnormal"
    counts = {"available": pool.available, waiting: off}
    return {
        "apiVersion": "v2",
        "kind": "Pool",
        "metadata": {
            "name": make_pool_id(pool),
            "creationTimestamp": format_iso_utc(pool.created),
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


def list_nodes(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/nodes; ``continue`` is the token of the preceding page."""
    pool = find(world, request)
    limit = request.query.get_integer("limit", 500, 1, 500)
    token = request.query.get_text("continue")
    first = 0
    if token:
        tokens = {_make_token(pool, at): at for at in range(1, pool.nodes)}
        if token not in tokens:
            raise ApiError("0107", "The continue token is not valid.")
        first = tokens[token]
    end = min(pool.nodes, first + limit)
    left = pool.nodes - end
    metadata = {"continue": _make_token(pool, end), "remainingItemCount": left} if left else {}
    rows = [serialize_node(world, pool, at) for at in range(first, end)]
    return {"apiVersion": "v2", "kind": "NodeList", "metadata": metadata, "items": rows}


def _make_token(pool: SimPool, at: int) -> str:
    return derive_id("continue", pool.id, at)


def serialize_node(world: World, pool: SimPool, at: int) -> dict[str, Any]:
    """Return a node; the API does not state whether it is locked."""
    state = world.current.nodes.get((pool.id, at))
    good, busy = at < pool.available, bool(state and state.busy_until > world.now)
    phase = "Available" if good else "Creating" if pool.status == "deploying" else "Abnormal"
    loads = [load for load in list_loads(world, pool) if at in load.nodes]
    cards, card = get_cards(pool), _get_card(pool)
    held = {"cpu": "72", "memory": "512Gi", card: str(cards)}
    free = {
        "cpu": str(max(0, 72 - 9 * sum(load.cards for load in loads))),
        "memory": f"{max(0, 512 - 60 * sum(load.cards for load in loads))}Gi",
        card: str(max(0, cards - sum(load.cards for load in loads))),
    }
    labels = {"os.modelarts.node/nodepool": "default", "os.modelarts/billing.status": "0"}
    return {
        "apiVersion": "v2",
        "kind": "Node",
        "metadata": {
            "name": build_node_name(pool, at),
            "creationTimestamp": format_iso_utc(pool.created),
            "labels": labels,
        },
        "spec": {"flavor": pool.specification},
        "status": {
            "phase": "Checking" if good and busy else phase,
            "az": "cn-north-4a",
            "privateIp": build_node_address(at),
            "resources": held,
            "availableResources": free if good and not busy else {},
        },
    }


def _get_card(pool: SimPool) -> str:
    return "huawei.com/ascend-snt9" if "kat" in pool.specification else "nvidia.com/gpu"


def list_workloads(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/workloads: running and queued jobs; durations in seconds."""
    pool = find(world, request)
    query = request.query
    offset, limit = query.get_integer("offset", 0, 0), query.get_integer("limit", 500, 0, 500)
    kind, status = query.get_choice("type", _TYPES), query.get_choice("status", _WORKLOAD_STATUSES)
    address = query.get_text("hostip")
    query.get_choice("sort", ("create_time",))
    up = query.get_flag("ascend")
    rows = [
        row
        for row in _list_workloads(world, pool)
        if kind in ("", row["type"])
        and status in ("", row["status"])
        and (not address or address in row["hostIps"].split(","))
    ]
    rows.sort(key=lambda row: row["createTime"], reverse=not up)
    return {"apiVersion": "v2", "kind": "WorkloadList", "items": rows[offset : offset + limit]}


def _list_workloads(world: World, pool: SimPool) -> list[dict[str, Any]]:
    rows, place = [], 0
    card = "huawei.com/ascend-1980" if "kat" in pool.specification else "nvidia.com/gpu"
    for load in list_loads(world, pool):
        waits = load.begun is None
        place += waits
        addresses = [build_node_address(at) for at in load.nodes]
        needs = {"cpu": str(9 * load.cards), "memory": f"{60 * load.cards}Gi", card: str(load.cards)}
        rows.append(
            {
                "apiVersion": "v1",
                "kind": "Workload",
                "type": load.type,
                "namespace": "default",
                "name": f"modelarts-job-{load.id}",
                "jobName": load.name,
                "uid": derive_id("workload", load.id),
                "jobUUID": load.id,
                "flavor": pool.specification,
                "status": "Queue" if waits else "Running",
                "userName": load.owner,
                "resourceRequirement": needs | {card: str(load.cards * load.workers)},
                "priority": str(load.priority),
                "runningDuration": 0 if load.begun is None else (world.now - load.begun) // 1000,
                "pendingDuration": (world.now - (load.queued or load.created)) // 1000 if waits else 0,
                "pendingPosition": place if waits else 0,
                "createTime": load.created,
                "gvk": "batch.volcano.sh/v1alpha1/Job",
                "hostIps": ",".join(addresses),
                "nodes": [
                    {"hostIp": address, "npuTopologyPlacement": "", "resourceRequirement": needs}
                    for address in addresses
                ],
            }
        )
    return rows


def show_monitor(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/monitor: one data point for each period of the time range."""
    pool = find(world, request)
    period = int(request.query.get_choice("period", ("60", "300", "900", "3600"), "60"))
    word = request.query.get_choice(
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
                    "dimensions": [{"name": "poolId", "value": make_pool_id(pool)}],
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
    request.query.get_choice("resource", ("pools",))
    kind = request.query.get_choice("type", ("Normal", "Warning"))
    request.query.get_integer("limit", 500, 0, 500)
    wanted = request.query.get_text("name")
    found = [
        event
        for pool in world.pools
        if wanted in ("", make_pool_id(pool))
        for event in _list_pool_events(pool, world.now)
    ]
    rows = [row for row in found if kind in ("", row["type"])]
    return {"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": rows}


def _list_pool_events(pool: SimPool, now: int) -> list[dict[str, Any]]:
    steps = [SimPoolEvent(pool.created, "Normal", "PoolCreated", "The resource pool was created.")]
    if pool.events:
        steps += [event for event in pool.events if event.at <= now]
    elif pool.status in ("concerning", "abnormal"):
        words = f"{pool.nodes - pool.available} nodes are not ready."
        steps.append(SimPoolEvent(pool.created + 86_400_000, "Warning", "NodeNotReady", words))
    return [
        {
            "apiVersion": "v1",
            "kind": "Event",
            "type": kind,
            "firstTimestamp": format_iso_utc(at),
            "lastTimestamp": format_iso_utc(at),
            "count": 1,
            "reason": reason,
            "message": words,
        }
        for at, kind, reason, words in steps
    ]
