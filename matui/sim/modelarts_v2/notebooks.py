"""Operations on notebooks, whose lease is in ms, not an auto-stop in seconds, and on DevServers."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1 import notebooks as v1
from matui.sim.modelarts_v2.requests import is_descending, select_in_workspace, serialize_page
from matui.sim.server.requests import ApiError, ApiRequest, require_found
from matui.sim.world.catalog import PROFILES
from matui.sim.world.entities.notebooks import FAILURES, LEAVE_S, STOP_S, SimDevServer, SimNotebook
from matui.sim.world.random import derive_uuid
from matui.sim.world.world import World

STATUSES = (
    "INIT", "CREATING", "STARTING", "STOPPING", "DELETING", "RUNNING", "STOPPED", "SNAPSHOTTING",
    "CREATE_FAILED", "START_FAILED", "DELETE_FAILED", "ERROR", "DELETED", "FROZEN",
)  # fmt: skip
_STATUS_NAMES = {"CREATE_QUEUING": "CREATING", "START_QUEUING": "STARTING", "READY_TO_START": "STARTING",
          "RESTARTING": "STARTING", "UNAVAILABLE": "ERROR", "RESIZING": "SNAPSHOTTING",
          "RESIZE_FAILED": "ERROR"}  # fmt: skip
_SORTS = {"create_at": "created", "createTime": "created", "name": "name", "update_at": "updated"}
LEASES = ("TIMING", "IDLE")
MIN_LEASE_MS, MAX_LEASE_MS = 3_600_000, 259_200_000
_CHANGES: dict[str, tuple[tuple[str, ...], str, float, str]] = {
    # action: allowed states, state at first, seconds until it ends, state at the end
    "start": (("STOPPED", "START_FAILED"), "STARTING", 20.0, "RUNNING"),
    "stop": (("RUNNING", "STOP_FAILED", "REBOOT_FAILED"), "STOPPING", 12.0, "STOPPED"),
    "reboot": (("RUNNING", "REBOOT_FAILED"), "REBOOTING", 30.0, "RUNNING"),
}


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    size = query.get_integer("limit", 10)
    if size not in (10, 20, 50):
        raise ApiError("6336", "The limit must be one of 10, 20, 50.")
    status, field = (
        query.get_choice("status", STATUSES),
        query.get_choice("sort_key", tuple(_SORTS), "create_at"),
    )
    descending, workspace = is_descending(request, "DESC"), query.get_text("workspace_id")
    rows = select_in_workspace(world, world.notebooks, workspace)
    rows = [row for row in rows if not status or get_status(row, world.now) == status]
    wanted = query.get_text("name", max_length=128)
    rows = [row for row in rows if wanted in row.name]
    rows.sort(key=lambda row: (getattr(row, _SORTS[field]), row.id), reverse=descending)
    page = serialize_page(request, rows, default=10, most=50)
    return page | {"data": [serialize(row, world.now, world.region) for row in page["data"]]}


def get_status(notebook: SimNotebook, now: int) -> str:
    """Return the v2 name of the state at ``now``."""
    word = notebook.compute_status(now)
    return _STATUS_NAMES.get(word, word)


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return serialize(v1.find(world, request.path["id"]), world.now, world.region)


def start(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST …/start: ``duration`` in ms, ``type`` TIMING or IDLE."""
    notebook = v1.find(world, request.path["id"])
    duration = request.query.get_integer("duration", MIN_LEASE_MS, MIN_LEASE_MS, MAX_LEASE_MS)
    kind = request.query.get_choice("type", LEASES, "TIMING")
    before = v1.require_settled(notebook, world.now)
    lease = notebook.auto_stop, notebook.stop_after
    notebook.auto_stop, notebook.stop_after = True, duration // 1000
    try:
        v1.start(world, notebook, before)
    except ApiError:
        notebook.auto_stop, notebook.stop_after = lease
        raise
    notebook.lease_type = kind
    return serialize(notebook, world.now, world.region)


def stop(world: World, request: ApiRequest) -> dict[str, Any]:
    notebook = v1.find(world, request.path["id"])
    v1.stop(world, notebook, v1.require_settled(notebook, world.now))
    return serialize(notebook, world.now, world.region)


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    """DELETE one notebook that is not running."""
    notebook = v1.find(world, request.path["id"])
    v1.require_deletable(notebook, world.now)
    notebook.timeline.replan(world.now, (0, "DELETING"), (LEAVE_S, "DELETED"))
    world.notebooks.remove_at(notebook.id, world.now + round(LEAVE_S * 1000))
    return serialize(notebook, world.now, world.region)


def update(world: World, request: ApiRequest) -> dict[str, Any]:
    """PUT one notebook: name and description."""
    notebook, body = v1.find(world, request.path["id"]), request.parse_fields()
    name = body.get_name("name", 128, chinese=True) if "name" in body else notebook.name
    notebook.description = body.get_text(
        "description", notebook.description, max_length=512, pattern=r"[^<>]*"
    )
    notebook.name, notebook.updated = name, world.now
    return serialize(notebook, world.now, world.region)


