"""DevServers: a few machines whose states follow from the time."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v2.requests import item_page, sort_way
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call
from matui.sim.world.entities.devservers import DevServer
from matui.sim.world.random import uuid_of
from matui.sim.world.world import World

START_S, STOP_S, REBOOT_S = 20.0, 12.0, 30.0


def find(world: World, call: Call) -> DevServer:
    """Return the machine of the path, or refuse with 404."""
    server = world.devservers.get(call.path["id"])
    if server is None:
        raise Refusal("6409", "The DevServer does not exist.", status=404)
    return server


def listing(world: World, call: Call) -> dict[str, Any]:
    """GET dev-servers."""
    field = call.query.choice("sort_key", ("createTime", "updateTime"), "createTime")
    backwards = sort_way(call, "ASC")
    rows = list(world.devservers)
    rows.sort(key=lambda row: (row.life.since(world.now) if field == "updateTime" else row.created, row.id))
    page = item_page(call, rows[::-1] if backwards else rows, default=10, most=1024)
    return page | {"data": [serialize(row, world.now) for row in page["data"]]}


def detail(world: World, call: Call) -> dict[str, Any]:
    """GET one DevServer."""
    return serialize(find(world, call), world.now)


def start(world: World, call: Call) -> dict[str, Any]:
    """PUT …/start."""
    return _turned(world, call, ("STOPPED", "START_FAILED"), ("STARTING", START_S, "RUNNING"))


def stop(world: World, call: Call) -> dict[str, Any]:
    """PUT …/stop."""
    return _turned(world, call, ("RUNNING", "STOP_FAILED", "REBOOT_FAILED"), ("STOPPING", STOP_S, "STOPPED"))


def reboot(world: World, call: Call) -> dict[str, Any]:
    """PUT …/reboot."""
    return _turned(world, call, ("RUNNING", "REBOOT_FAILED"), ("REBOOTING", REBOOT_S, "RUNNING"))


def _turned(
    world: World, call: Call, allowed: tuple[str, ...], story: tuple[str, float, str]
) -> dict[str, Any]:
    server = find(world, call)
    before = server.life.at(world.now)
    if before not in allowed:
        raise Refusal("6405", f"The operation is not allowed in the {before} state.", status=409)
    state, after_s, end = story
    server.life.turn(world.now, (0, state), (after_s, end))
    return serialize(server, world.now)


def serialize(server: DevServer, now: int) -> dict[str, Any]:
    """Return one DevServer."""
    return {
        "id": server.id,
        "name": server.name,
        "status": server.life.at(now),
        "flavor": server.flavor,
        "category": "ASCEND",
        "charging_mode": "POST_PAID",
        "create_at": server.created,
        "update_at": server.life.since(now),
        "key_pair_name": "ops-key",
        "order_id": "",
        "vpc_id": uuid_of("vpc"),
        "subnet_id": uuid_of("subnet"),
        "cloud_server": {"id": uuid_of("machine", server.id), "type": server.machine},
        "image": {
            "arch": "ARM",
            "image_id": uuid_of("os"),
            "name": "EulerOS-2.10-Ascend",
            "status": "ACTIVE",
        },
        "volumes": [{"size": 150, "type": "ROOT", "evs_type": "SSD"}],
        "endpoints": [{"service": "SSH", "uri": "ssh://root@10.1.2.3:22", "key_pair_names": ["ops-key"]}],
    }
