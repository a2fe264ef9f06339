"""Operations on workspaces and quotas (chapter 8)."""

from __future__ import annotations

import re
from typing import Any

from matui.sim.server.requests import ApiError, ApiRequest, Fields, ListRules, override_fields, require_found
from matui.sim.world.entities.workspaces import (
    DELETE_S,
    QUOTA_KINDS,
    QuotaKind,
    SimQuota,
    SimWorkspace,
    make_quotas,
)
from matui.sim.world.random import derive_id, derive_uuid
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import World

_AUTH = ("PUBLIC", "PRIVATE", "INTERNAL")
_LIST: ListRules[SimWorkspace] = ListRules(
    "sort_by",
    {
        "name": lambda workspace, _now: (workspace.name, workspace.id),
        "update_time": lambda workspace, _now: (workspace.updated, workspace.id),
        "status": lambda workspace, now: (workspace.timeline.find_state_at(now), workspace.id),
    },
)


def find(world: World, request: ApiRequest) -> SimWorkspace:
    """Return the workspace of the path. Raises ApiError 0104."""
    workspace = world.workspaces.get(request.path["workspace_id"])
    return require_found(
        workspace, "0104", f"workspace: {request.path['workspace_id']} not exist.", status=404
    )


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    name = _read_name(world, body)
    project = body.get_text("enterprise_project_id", "0") or "0"
    key = derive_id(world.seed, world.make_id("workspace"))
    workspace = SimWorkspace(
        key, name, Timeline([(world.now, "NORMAL")]), world.now, world.now, world.user[1]
    )
    workspace.description = body.get_text("description", max_length=256)
    workspace.enterprise = (project, "default" if project == "0" else "test-eps")
    _authorize(workspace, body)
    workspace.quotas = make_quotas(key, world.now, limited=False)
    world.workspaces.add(key, workspace)
    return serialize_row(workspace, world.now)


def list_page(world: World, request: ApiRequest) -> dict[str, Any]:
    query = request.query
    project, name = query.get_text("enterprise_project_id"), query.get_text("name")
    rows = list(world.workspaces)
    if project:
        rows = [row for row in rows if row.enterprise[0] == project]
    if name:
        rows = [row for row in rows if name.lower() in row.name.lower()]
    if query.get_flag("filter_accessible"):
        rows = [row for row in rows if row.auth_type != "PRIVATE" or row.owner == world.user[1]]
    page = _LIST.select(world, query, rows)
    return {
        "total_count": len(rows),
        "count": len(page),
        "workspaces": [serialize_row(row, world.now) for row in page],
    }


def delete(world: World, request: ApiRequest) -> dict[str, Any]:
    """Delete a workspace (8.3); one that still holds resources becomes DELETE_FAILED."""
    workspace = find(world, request)
    if workspace.id == "0":
        raise ApiError("0105", "The default workspace cannot be deleted.")
    if workspace.timeline.find_state_at(world.now) == "DELETING":
        raise ApiError("0105", "The workspace is being deleted.")
    workspace.updated = world.now
    if world.has_resources(workspace.id):
        workspace.timeline.replan(world.now, (0, "DELETING"), (DELETE_S, "DELETE_FAILED"))
    else:
        workspace.timeline.replan(world.now, (0, "DELETING"))
        world.workspaces.remove_at(workspace.id, world.now + round(DELETE_S * 1000))
    return {"workspace_id": workspace.id}


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    return serialize_detail(find(world, request), world.now)


def update(world: World, request: ApiRequest) -> dict[str, Any]:
    workspace = find(world, request)
    body = request.parse_fields()
    if "name" in body and body.get_raw("name") != workspace.name:
        if workspace.id == "0":
            raise ApiError("0104", "The name of the default workspace cannot be modified.")
        workspace.name = _read_name(world, body)
    if "description" in body:
        workspace.description = body.get_text("description", max_length=256)
    if "auth_type" in body or "grants" in body:
        _authorize(workspace, body)
    workspace.updated = world.now
    return {"workspace_id": workspace.id}


def list_quotas(world: World, request: ApiRequest) -> dict[str, Any]:
    held = find(world, request).quotas
    kinds = QUOTA_KINDS.items()
    return {"quotas": [serialize_quota(kind, held[key]) | serialize_usage(held[key]) for key, kind in kinds]}


