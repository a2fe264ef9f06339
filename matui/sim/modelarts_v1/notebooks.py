"""Operations on notebooks (chapter 4), with their serializers."""

from __future__ import annotations

from typing import Any

from matui.sim.server.requests import ApiError, ApiRequest, Fields, override_fields, slice_page
from matui.sim.world.catalog import FLAVORS, PROFILES, Flavor
from matui.sim.world.entities.notebooks import (
    CREATE_S,
    FAILURES,
    LEAVE_S,
    START_S,
    STATUSES,
    SimNotebook,
    build_default_storage,
)
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import World

_BUSY = {"STARTING": "6306", "RESTARTING": "6306", "CREATING": "6306", "STOPPING": "6308", "RESIZING": "6306"}
_TRANSITIONS: dict[str, tuple[dict[str, str], tuple[str, ...], str]] = {
    # action: codes of particular states, allowed states, code of all other states
    "start": ({"RUNNING": "6305"}, ("STOPPED", "START_FAILED", "UNAVAILABLE", "RESIZE_FAILED"), "6357"),
    "stop": ({"STOPPED": "6307"}, ("RUNNING",), "6327"),
    "restart": ({"STOPPED": "6307"}, ("RUNNING",), "6327"),
    "queue": ({}, ("STOPPED",), "6357"),
}
_MESSAGES = {
    "6304": "Stop the instance before deleting it.",
    "6305": "The instance is in the running status.",
    "6306": "Other operations cannot be performed because the instance is being started.",
    "6307": "The instance has been stopped.",
    "6308": "The instance is being stopped.",
    "6327": "The instance is not in the running state.",
    "6357": "This instance cannot be modified.",
}


def serialize(notebook: SimNotebook, now: int, region: str) -> dict[str, Any]:
    """Return a notebook (4.1 to 4.4); times are strings of ms."""
    status = notebook.compute_status(now)
    record: dict[str, Any] = {
        "ai_project": {"id": "default-ai-project"},
        "creation_timestamp": str(notebook.created),
        "description": notebook.description,
        "flavor": notebook.flavor,
        "flavor_details": serialize_flavor(notebook.flavor),
        "id": notebook.id,
        "latest_update_timestamp": str(max(notebook.updated, notebook.timeline.find_entry_time(now))),
        "name": notebook.name,
        "profile": serialize_profile(notebook.profile, notebook.flavor),
        "spec": _serialize_spec(notebook, now, status, region),
        "status": status,
        "user": {"id": notebook.owner[0], "name": notebook.owner[1]},
        "workspace": {"id": notebook.workspace},
    }
    if notebook.pool:
        record["pool"] = {"id": notebook.pool[0], "name": notebook.pool[1], "type": "USER_DEFINED"}
    if status in FAILURES:
        record["error_code"] = FAILURES[status][0]
    if status.endswith("QUEUING"):
        record["queuing_info"] = {"id": notebook.id, "flavor": notebook.flavor, "rank": 3, "remain_time": 420}
    return override_fields(record, notebook.override, notebook.missing)


def _serialize_spec(notebook: SimNotebook, now: int, status: str, region: str) -> dict[str, Any]:
    running = status == "RUNNING"
    home = f"https://modelarts-lvs-common-lb.{region}.myhuaweicloud.com:32000/modelarts/{region}/hub/notebook/user"
    failure = FAILURES.get(status)
    return {
        "annotations": {
            "target_domain": f"https://modelarts-notebook.{region}.myhuaweicloud.com",
            "url": f"{home}/{notebook.id}" if running else "",
        },
        "auto_stop": _serialize_auto_stop(notebook, now, running=running),
        "extend_params": None,
        "failed_reasons": failure and {"code": failure[0], "message": failure[1], "detail": {}},
        "repository": None,
        "storage": notebook.storage or build_default_storage(),
    }


def _serialize_auto_stop(notebook: SimNotebook, now: int, *, running: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "duration": notebook.stop_after,
        "enable": notebook.auto_stop,
        "prompt": notebook.prompt,
    }
    stop_at = notebook.timeline.find_last_entry("STOPPING")
    if running and notebook.auto_stop and stop_at is not None and stop_at > now:
        shown["remain_time"] = (stop_at - now) // 1000
        shown["stop_timestamp"] = stop_at
    return shown


def serialize_flavor(name: str) -> dict[str, Any]:
    """Return the ``flavor_details`` object of section 4.1."""
    flavor = FLAVORS.get(name) or Flavor(name, 2, 8)
    params: dict[str, Any] = {"CPU": flavor.cpu, "GPU": flavor.gpu, "memory": f"{flavor.memory}GiB"}
    if flavor.gpu:
        params["gpu_type"] = flavor.gpu_type
    if flavor.ascend:
        params["NPU"] = flavor.ascend
    status = "soldOut" if flavor.sold_out else "onSale"
    return {"name": name, "params": params, "status": status, "type": flavor.kind}


