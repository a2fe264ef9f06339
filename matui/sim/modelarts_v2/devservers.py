"""DevServers: a few machines whose states follow from the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matui.sim.modelarts_v2.requests import item_page, sort_way
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call
from matui.sim.world.random import uuid_of
from matui.sim.world.timeline import Life

if TYPE_CHECKING:
    from matui.sim.world.world import World

START_S, STOP_S, REBOOT_S = 20.0, 12.0, 30.0
_SEEDS = (
    ("pangu-910b-01", "RUNNING", "physical.kat2ne.48xlarge.8.313t.ei.pod101", "BMS"),
    ("pangu-910b-02", "RUNNING", "physical.kat2ne.48xlarge.8.313t.ei.pod101", "BMS"),
    ("operator-dev", "STOPPED", "kat2.large.4", "ECS"),
    ("cluster-canary", "REBOOT_FAILED", "physical.kat2ne.48xlarge.8.313t.ei.pod101", "BMS"),
)


@dataclass(slots=True)
class DevServer:
    """One machine. Times are ms since the epoch."""

    id: str
    name: str
    flavor: str
    machine: str
    life: Life[str]
    created: int


def seed_devservers(world: World) -> None:
    """Add the machines."""
    for turn, (name, status, flavor, machine) in enumerate(_SEEDS):
        created = world.now - (turn * 31 + 4) * 86_400_000
        server = DevServer(
            uuid_of(world.seed, "dev", turn), name, flavor, machine, Life([(created, status)]), created
        )
        world.devservers.add(server.id, server)


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
    return page | {"data": [record(row, world.now) for row in page["data"]]}


def detail(world: World, call: Call) -> dict[str, Any]:
    """GET one DevServer."""
    return record(find(world, call), world.now)


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
    return record(server, world.now)


def record(server: DevServer, now: int) -> dict[str, Any]:
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
