"""Operations on the deployments of services: versions, switch, scale, instances, pods, autoscaling."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from matui.base.text.formatting import format_iso_utc
from matui.sim.modelarts_v1 import services as v1
from matui.sim.modelarts_v2.creation import serialize_flavors
from matui.sim.modelarts_v2.pools import require_pool
from matui.sim.modelarts_v2.requests import is_descending, require_span, serialize_page
from matui.sim.modelarts_v2.services import get_status
from matui.sim.server.requests import ApiError, ApiRequest, Fields
from matui.sim.world.entities.services import DeploymentVersion, SimDeployment, SimService
from matui.sim.world.random import derive_id
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import World

_PODS = {"RUNNING": "RUNNING", "CONCERNING": "ABNORMAL", "DEPLOYING": "PENDING", "FAILED": "FAILED"}
_MOST_INSTANCES = 128
_UPGRADE_S = 20.0


def get_deployments(world: World, service: SimService) -> list[SimDeployment]:
    """Return the deployments of a service; at first one for each of its models."""
    known = world.current.deployments.get(service.id)
    if known is None:
        known = [_build_first_deployment(turn, entry, service) for turn, entry in enumerate(service.config)]
        world.current.deployments[service.id] = known
    return known


def _build_first_deployment(turn: int, entry: dict[str, Any], service: SimService) -> SimDeployment:
    version = str(entry.get("model_version", "1.0.0"))
    unit = {
        "flavor": str(entry.get("specification", "modelarts.vm.cpu.2u")),
        "image": {
            "source": "SWR",
            "swr_path": f"atelier/{entry.get('model_name', 'model')}:{version}",
            "category": "GPU",
        },
        "cmd": "python serve.py",
        "envs": {"MAX_BATCH": "16"},
        "port": 8080,
    }
    first = DeploymentVersion(version, service.published, "", unit)
    count, weight = int(entry.get("instance_count", 1)), int(entry.get("weight", 100))
    return SimDeployment(f"infer-{turn}", [first], version, count, weight)


def make_deployment_id(service: SimService, deployment: SimDeployment) -> str:
    return derive_id("deployment", service.id, deployment.name)


def _find(world: World, request: ApiRequest) -> tuple[SimService, SimDeployment]:
    """Return the service and the deployment of the path, which has its id or its name."""
    service = v1.find(world, request.path["service_id"])
    key, name = request.path.get("deployment_id"), request.path.get("name")
    for deployment in get_deployments(world, service):
        if key == make_deployment_id(service, deployment) or name == deployment.name:
            return service, deployment
    raise ApiError("3502", "The deployment does not exist.", status=404)


def list_deployments(world: World, request: ApiRequest) -> dict[str, Any]:
    service = v1.find(world, request.path["service_id"])
    rows = [_serialize_row(world, service, one) for one in get_deployments(world, service)]
    return serialize_page(request, rows, default=10, most=500, whole=True)


def _serialize_row(world: World, service: SimService, deployment: SimDeployment) -> dict[str, Any]:
    key = make_deployment_id(service, deployment)
    return {
        "id": key,
        "name": deployment.name,
        "infer_name": key,
        "status": _compute_status(world, service, deployment),
        "version": deployment.current,
        "weight": deployment.weight,
        "traffic_ratio": f"{deployment.weight}%",
        "pool_id": deployment.pool or service.network.get("cluster_id", ""),
        "deploy_type": "SINGLE",
        "create_at": deployment.versions[0].created,
        "update_at": max(service.updated, deployment.changed),
    }


def _compute_status(world: World, service: SimService, deployment: SimDeployment) -> str:
    status = get_status(service, world.now)
    return "UPGRADING" if status == "RUNNING" and deployment.busy_until > world.now else status


def show(world: World, request: ApiRequest) -> dict[str, Any]:
    service, deployment = _find(world, request)
    return _serialize(world, service, deployment, _find_version(deployment, deployment.current))


def _serialize(
    world: World, service: SimService, deployment: SimDeployment, version: DeploymentVersion
) -> dict[str, Any]:
    row = _serialize_row(world, service, deployment)
    return row | {
        "deployment_name": deployment.name,
        "version": version.version,
        "version_id": derive_id("version", row["id"], version.version),
        "version_count": len(deployment.versions),
        "count": deployment.count,
        "description": version.description,
        "framework": "COMMON",
        "schedule_strategy": "HIGH_AVAILABILITY",
        "unit_configs": [version.unit],
        "user_name": world.user[1],
        "create_at": format_iso_utc(version.created),
        "update_at": format_iso_utc(max(version.created, deployment.changed)),
    }


def _find_version(deployment: SimDeployment, wanted: str) -> DeploymentVersion:
    found = next((one for one in deployment.versions if one.version == wanted), None)
    if found is None:
        raise ApiError("3502", f"The version {wanted} does not exist.", status=404)
    return found


def list_versions(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/deployments/{id}/versions, the newest first."""
    service, deployment = _find(world, request)
    request.query.get_choice("sort_key", ("create_at", "update_at"), "update_at")
    rows = [
        {
            "infer_name": make_deployment_id(service, deployment),
            "version": one.version,
            "version_status": "RUNNING" if one.version == deployment.current else "HISTORY",
            "description": one.description,
            "create_at": format_iso_utc(one.created),
            "update_at": format_iso_utc(one.created),
            "deploy_type": "SINGLE",
        }
        for one in reversed(deployment.versions)
    ]
    return serialize_page(request, rows, default=10, most=500)


