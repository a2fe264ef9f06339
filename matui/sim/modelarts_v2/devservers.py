"""Operations on DevServers."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v2.requests import is_descending, serialize_page
from matui.sim.server.requests import ApiError, ApiRequest, require_found
from matui.sim.world.entities.notebooks import SimDevServer
from matui.sim.world.random import derive_uuid
from matui.sim.world.world import World

_CHANGES: dict[str, tuple[tuple[str, ...], str, float, str]] = {
    # action: allowed states, state at first, seconds until it ends, state at the end
    "start": (("STOPPED", "START_FAILED"), "STARTING", 20.0, "RUNNING"),
    "stop": (("RUNNING", "STOP_FAILED", "REBOOT_FAILED"), "STOPPING", 12.0, "STOPPED"),
    "reboot": (("RUNNING", "REBOOT_FAILED"), "REBOOTING", 30.0, "RUNNING"),
}


def find(world: World, request: ApiRequest) -> SimDevServer:
    """Return the DevServer of the path. Raises ApiError 6409."""
    server = world.devservers.get(request.path["id"])
    return require_found(server, "6409", "The DevServer does not exist.", status=404)


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    field = request.query.get_choice("sort_key", ("createTime", "updateTime"), "createTime")
    descending = is_descending(request, "ASC")
    rows = list(world.devservers)
    rows.sort(
        key=lambda row: (
            row.timeline.find_entry_time(world.now) if field == "updateTime" else row.created,
            row.id,
        )
    )
    page = serialize_page(request, rows[::-1] if descending else rows, default=10, most=1024)
    return page | {"data": [serialize(row, world.now) for row in page["data"]]}


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return serialize(find(world, request), world.now)


def change_state(world: World, request: ApiRequest, *, action: str) -> dict[str, Any]:
    """Start, stop or reboot a DevServer. Raises ApiError 6405 in a state that does not allow it."""
    server = find(world, request)
    before = server.timeline.find_state_at(world.now)
    allowed, state, after_s, end = _CHANGES[action]
    if before not in allowed:
        raise ApiError("6405", f"The operation is not allowed in the {before} state.", status=409)
    server.timeline.replan(world.now, (0, state), (after_s, end))
    return serialize(server, world.now)


def serialize(server: SimDevServer, now: int) -> dict[str, Any]:
    return {
        "id": server.id,
        "name": server.name,
        "status": server.timeline.find_state_at(now),
        "flavor": server.flavor,
        "category": "ASCEND",
        "charging_mode": "POST_PAID",
        "create_at": server.created,
        "update_at": server.timeline.find_entry_time(now),
        "key_pair_name": "ops-key",
        "order_id": "",
        "vpc_id": derive_uuid("vpc"),
        "subnet_id": derive_uuid("subnet"),
        "cloud_server": {"id": derive_uuid("machine", server.id), "type": server.machine},
        "image": {
            "arch": "ARM",
            "image_id": derive_uuid("os"),
            "name": "EulerOS-2.10-Ascend",
            "status": "ACTIVE",
        },
        "volumes": [{"size": 150, "type": "ROOT", "evs_type": "SSD"}],
        "endpoints": [{"service": "SSH", "uri": "ssh://root@10.1.2.3:22", "key_pair_names": ["ops-key"]}],
    }