def serialize_profile(profile_id: str, flavor: str) -> dict[str, Any]:
    """Return the ``profile`` object of section 4.1."""
    profile = PROFILES.get(profile_id) or PROFILES["Python3"]
    image = {
        "annotations": None,
        "image_name": profile.image,
        "image_tag": "2.0.5-B003",
        "namespace": "atelier",
    }
    annotations = {"category": "Multi-Engine (Recommend)", "flavor": flavor, "type": "system"}
    return {
        "de_type": "Notebook",
        "description": profile.words,
        "flavor_type": profile.kind,
        "id": profile.id,
        "name": profile.name,
        "provision": {
            "annotations": annotations,
            "spec": {"engine": "CCE", "params": image},
            "type": "Docker",
        },
    }


def find(world: World, instance_id: str) -> SimNotebook:
    """Return the instance. Raises ApiError 6309."""
    notebook = world.notebooks.get(instance_id)
    if notebook is None or notebook.compute_status(world.now) == "DELETED":
        raise ApiError("6309", "The instance does not exist.")
    return notebook


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    body.require("name", "profile_id", "flavor")
    name = body.get_name("name", 64)
    if any(other.name == name for other in world.notebooks):
        raise ApiError("6301", "The instance already exists.")
    workspace = request.check_new_workspace(world, body.get_child("workspace").get_text("id", "0"))
    notebook = SimNotebook(
        id=f"DE-{world.make_id('notebook')}",
        name=name,
        flavor=_read_flavor(body),
        profile=body.get_text("profile_id"),
        timeline=Timeline([(world.now, "CREATING")]),
        created=world.now,
        updated=world.now,
        owner=world.user,
        workspace=workspace,
        description=_read_description(body),
        storage=_read_storage(body),
    )
    _set_auto_stop(notebook, body.get_child("spec"))
    notebook.run(world.now, "CREATING", CREATE_S)
    return serialize(world.notebooks.add(notebook.id, notebook), world.now, world.region)


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    query.require("de_type")
    query.get_choice("de_type", ("Notebook",))
    query.get_choice("provision_type", ("Docker",))
    status = query.get_choice("status", STATUSES)
    field = query.get_choice("sortby", ("name", "creation_timestamp"), "name", code="6303")
    descending = query.is_descending("asc")
    offset, limit = query.get_integer("offset", 0, 0), query.get_integer("limit", 0, 0)
    workspace = request.read_workspace_filter(world)
    pool = query.get_text("pool_id")
    rows = [row for row in world.notebooks if row.workspace == workspace]
    if status:
        rows = [row for row in rows if row.compute_status(world.now) == status]
    if pool:
        rows = [row for row in rows if row.pool and row.pool[0] == pool]
    rows.sort(key=lambda row: (row.name if field == "name" else row.created, row.id), reverse=descending)
    shown = slice_page(rows, offset, limit or len(rows))
    return {"instances": [serialize(row, world.now, world.region) for row in shown], "total_count": len(rows)}


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return serialize(find(world, request.path["instance_id"]), world.now, world.region)


def update(world: World, request: ApiRequest) -> dict[str, Any]:
    notebook = find(world, request.path["instance_id"])
    body = request.parse_fields()
    unknown = set(body.data) - {"description", "spec"}
    if unknown:
        raise ApiError("6347", f"This parameter cannot be modified: {sorted(unknown)[0]}")
    if "description" in body:
        notebook.description = _read_description(body)
    if "auto_stop" in body.get_child("spec"):
        _set_auto_stop(notebook, body.get_child("spec"))
    notebook.updated = world.now
    return serialize(notebook, world.now, world.region)


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    notebook = find(world, request.path["instance_id"])
    require_deletable(notebook, world.now)
    notebook.timeline.replan(world.now, (0, "DELETED"))
    world.notebooks.remove_at(notebook.id, world.now + round(LEAVE_S * 1000))
    return {"instance_id": notebook.id}


def require_deletable(notebook: SimNotebook, now: int) -> None:
    """Raise ApiError unless the instance can be deleted in its state."""
    status = notebook.compute_status(now)
    if status in _BUSY or status in ("RUNNING", "READY_TO_START"):
        _raise_error(_BUSY.get(status, "6304"))


def require_settled(notebook: SimNotebook, now: int) -> str:
    """Return the state of the instance. Raises ApiError in a transitional state."""
    before = notebook.compute_status(now)
    if before in _BUSY:
        _raise_error(_BUSY[before])
    return before