def show_version(world: World, request: ApiRequest) -> dict[str, Any]:
    service, deployment = _find(world, request)
    return _serialize(world, service, deployment, _find_version(deployment, request.path["version"]))


def switch(world: World, request: ApiRequest) -> dict[str, Any]:
    service, deployment = _find(world, request)
    wanted = _find_version(deployment, request.path["version"]).version
    body = request.parse_fields()
    body.require("infer_name")
    if body.get_text("infer_name") != make_deployment_id(service, deployment):
        raise ApiError("0107", "The infer_name is not that of the deployment.")
    if body.get_text("target_deployment_version", wanted) != wanted:
        raise ApiError("0107", "The target_deployment_version is not that of the path.")
    if wanted == deployment.current:
        raise ApiError("3515", f"The deployment is at version {wanted} already.")
    _change(world, service, deployment)
    deployment.current = wanted
    service.add_event(world.now, "normal", f"deployment {deployment.name} switched to version {wanted}")
    return {"id": make_deployment_id(service, deployment)}


def scale(world: World, request: ApiRequest) -> dict[str, Any]:
    """PUT …/deployments/{name}/scale: the number of instances, without a new version."""
    service, deployment = _find(world, request)
    body = request.parse_fields()
    body.require("count")
    wanted = body.get_integer("count", 1, 1, _MOST_INSTANCES)
    _change(world, service, deployment)
    before, deployment.count = deployment.count, wanted
    service.add_event(world.now, "normal", f"deployment {deployment.name} scaled from {before} to {wanted}")
    return _serialize(world, service, deployment, _find_version(deployment, deployment.current))


def _change(world: World, service: SimService, deployment: SimDeployment) -> None:
    status = _compute_status(world, service, deployment)
    if status not in ("RUNNING", "CONCERNING"):
        raise ApiError("3515", f"A service in the {status} state cannot be changed.")
    deployment.changed, deployment.busy_until = world.now, world.now + round(_UPGRADE_S * 1000)


