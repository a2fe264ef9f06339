"""Operations on models and their serializers (chapter 6)."""

from __future__ import annotations

import json
import re
from typing import Any

from matui.sim.server.requests import ApiError, ApiRequest, Fields, ListRules, override_fields, require_found
from matui.sim.world.entities.services import KINDS, MODEL_STATUSES, TYPES, Model
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import World

_SPECIAL = re.compile("[&!'\"<>=]")
_VERSION = r"[1-9]?\d\.[1-9]?\d\.[1-9]?\d"
_MAX_DELETED = 20
_LIST: ListRules[Model] = ListRules(
    "sort_by",
    {
        "create_at": lambda model, _now: (model.created, model.id),
        "model_version": lambda model, _now: (tuple(map(int, model.version.split("."))), model.id),
        "model_size": lambda model, _now: (model.size, model.id),
    },
)
DEFAULT_APIS = [
    {
        "protocol": "http",
        "method": "post",
        "url": "/",
        "input_params": {"type": "object", "properties": {"images": {"type": "file"}}},
        "output_params": {"type": "object", "properties": {"predicted_label": {"type": "string"}}},
    }
]
DEFAULT_DEPENDENCIES = [
    {
        "installer": "pip",
        "packages": [
            {"package_name": "numpy", "package_version": "1.17.0", "restraint": "EXACT"},
            {"package_name": "Pillow", "package_version": "5.2.0", "restraint": "ATLEAST"},
        ],
    }
]
_PARAM = {"url": "/", "method": "post", "protocol": "http", "param_name": "data", "param_type": "object"}


def find(world: World, request: ApiRequest) -> Model:
    """Return the model of the path. Raises ApiError 3001."""
    model = world.models.get(request.path["model_id"])
    return require_found(model, "3001", "The model does not exist.")


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    """Import a model (6.1.1); it is published within a minute."""
    body = request.parse_fields()
    body.require("model_name", "model_version", "source_location", "model_type")
    name, version = (
        body.get_name("model_name", 64, chinese=True),
        body.get_text("model_version", pattern=_VERSION),
    )
    kind = body.get_choice("model_type", TYPES)
    body.get_choice("source_type", ("auto",))
    description = body.get_text("description", max_length=100)
    if _SPECIAL.search(description):
        raise ApiError("3037", "The description contains special characters.")
    body.get_text("model_algorithm", max_length=36, pattern=r"[A-Za-z][^&!'\"<>=\u4e00-\u9fff]*")
    _check_parts(body)
    workspace = request.check_new_workspace(world, body.get_text("workspace_id", "0"))
    if any((other.name, other.version) == (name, version) for other in world.models):
        raise ApiError("3002", "The model already exists.")
    now = world.now
    timeline = Timeline([(now, "publishing"), (now + 6000, "building"), (now + 40_000, "published")])
    model = Model(
        world.make_id("model"), name, version, kind, timeline, now, 5_012_312, workspace, description
    )
    model.install_type = tuple(body.get_raw("install_type", KINDS))
    model.asked = dict(body.data)
    world.models.add(model.id, model)
    return {"model_id": model.id}


def _check_parts(body: Fields) -> None:
    kinds = body.get_raw("install_type", list(KINDS))
    if not isinstance(kinds, list) or any(kind not in KINDS for kind in kinds):
        raise ApiError("3037", f"The values of install_type must be among {', '.join(KINDS)}.")
    for dependency in body.list_children("dependencies"):
        dependency.require("installer", "packages")
        dependency.get_choice("installer", ("pip",))
        for package in dependency.list_children("packages"):
            package.require("package_name", *(("restraint",) if "package_version" in package else ()))
            if package.get_text("restraint") not in ("", "EXACT", "ATLEAST", "ATMOST"):
                raise ApiError("3041", "Invalid version constraint.")
    if len(body.list_children("model_docs")) > 3:
        raise ApiError("3037", "A model can have at most three documents.")
    for name in ("model_metrics", "initial_config"):
        _check_json(body.get_text(name), name)
    if isinstance(body.get_raw("apis"), str):
        _check_json(body.get_raw("apis"), "apis")