def set_quotas(world: World, request: ApiRequest) -> dict[str, Any]:
    """Set quotas (8.7): all of the request or none."""
    workspace = find(world, request)
    body = request.parse_fields()
    body.require("quotas")
    wanted = {}
    for item in body.list_children("quotas"):
        item.require("resource", "quota")
        kind = QUOTA_KINDS.get(item.get_text("resource"))
        if kind is None:
            raise ApiError("0104", f"The resource {item.get_text('resource')} does not exist.")
        limit = item.get_integer("quota", 0, kind.low, kind.high)
        if limit == 0 and kind.low < 0:
            raise ApiError("0104", "The quota must be a positive integer or -1.")
        wanted[kind.resource] = limit
    for resource, limit in wanted.items():
        workspace.quotas[resource].limit = limit
        workspace.quotas[resource].updated = world.now
    return {"quotas": [serialize_quota(QUOTA_KINDS[key], workspace.quotas[key]) for key in wanted]}


def _read_name(world: World, body: Fields) -> str:
    name = body.get_name("name", 64, chinese=True, min_length=4)
    if name == "default":
        raise ApiError("0104", "The name default is reserved.")
    if any(other.name == name for other in world.workspaces):
        raise ApiError("0103", f"The workspace name {name} already exists.")
    return name


def _authorize(workspace: SimWorkspace, body: Fields) -> None:
    auth_type = body.get_text("auth_type", workspace.auth_type).upper()
    if auth_type not in _AUTH:
        raise ApiError("0104", f"The value of auth_type must be one of {', '.join(_AUTH)}.")
    grants = [_read_grant(item) for item in body.list_children("grants")]
    if auth_type == "INTERNAL" and not grants and "grants" not in body and not workspace.grants:
        raise ApiError("0104", "The authorization type INTERNAL must be used together with grants.")
    workspace.auth_type = auth_type
    if auth_type == "INTERNAL":
        workspace.grants = grants if "grants" in body else workspace.grants
    else:
        workspace.grants = []


def _read_grant(item: Fields) -> tuple[str, str]:
    user_id, name = item.get_text("user_id"), item.get_text("user_name")
    if not user_id and not name:
        raise ApiError("0104", "Each grant must have a user_id or a user_name.")
    if user_id and not re.fullmatch(r"[0-9A-Za-z]{1,64}", user_id):
        raise ApiError("0104", f"The user_id {user_id} is invalid.")
    return user_id or derive_id("user", name), name or derive_uuid(user_id)[:8]


def serialize_row(workspace: SimWorkspace, now: int) -> dict[str, Any]:
    """Return an item of ``workspaces`` (8.2): ``auth_type`` in lower case, without grants."""
    record = {
        "id": workspace.id,
        "name": workspace.name,
        "description": workspace.description,
        "owner": workspace.owner,
        "enterprise_project_id": workspace.enterprise[0],
        "enterprise_project_name": workspace.enterprise[1],
        "auth_type": workspace.auth_type.lower(),
        "create_time": workspace.created,
        "update_time": workspace.updated,
        "status": workspace.timeline.find_state_at(now),
    }
    return override_fields(record, workspace.override, workspace.missing)


def serialize_detail(workspace: SimWorkspace, now: int) -> dict[str, Any]:
    """Return the body of 8.4: ``auth_type`` in upper case, with grants."""
    record = serialize_row(workspace, now)
    if "auth_type" in record and "auth_type" not in workspace.override:
        record["auth_type"] = workspace.auth_type
    record["grants"] = [{"user_id": user_id, "user_name": name} for user_id, name in workspace.grants]
    return record


def serialize_quota(kind: QuotaKind, quota: SimQuota) -> dict[str, Any]:
    """Return an item of ``quotas`` (8.7)."""
    return {
        "name_en": kind.name_en,
        "name_cn": kind.name_cn,
        "resource": kind.resource,
        "quota": quota.limit,
        "min_quota": kind.low,
        "max_quota": kind.high,
        "unit_en": kind.unit_en,
        "unit_cn": kind.unit_cn,
        "update_time": quota.updated,
    }


def serialize_usage(quota: SimQuota) -> dict[str, Any]:
    """Return the field that 8.6 adds, null without a limit."""
    return {"used_quota": None if quota.limit == -1 else quota.used}
