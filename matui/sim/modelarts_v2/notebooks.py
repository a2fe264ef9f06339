"""Notebooks as the current API shows them: a lease in ms instead of an auto-stop in seconds."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v1 import notebooks as v1
from matui.sim.modelarts_v2.requests import item_page, sort_way
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call
from matui.sim.world.entities.notebooks import FAILURES, LEAVE_S, STOP_S, Notebook
from matui.sim.world.flavors import PROFILES
from matui.sim.world.random import uuid_of
from matui.sim.world.world import World

STATUSES = (
    "INIT", "CREATING", "STARTING", "STOPPING", "DELETING", "RUNNING", "STOPPED", "SNAPSHOTTING",
    "CREATE_FAILED", "START_FAILED", "DELETE_FAILED", "ERROR", "DELETED", "FROZEN",
)  # fmt: skip
_WORDS = {"CREATE_QUEUING": "CREATING", "START_QUEUING": "STARTING", "READY_TO_START": "STARTING",
          "RESTARTING": "STARTING", "UNAVAILABLE": "ERROR", "RESIZING": "SNAPSHOTTING",
          "RESIZE_FAILED": "ERROR"}  # fmt: skip
_SORTS = {"create_at": "created", "createTime": "created", "name": "name", "update_at": "updated"}
_LEASES = ("TIMING", "IDLE")
_SHORTEST_MS, _LONGEST_MS = 3_600_000, 259_200_000


def listing(world: World, call: Call) -> dict[str, Any]:
    """GET notebooks."""
    query = call.query
    size = query.integer("limit", 10)
    if size not in (10, 20, 50):
        raise Refusal("6336", "The limit must be one of 10, 20, 50.")
    status, field = query.choice("status", STATUSES), query.choice("sort_key", tuple(_SORTS), "create_at")
    backwards, workspace = sort_way(call, "DESC"), query.text("workspace_id")
    if workspace and workspace not in world.workspaces.rows:
        raise Refusal("0104", "Invalid workspace ID.")
    rows = [row for row in world.notebooks if not workspace or row.workspace == workspace]
    rows = [row for row in rows if not status or state(row, world.now) == status]
    wanted = query.text("name", longest=128)
    rows = [row for row in rows if wanted in row.name]
    rows.sort(key=lambda row: (getattr(row, _SORTS[field]), row.id), reverse=backwards)
    page = item_page(call, rows, default=10, most=50)
    return page | {"data": [record(row, world.now, world.region) for row in page["data"]]}


def state(notebook: Notebook, now: int) -> str:
    """Return the state's name as it is called today."""
    word = notebook.status(now)
    return _WORDS.get(word, word)


def detail(world: World, call: Call) -> dict[str, Any]:
    """GET one notebook."""
    return record(v1.find(world, call.path["id"]), world.now, world.region)


def start(world: World, call: Call) -> dict[str, Any]:
    """POST …/start: ``duration`` in ms, ``type`` TIMING or IDLE."""
    notebook = v1.find(world, call.path["id"])
    duration = call.query.integer("duration", _SHORTEST_MS, _SHORTEST_MS, _LONGEST_MS)
    kind = call.query.choice("type", _LEASES, "TIMING")
    before = v1.refuse_busy(notebook, world.now)
    lease = notebook.auto_stop, notebook.stop_after
    notebook.auto_stop, notebook.stop_after = True, duration // 1000
    try:
        v1.start(world, notebook, before)
    except Refusal:
        notebook.auto_stop, notebook.stop_after = lease
        raise
    notebook.lease_type = kind
    return record(notebook, world.now, world.region)


def stop(world: World, call: Call) -> dict[str, Any]:
    """POST …/stop."""
    notebook = v1.find(world, call.path["id"])
    v1.stop(world, notebook, v1.refuse_busy(notebook, world.now))
    return record(notebook, world.now, world.region)


def delete(world: World, call: Call) -> dict[str, Any]:
    """DELETE one notebook, which must not run."""
    notebook = v1.find(world, call.path["id"])
    v1.refuse_running(notebook, world.now)
    notebook.life.turn(world.now, (0, "DELETING"), (LEAVE_S, "DELETED"))
    world.notebooks.leave(notebook.id, world.now + round(LEAVE_S * 1000))
    return record(notebook, world.now, world.region)


def change(world: World, call: Call) -> dict[str, Any]:
    """PUT one notebook: name and description."""
    notebook, body = v1.find(world, call.path["id"]), call.fields()
    name = body.name("name", 128, chinese=True) if "name" in body else notebook.name
    notebook.description = body.text("description", notebook.description, longest=512, pattern=r"[^<>]*")
    notebook.name, notebook.updated = name, world.now
    return record(notebook, world.now, world.region)


def renew(world: World, call: Call) -> dict[str, Any]:
    """PATCH …/lease: as long from now on; a duration in the query goes before the body, and is a time."""
    notebook = v1.find(world, call.path["id"])
    kind = "TIMING"
    duration = call.query.integer("duration", 0)
    if not duration:
        body = call.fields()
        duration, kind = body.integer("duration", _SHORTEST_MS), body.choice("type", _LEASES, "TIMING")
    if not _SHORTEST_MS <= duration <= _LONGEST_MS:
        raise Refusal("6336", "The duration must be from 3600000 to 259200000.")
    notebook.auto_stop, notebook.stop_after, notebook.lease_type = True, duration // 1000, kind
    if state(notebook, world.now) == "RUNNING" and kind == "TIMING":
        ends = notebook.stop_after
        notebook.life.turn(world.now, (ends, "STOPPING"), (ends + STOP_S, "STOPPED"))
    return _lease(notebook, world.now)


def record(notebook: Notebook, now: int, region: str) -> dict[str, Any]:
    """Return one notebook."""
    status = state(notebook, now)
    failure = FAILURES.get(notebook.status(now))
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
        "update_at": max(notebook.updated, notebook.life.since(now)),
        "workspace_id": notebook.workspace,
        "lease": _lease(notebook, now),
        "image": {
            "id": uuid_of("image", notebook.profile),
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


def _lease(notebook: Notebook, now: int) -> dict[str, Any]:
    begun = notebook.life.began("STARTING", "CREATING", "RUNNING") or notebook.created
    ends = notebook.life.began("STOPPING")
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