def create_service(world: World, request: ApiRequest) -> dict[str, Any]:
    """POST services, with one deployment at most."""
    body = request.parse_fields()
    body.require("name", "type", "deploy_type", "runtime_config", "custom_metrics_path")
    name = body.get_name("name", 64, chinese=True)
    if any(other.name == name for other in world.services):
        raise ApiError("3503", f"The service {name} already exists.")
    body.get_choice("type", ("REAL_TIME", "ASYNC_REAL_TIME"))
    body.get_choice("deploy_type", ("SINGLE", "MULTI"))
    _check_runtime(body.get_child("runtime_config"))
    groups = body.list_children("group_configs")
    if len(groups) > 1:
        raise ApiError("0107", "At most one of group_configs.")
    workspace = request.check_new_workspace(world, body.get_text("workspace_id", "0"))
    now = world.now
    service = SimService(
        world.make_id("service"), name, "real-time", Timeline([(now, "deploying")]), now, now, now, []
    )
    service.workspace, service.seed = workspace, len(world.services)
    service.description = body.get_text("description", "", max_length=512)
    service.rate, service.failure_rate = 2.5, 0.01
    deployments = [_read_group(world, group, now) for group in groups]
    service.config = [
        {
            "model_id": "", "model_name": one.name, "model_version": one.current, "weight": one.weight,
            "specification": one.versions[0].unit.get("flavor", ""), "instance_count": one.count,
        }
        for one in deployments
    ] or [{"model_id": "", "model_name": name, "model_version": "1.0.0", "weight": 100}]  # fmt: skip
    world.current.deployments[service.id] = deployments
    service.deploy(now)
    world.services.add(service.id, service)
    return {"id": service.id, "name": name, "status": get_status(service, now), "workspace_id": workspace}


def _check_runtime(runtime: Fields) -> None:
    runtime.require("service_invoke", "service_limit")
    invoke, limit = runtime.get_child("service_invoke"), runtime.get_child("service_limit")
    invoke.require("port", "protocol", "auth_type")
    invoke.get_integer("port", 1, 1, 65535)
    invoke.get_choice("protocol", ("HTTP", "HTTPS", "WSS", "WS"))
    invoke.get_choice("auth_type", ("TOKEN", "API_KEY", "NONE"))
    limit.require("rate_limit", "request_size_limit", "request_timeout")
    limit.get_integer("request_size_limit", 1, 1, 50)
    limit.get_integer("request_timeout", 1, 1, 7200)


def _read_group(world: World, group: Fields, now: int) -> SimDeployment:
    group.require("name", "weight", "unit_configs")
    pool_id = group.get_text("pool_id")
    if pool_id:
        require_pool(world, pool_id)
    units = group.list_children("unit_configs")
    for unit in units:
        unit.require("image")
        unit.get_child("image").require("source", "swr_path")
    version = group.get_text("version", "1.0.0")
    first = DeploymentVersion(version, now, group.get_text("description"), units[0].data)
    count = group.get_integer("count", 1, 1, _MOST_INSTANCES)
    made = SimDeployment(
        group.get_text("name"), [first], version, count, group.get_integer("weight", 100, 0, 100)
    )
    made.pool = pool_id
    return made


def create(world: World, request: ApiRequest) -> dict[str, Any]:
    service = v1.find(world, request.path["service_id"])
    made = _read_group(world, request.parse_fields(), world.now)
    known = get_deployments(world, service)
    if any(one.name == made.name for one in known):
        raise ApiError("3503", f"The deployment {made.name} already exists.")
    known.append(made)
    service.add_event(world.now, "normal", f"deployment {made.name} created")
    return _serialize(world, service, made, made.versions[0])