def _check_json(text: str, name: str) -> None:
    try:
        json.loads(text or "{}")
    except ValueError:
        raise ApiError("3015", f"The {name} does not comply with the JSON specifications.") from None


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query, now = request.query, world.now
    status = query.get_choice("model_status", MODEL_STATUSES)
    kind, other = query.get_text("model_type").lower(), query.get_text("not_model_type").lower()
    if kind and other:
        raise ApiError("3037", "model_type and not_model_type are mutually exclusive.")
    workspace, name = request.read_workspace_filter(world), query.get_text("model_name").lower()
    version, words = query.get_text("model_version"), query.get_text("description").lower()
    rows = [row for row in world.models if row.workspace == workspace and name in row.name.lower()]
    rows = [row for row in rows if words in row.description.lower() and version in ("", row.version)]
    rows = [row for row in rows if kind in ("", row.type.lower()) and row.type.lower() != other]
    rows = [row for row in rows if status in ("", row.compute_status(now))]
    page = _LIST.select(world, query, rows)
    records = [serialize_row(row, now, world.project_id, world.user[0]) for row in page]
    return {"total_count": len(rows), "count": len(records), "models": records}


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return serialize_detail(find(world, request), world.now, world.project_id, world.user[0])


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    """Delete a model (6.1.4); models in use by a service are kept and listed with code 3009."""
    model = find(world, request)
    targets = [model]
    if request.query.get_flag("cascade"):
        targets += [row for row in world.models if row.name == model.name and row is not model]
    used = {entry["model_id"] for service in world.services for entry in service.config}
    gone = [row.id for row in targets[:_MAX_DELETED] if row.id not in used]
    for key in gone:
        world.models.remove(key)
    return {
        "delete_success_list": gone,
        "delete_failed_list": [_describe_failure(row.id) for row in targets[:_MAX_DELETED] if row.id in used],
    }


def _describe_failure(key: str) -> dict[str, str]:
    words = f"Failed to delete model, model ({key}) already deploy service."
    return {"model_id": key, "error_code": "ModelArts.3009", "error_msg": words}


def serialize_row(model: Model, now: int, project: str, owner: str) -> dict[str, Any]:
    """Return an item of ``models`` (6.1.2); TensorFlow is in lower case."""
    record: dict[str, Any] = {
        "model_name": model.name,
        "model_version": model.version,
        "model_id": model.id,
        "model_type": model.type.lower() if model.type == "TensorFlow" else model.type,
        "model_size": model.size,
        "tenant": project,
        "project": project,
        "owner": owner,
        "create_at": model.created,
        "description": model.description,
        "workspace_id": model.workspace,
        "model_status": model.compute_status(now),
        "install_type": list(model.install_type),
        "specification": {},
    }
    return override_fields(record, model.override, model.missing)


def serialize_detail(model: Model, now: int, project: str, owner: str) -> dict[str, Any]:
    """Return the body of 6.1.3; ``apis``, ``model_metrics`` and ``config`` are JSON in strings."""
    asked = model.asked
    location = f"https://ml-platform-models.obs.cn-north-4.myhuaweicloud.com/{model.name}"
    apis = asked.get("apis") or DEFAULT_APIS
    metrics = asked.get("model_metrics") or json.dumps(
        {"f1": 0.912, "recall": 0.905, "precision": 0.934, "accuracy": 0.921}
    )
    record = serialize_row(model, now, project, owner) | {
        "model_type": model.type,
        "runtime": asked.get("runtime") or "python3.6",
        "source_location": asked.get("source_location") or location,
        "source_job_id": asked.get("source_job_id", ""),
        "source_job_version": asked.get("source_job_version", ""),
        "execution_code": asked.get("execution_code") or f"{location}/model/customize_service.py",
        "image_address": f"100.125.5.235:20202/models/{model.id}:{model.version}",
        "input_params": asked.get("input_params") or [{**_PARAM, "param_desc": '{"type":"object"}'}],
        "output_params": asked.get("output_params") or [{**_PARAM, "param_desc": '{"type":"object"}'}],
        "dependencies": asked.get("dependencies") or DEFAULT_DEPENDENCIES,
        "model_metrics": metrics,
        "apis": apis if isinstance(apis, str) else json.dumps(apis, separators=(",", ":")),
        "model_labels": [],
        "labels_map": {"labels": []},
        "install_type": [kind.replace("real-time", "realtime") for kind in model.install_type],
    }
    record["config"] = _serialize_config(model, record)
    return record | model.override


def _serialize_config(model: Model, record: dict[str, Any]) -> str:
    return json.dumps(
        {
            "model_algorithm": model.asked.get("model_algorithm", "image_classification"),
            "model_source": "custom",
            "tunable": False,
            "downloadable_flag": True,
            "metrics": json.loads(record["model_metrics"]),
            "model_type": model.type,
            "runtime": record["runtime"],
            "apis": json.loads(record["apis"]),
            "dependencies": record["dependencies"],
        },
        ensure_ascii=False,
    )