def run_action(world: World, request: ApiRequest) -> dict[str, Any]:
    notebook = find(world, request.path["instance_id"])
    body = request.parse_fields()
    body.require("action")
    action = body.get_choice("action", ("start", "stop", "restart", "queue", "dequeue"))
    before = require_settled(notebook, world.now)
    _ACTIONS[action](world, notebook, before)
    return {"current_status": notebook.compute_status(world.now), "previous_state": before}


def start(world: World, notebook: SimNotebook, before: str) -> None:
    """Start an instance in the state ``before``. Raises ApiError."""
    _check_state("start", before)
    flavor = FLAVORS.get(notebook.flavor)
    if flavor and flavor.sold_out:
        raise ApiError("6329", "The flavor is sold out.")
    notebook.run(world.now, "STARTING", START_S)


def stop(world: World, notebook: SimNotebook, before: str) -> None:
    """Stop an instance in the state ``before``. Raises ApiError."""
    _check_state("stop", before)
    notebook.stop(world.now)


def _restart(world: World, notebook: SimNotebook, before: str) -> None:
    _check_state("restart", before)
    notebook.run(world.now, "RESTARTING", START_S)


def _enqueue(world: World, notebook: SimNotebook, before: str) -> None:
    flavor = FLAVORS.get(notebook.flavor)
    if not flavor or not flavor.free:
        raise ApiError("6336", "Queuing is possible with free flavors only.")
    _check_state("queue", before)
    notebook.run(world.now, "START_QUEUING", 60)


def _dequeue(world: World, notebook: SimNotebook, before: str) -> None:
    if not before.endswith("QUEUING"):
        raise ApiError("6336", "The instance is not queuing.")
    notebook.timeline.replan(world.now, (0, "STOPPED"))


_ACTIONS = {"start": start, "stop": stop, "restart": _restart, "queue": _enqueue, "dequeue": _dequeue}


def _check_state(action: str, before: str) -> None:
    codes, allowed, otherwise = _TRANSITIONS[action]
    if before not in allowed:
        _raise_error(codes.get(before, otherwise))


def _raise_error(code: str) -> None:
    raise ApiError(code, _MESSAGES[code])


def _read_description(body: Fields) -> str:
    text = body.get_text("description")
    if len(text) > 512 or any(char in text for char in "<>\"'/&"):
        raise ApiError("6334", "The description parameter is incorrect.")
    return text


def _read_flavor(body: Fields) -> str:
    flavor, profile = FLAVORS.get(body.get_text("flavor")), PROFILES.get(body.get_text("profile_id"))
    if flavor is None:
        raise ApiError("6323", "The flavor is not supported.")
    if profile is None:
        raise ApiError("6336", "The value of profile_id is not supported.")
    if flavor.sold_out:
        raise ApiError("6329", "The flavor is sold out.")
    if flavor.kind != profile.kind:
        raise ApiError("6330", "The types of flavor and profile are not matched.")
    return flavor.name


def _read_storage(body: Fields) -> dict[str, Any]:
    body.require("spec")
    if "storage" not in body.get_child("spec"):
        raise ApiError("6316", "Param storage is required for creating a notebook instance.")
    storage = body.get_child("spec").get_child("storage")
    kind, location = storage.get_text("type"), storage.get_child("location")
    if kind == "evs":
        return build_default_storage(_read_volume(location))
    if kind != "obs":
        raise ApiError("6324", "The storage type is not supported.")
    path = location.get_text("path")
    if not path:
        raise ApiError("6317", "A storage path is required for creating a notebook instance.")
    if not path.endswith("/"):
        raise ApiError("6318", "The param path needs to end with /.")
    if len(path.strip("/").split("/")) < 2:
        raise ApiError("6358", "The path must be a directory in a bucket, not its root.")
    return {"location": {"path": path}, "type": "obs"}


def _read_volume(location: Fields) -> int:
    size = location.get_integer("volume_size", 5, 5)
    if size > 4096:
        raise ApiError("6331", "The EVS disk size exceeds the upper limit.")
    return size


def _set_auto_stop(notebook: SimNotebook, spec: Fields) -> None:
    wanted = spec.get_child("auto_stop")
    enable = wanted.get_flag("enable")
    if enable and "duration" not in wanted:
        raise ApiError("6348", "Parameter duration is missing.")
    if "duration" in wanted:
        seconds = wanted.get_integer("duration")
        if not 3600 <= seconds <= 86400:
            raise ApiError("6349", "The value of duration exceeds the threshold.")
        notebook.stop_after = seconds
    notebook.auto_stop = enable
    notebook.prompt = wanted.get_flag("prompt", default=True)