def list_service_flavors(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001
    return serialize_page(request, serialize_flavors(), default=10, most=500)


def show_monitor(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET v1 services/{id}/monitor, with what today's reference adds: instances and calls of the service."""
    service = v1.find(world, request.path["service_id"])
    count = sum(one.count for one in get_deployments(world, service))
    (calls, _), (before, _) = service.count_calls(world.now), service.count_calls(world.now - 60_000)
    return {
        **v1.show_monitor(world, request),
        "service_running_instance_count": count if get_status(service, world.now) == "RUNNING" else 0,
        "service_instance_count": count,
        "req_count_per_min": calls - before,
    }


def list_instances(world: World, request: ApiRequest) -> dict[str, Any]:
    service, deployment = _find(world, request)
    status = _PODS.get(get_status(service, world.now), "")
    rows = [
        {
            "instance_name": f"{deployment.name}-{turn}",
            "status": "CONCERNING" if status == "ABNORMAL" else status,
            "weight": 1,
            "pod_count": 1,
            "running_pod_count": int(status == "RUNNING"),
            "update_at": service.updated,
        }
        for turn in range(deployment.count if status else 0)
    ]
    return serialize_page(request, rows, default=10, most=500, whole=True)


def list_pods(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/instances/{instance}/pods; the instance ``all`` stands for each."""
    service, deployment = _find(world, request)
    status = _PODS.get(get_status(service, world.now), "")
    pods = [
        {
            "pod_id": derive_id("pod", service.id, name),
            "pod_name": f"{name}-worker-0",
            "pod_node_ip": "192.168.30.7",
            "pod_node_name": "node-7",
            "pod_role": "SERVER",
            "status": status,
            "update_time": service.updated,
        }
        for name in _list_instances(request, deployment, status)
    ]
    return serialize_page(request, pods, default=10, most=500, whole=True)


def _list_instances(request: ApiRequest, deployment: SimDeployment, status: str) -> list[str]:
    asked = request.path["instance"]
    names = [f"{deployment.name}-{turn}" for turn in range(deployment.count if status else 0)]
    if asked != "all" and asked not in names:
        raise ApiError("3502", "The instance does not exist.", status=404)
    return [name for name in names if asked in ("all", name)]


def list_pod_events(world: World, request: ApiRequest) -> list[dict[str, Any]]:
    """GET …/pods/{pod}/events: a bare array; the pod ``all`` stands for each."""
    service, deployment = _find(world, request)
    status = _PODS.get(get_status(service, world.now), "")
    query = request.query
    require_span(query)
    since = max(service.timeline.find_entry_time(world.now), deployment.changed)
    found = []
    for name in _list_instances(request, deployment, status):
        pod = f"{name}-worker-0"
        steps = [
            ("Normal", "Scheduled", f"Assigned {pod} to node-7."),
            ("Normal", "Started", f"Started {pod}."),
        ]
        if status == "ABNORMAL":
            steps.append(("Warning", "Unhealthy", f"{pod}: liveness probe failed: connection refused"))
        found += [
            {
                "type": kind,
                "reason": reason,
                "message": words,
                "count": 5 if kind == "Warning" else 1,
                "first_timestamp": format_iso_utc(since),
                "last_timestamp": format_iso_utc(since + turn * 1000),
                "reporting_component": "kubelet",
            }
            for turn, (kind, reason, words) in enumerate(steps)
        ]
    return found


def show_hpa(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/hpa. Raises ApiError where the deployment has none."""
    service, deployment = _find(world, request)
    if not deployment.scales:
        raise ApiError("3502", "The deployment has no autoscaling policy.", status=404)
    key = derive_id("hpa", service.id, deployment.name)
    return {
        "id": key,
        "name": f"hpa-{deployment.name}",
        "target_resource_id": make_deployment_id(service, deployment),
        "target_resource_type": "GROUP",
        "min_replicas": deployment.scales[0],
        "max_replicas": deployment.scales[1],
        "status": "ACTIVE",
        "workspace_id": service.workspace,
        "hpa_rules": [
            {"id": derive_id("rule", key), "hpa_id": key, "name": "night", "type": "CRON_HPA",
             "schedule": "0 22 * * *", "target_replicas": deployment.scales[0], "disable": "false",
             "status": "EXECUTE_SUCCESS"},
        ],
    }  # fmt: skip


def list_hpa_events(world: World, request: ApiRequest) -> dict[str, Any]:
    service, deployment = _find(world, request)
    is_descending(request, "DESC")
    if not deployment.scales:
        return serialize_page(request, [], default=10, most=500)
    at = world.now - 9 * 3_600_000
    moment = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    row = {
        "id": derive_id("hpa event", service.id),
        "hpa_id": derive_id("hpa", service.id, deployment.name),
        "status": "SUCCESS",
        "message": "scaled by the rule night",
        "current_replicas": deployment.scales[1],
        "target_replicas": deployment.scales[0],
        "final_replicas": deployment.scales[0],
        "record_time": moment,
    }
    return serialize_page(request, [row], default=10, most=500)
