"""Serializers of notebooks, flavors and profiles (4.1 to 4.4)."""

from __future__ import annotations

from typing import Any

from matui.sim.server.responses import override_fields
from matui.sim.world.catalog import FLAVORS, PROFILES, Flavor
from matui.sim.world.entities.notebooks import FAILURES, SimNotebook, default_storage


def serialize(notebook: SimNotebook, now: int, region: str) -> dict[str, Any]:
    """Return a notebook (4.1 to 4.4); times are strings of ms."""
    status = notebook.status(now)
    record: dict[str, Any] = {
        "ai_project": {"id": "default-ai-project"},
        "creation_timestamp": str(notebook.created),
        "description": notebook.description,
        "flavor": notebook.flavor,
        "flavor_details": serialize_flavor(notebook.flavor),
        "id": notebook.id,
        "latest_update_timestamp": str(max(notebook.updated, notebook.timeline.entered_at(now))),
        "name": notebook.name,
        "profile": serialize_profile(notebook.profile, notebook.flavor),
        "spec": _spec(notebook, now, status, region),
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


def _spec(notebook: SimNotebook, now: int, status: str, region: str) -> dict[str, Any]:
    running = status == "RUNNING"
    home = f"https://modelarts-lvs-common-lb.{region}.myhuaweicloud.com:32000/modelarts/{region}/hub/notebook/user"
    failure = FAILURES.get(status)
    return {
        "annotations": {
            "target_domain": f"https://modelarts-notebook.{region}.myhuaweicloud.com",
            "url": f"{home}/{notebook.id}" if running else "",
        },
        "auto_stop": _auto_stop(notebook, now, running=running),
        "extend_params": None,
        "failed_reasons": failure and {"code": failure[0], "message": failure[1], "detail": {}},
        "repository": None,
        "storage": notebook.storage or default_storage(),
    }


def _auto_stop(notebook: SimNotebook, now: int, *, running: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "duration": notebook.stop_after,
        "enable": notebook.auto_stop,
        "prompt": notebook.prompt,
    }
    stop_at = notebook.timeline.last_entry("STOPPING")
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