def renew_lease(world: World, request: ApiRequest) -> dict[str, Any]:
    """PATCH …/lease: ``duration`` in ms from now; the one in the query takes precedence over the body's."""
    notebook = v1.find(world, request.path["id"])
    kind = "TIMING"
    duration = request.query.get_integer("duration", 0)
    if not duration:
        body = request.parse_fields()
        duration, kind = body.get_integer("duration", MIN_LEASE_MS), body.get_choice("type", LEASES, "TIMING")
    if not MIN_LEASE_MS <= duration <= MAX_LEASE_MS:
        raise ApiError("6336", "The duration must be from 3600000 to 259200000.")
    notebook.auto_stop, notebook.stop_after, notebook.lease_type = True, duration // 1000, kind
    if get_status(notebook, world.now) == "RUNNING" and kind == "TIMING":
        ends = notebook.stop_after
        notebook.timeline.replan(world.now, (ends, "STOPPING"), (ends + STOP_S, "STOPPED"))
    return _serialize_lease(notebook, world.now)


def serialize(notebook: SimNotebook, now: int, region: str) -> dict[str, Any]:
    status = get_status(notebook, now)
    failure = FAILURES.get(notebook.compute_status(now))
    image = PROFILES.get(notebook.profile)
    shown: dict[str, Any] = {
        "id": notebook.id,
        "name": notebook.name,
        "description": notebook.description,
        "status": status,
        "fail_reason": failure[1] if failure else None,
        "flavor": notebook.flavor,
        "feature": "NOTEBOOK",
        "create_at": notebook.created,
        "update_at": max(notebook.updated, notebook.timeline.find_entry_time(now)),
        "workspace_id": notebook.workspace,
        "lease": _serialize_lease(notebook, now),
        "image": {
            "id": make_image_id(notebook.profile),
            "name": image.name if image else notebook.profile,
            "tag": "2.1.0",
            "description": image.words if image else "",
            "swr_path": f"swr.{region}.myhuaweicloud.com/atelier/notebook:2.1.0",
        },
        "pool": {"id": notebook.pool[0], "name": notebook.pool[1]} if notebook.pool else None,
        "url": f"https://authoring-modelarts.{region}.huaweicloud.com/{notebook.id}/lab",
        "user": {"id": notebook.owner[0], "name": notebook.owner[1]},
        "volume": {"category": "EVS", "capacity": 5, "mount_path": "/home/ma-user/work/"},
        "endpoints": [
            {"service": "NOTEBOOK", "uri": f"https://authoring-modelarts.{region}.huaweicloud.com"}
        ],
        "action_progress": [{"step": 1, "status": "PROCESSING", "description": "Allocating resources."}]
        if status in ("CREATING", "STARTING")
        else [],
        "billing_items": ["STORAGE", "COMPUTE"],
    }
    shown.update({key: value for key, value in notebook.override.items() if key in shown})
    return shown


def make_image_id(profile: str) -> str:
    return derive_uuid("image", profile)


def _serialize_lease(notebook: SimNotebook, now: int) -> dict[str, Any]:
    begun = notebook.timeline.find_last_entry("STARTING", "CREATING", "RUNNING") or notebook.created
    ends = notebook.timeline.find_last_entry("STOPPING")
    span = notebook.stop_after * 1000
    if ends is not None and ends > now and notebook.auto_stop:
        begun = ends - span
    return {
        "create_at": begun,
        "update_at": begun,
        "duration": span,
        "enable": notebook.auto_stop,
        "type": notebook.lease_type,
    }


def find_devserver(world: World, request: ApiRequest) -> SimDevServer:
    """Return the DevServer of the path. Raises ApiError 6409."""
    server = world.devservers.get(request.path["id"])
    return require_found(server, "6409", "The DevServer does not exist.", status=404)


def list_devservers(world: World, request: ApiRequest) -> dict[str, Any]:
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
    return page | {"data": [serialize_devserver(row, world.now) for row in page["data"]]}


def show_devserver(world: World, request: ApiRequest) -> dict[str, Any]:
    return serialize_devserver(find_devserver(world, request), world.now)


def change_devserver(world: World, request: ApiRequest, *, action: str) -> dict[str, Any]:
    """Start, stop or reboot a DevServer. Raises ApiError 6405 in a state that does not allow it."""
    server = find_devserver(world, request)
    before = server.timeline.find_state_at(world.now)
    allowed, state, after_s, end = _CHANGES[action]
    if before not in allowed:
        raise ApiError("6405", f"The operation is not allowed in the {before} state.", status=409)
    server.timeline.replan(world.now, (0, state), (after_s, end))
    return serialize_devserver(server, world.now)


def serialize_devserver(server: SimDevServer, now: int) -> dict[str, Any]:
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
