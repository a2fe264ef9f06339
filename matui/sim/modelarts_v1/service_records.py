"""The records of services: validation (tables 7-2 to 7-7) and serializers (7.2, 7.3, 7.6, 7.7)."""

from __future__ import annotations

from typing import Any

from matui.sim.server.requests import ApiError, Fields, override_fields
from matui.sim.world.entities.services import DEPLOY_S, UNITS_S, ServiceUpdate, SimEdgeNode, SimService
from matui.sim.world.random import derive_noise
from matui.sim.world.world import World

FREE = ("modelarts.vm.cpu.free", "modelarts.vm.gpu.free")
_SIZES = {
    "modelarts.vm.cpu.2u": (2, 8192, 0.0), "modelarts.vm.gpu.p4": (8, 32768, 1.0),
    "modelarts.vm.gpu.t4": (8, 32768, 1.0),
    "modelarts.vm.gpu.0.5p4": (4, 16384, 0.5), "modelarts.vm.ai1.a310": (8, 32768, 0.0),
}  # fmt: skip
SPECIFICATIONS = (
    "modelarts.vm.cpu.2u", "modelarts.vm.gpu.0.25p4", "modelarts.vm.gpu.0.5p4", "modelarts.vm.gpu.p4",
    "modelarts.vm.gpu.0.25t4", "modelarts.vm.gpu.0.5t4", "modelarts.vm.gpu.t4", "modelarts.vm.arm.d310.3u6g",
    "modelarts.vm.ai1.a310", "modelarts.vm.cpu.free", "modelarts.vm.gpu.free",
)  # fmt: skip


def serialize_row(service: SimService, now: int, project: str, owner: str) -> dict[str, Any]:
    """Return an item of ``services`` (7.2)."""
    record = _serialize_common(service, now, project, owner)
    record["is_opened_sample_collection"] = False
    if service.kind == "batch":
        record |= _serialize_batch_times(service, now)
    return override_fields(record, service.override, service.missing)


def serialize_detail(service: SimService, now: int, project: str, owner: str, region: str) -> dict[str, Any]:
    """Return the body of 7.3."""
    record = _serialize_common(service, now, project, owner) | service.network
    record["update_time"] = service.updated
    record["config"] = [serialize_config(service, entry, now) for entry in service.config]
    if service.kind == "real-time":
        home = f"https://infer.apigw.{region}.myhuaweicloud.com/v1/infers"
        record["access_address"] = f"{home}/{service.id}"
    if record["status"] == "failed":
        record["error_msg"] = "Failed to pull the model image."
    return override_fields(record, service.override, service.missing)


def _serialize_common(service: SimService, now: int, project: str, owner: str) -> dict[str, Any]:
    calls, failures = service.count_calls(now)
    record: dict[str, Any] = {
        "service_id": service.id,
        "service_name": service.name,
        "description": service.description,
        "tenant": project,
        "project": project,
        "owner": owner,
        "publish_at": service.published,
        "infer_type": service.kind,
        "status": service.compute_status(now),
        "progress": compute_progress(service, now),
        "invocation_times": calls,
        "failed_times": failures,
        "is_shared": False,
        "shared_count": 0,
        "workspace_id": service.workspace,
        "operation_time": service.operated,
        "additional_properties": service.properties,
        "is_free": any(entry.get("specification") in FREE for entry in service.config),
        "transition_at": service.timeline.find_entry_time(now),
    }
    if service.schedule:
        record |= {"schedule": service.schedule, "due_time": service.due}
    return record


def compute_progress(service: SimService, now: int) -> int:
    """Return the deployment's progress in per cent."""
    if service.compute_status(now) != "deploying":
        return 100
    return min(99, int((now - service.timeline.find_entry_time(now)) / (DEPLOY_S * 10)))


def _serialize_batch_times(service: SimService, now: int) -> dict[str, Any]:
    times = {
        "start_time": service.timeline.find_last_entry("running"),
        "finished_time": service.timeline.find_last_entry("finished"),
    }
    return {name: at for name, at in times.items() if at is not None and at <= now}


def serialize_config(service: SimService, entry: dict[str, Any], now: int) -> dict[str, Any]:
    """Return an item of ``config`` (7.3); its fields depend on the service's type."""
    record = {"custom_spec": {}, "envs": {}, "additional_properties": {}} | entry
    if service.kind == "edge":
        record["nodes"] = [_serialize_node(node, now) for node in service.nodes]
        return record
    if service.kind == "batch":
        return record | _serialize_batch_times(service, now)
    status = service.compute_status(now)
    ready = {"running": "ready", "concerning": "concerning"}.get(status, "notReady")
    return record | {"status": ready, "scaling": False, "support_debug": False}


def _serialize_node(node: SimEdgeNode, now: int) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "instance_status": node.timeline.find_state_at(now),
        "predict_url": f"http://{node.ip}:1025",
        "node_label": "edge",
        "description": "",
        "host_name": node.name,
        "os_name": "EulerOS",
        "os_type": "linux",
        "os_version": "EulerOS 2.0 (SP8)",
        "arch": "aarch64",
        "cpu": 8,
        "memory": 15872,
        "gpu_num": node.gpus,
        "enable_gpu": "true" if node.gpus else "false",
        "host_ips": [node.ip],
        "deployment_num": 1,
        "state": node.state,
        "created_at": "2020-03-02T08:11:31",
        "updated_at": "2020-07-14T21:40:02",
    }


def serialize_monitors(service: SimService, now: int, node_id: str) -> list[dict[str, Any]]:
    """Return ``monitors`` (7.6); usages are strings."""
    if service.kind == "edge":
        nodes = [node for node in service.nodes if not node_id or node.id == node_id]
        return [
            {"node_id": node.id, "node_name": node.name}
            | _serialize_usage(
                "modelarts.vm.cpu.2u",
                service.seed + turn,
                now,
                busy=node.timeline.find_state_at(now) == "running",
            )
            for turn, node in enumerate(nodes)
        ]
    calls, failures = service.count_calls(now)
    busy = service.compute_status(now) in ("running", "concerning")
    return [
        {
            "model_id": entry["model_id"],
            "model_name": entry.get("model_name"),
            "model_version": entry.get("model_version"),
            "invocation_times": calls * int(entry.get("weight", 100)) // 100,
            "failed_times": failures * int(entry.get("weight", 100)) // 100,
            **_serialize_usage(entry.get("specification", ""), service.seed + turn, now, busy=busy),
        }
        for turn, entry in enumerate(service.config)
    ]


def _serialize_usage(specification: str, seed: int, now: int, *, busy: bool) -> dict[str, str]:
    cores, memory, gpus = _SIZES.get(specification, (4, 8192, 0.0))
    load = (0.25 + 0.6 * derive_noise(seed, now // 10_000)) if busy else 0.0
    return {
        "cpu_core_usage": f"{cores * load:.1f}",
        "cpu_core_total": str(cores),
        "cpu_memory_usage": str(round(memory * (0.2 + 0.5 * load) if busy else 0)),
        "cpu_memory_total": str(memory),
        "gpu_usage": f"{gpus * load:.1f}",
        "gpu_total": f"{gpus:g}",
    }


def serialize_update(service: SimService, update: ServiceUpdate, now: int) -> dict[str, Any]:
    """Return an item of ``logs`` (7.7)."""
    result = "RUNNING" if now < update.ends else "SUCCESS" if update.succeeds else "FAIL"
    cluster = service.network.get("cluster_id", "")
    config = [
        {"custom_spec": {}, "scaling": False, "envs": {}, "cluster_id": cluster}
        | {name: value for name, value in entry.items() if name != "additional_properties"}
        for entry in update.config
    ]
    record: dict[str, Any] = {
        "config": config,
        "extend_config": [],
        "update_time": update.at,
        "result": result,
        "cluster_id": cluster,
    }
    if service.kind == "edge":
        good = [node for node in service.nodes if node.timeline.find_state_at(now) == "running"]
        record |= {"success_num": len(good), "failed_num": len(service.nodes) - len(good)}
        record["result_detail"] = [
            {"node_id": node.id, "node_name": node.name, "operation": "deploy", "result": node in good}
            for node in service.nodes
        ]
    return record


def check_service_config(world: World, body: Fields, kind: str, cluster: str = "") -> list[dict[str, Any]]:
    """Return the validated items of ``config`` with model names and numeric weights. Raises ApiError."""
    body.require("config")
    entries = body.list_children("config")
    if kind != "real-time":
        entries = entries[:1]
    records = [_build_entry(world, entry, kind, cluster) for entry in entries]
    if kind == "real-time":
        _check_weights(records)
    return records


def _check_weights(records: list[dict[str, Any]]) -> None:
    if sum(record["weight"] for record in records) != 100:
        raise ApiError("0107", "The sum of the weights must be 100.")
    versions = [record["model_version"] for record in records]
    if len(set(versions)) != len(versions):
        raise ApiError("3516", "The model versions of the service must not be the same.")


def _build_entry(world: World, entry: Fields, kind: str, cluster: str) -> dict[str, Any]:
    entry.require("model_id", "specification")
    model = world.models.get(entry.get_text("model_id"))
    if model is None:
        raise ApiError("3507", "The model in the service configuration does not exist.")
    if model.compute_status(world.now) != "published":
        raise ApiError("3515", "The model has not been published.")
    if kind not in model.install_type:
        raise ApiError("3589", f"Model {model.id} cannot be used to deploy the {kind} service.")
    for name, value in entry.get_child("envs").data.items():
        if not isinstance(value, str):
            raise ApiError("0107", f"The environment variable {name} must be a string.")
    _check_place(world, entry, kind, cluster)
    record = dict(entry.data) | {"model_name": model.name, "model_version": model.version}
    if kind == "real-time":
        if "weight" not in entry:
            raise ApiError("0115", "The parameter weight is mandatory.")
        record["weight"] = entry.get_integer("weight", 100, 0, 100, lenient=True)
    if kind == "batch":
        _check_batch(entry)
    return record


def _check_place(world: World, entry: Fields, kind: str, cluster: str) -> None:
    specification = entry.get_text("specification")
    pool = entry.get_text("cluster_id", cluster)
    if pool and pool not in world.pools.rows:
        raise ApiError("3547", f"Cluster {pool} does not exist.")
    if specification == "custom":
        if not pool or "custom_spec" not in entry:
            raise ApiError("0107", "The specification custom needs a cluster_id and a custom_spec.")
    elif specification not in SPECIFICATIONS:
        raise ApiError("0107", f"The specification {specification} is not supported.")
    if kind == "edge":
        known = {node.id for service in world.services for node in service.nodes} | set(world.edge_nodes)
        nodes = entry.get_raw("nodes", [])
        if not isinstance(nodes, list) or not nodes:
            raise ApiError("0115", "The parameter nodes is mandatory.")
        if not set(map(str, nodes)) <= known:
            raise ApiError("3509", "An edge node of the configuration does not exist.", status=404)
    else:
        entry.require("instance_count")
        entry.get_integer("instance_count", 1, 1)


def _check_batch(entry: Fields) -> None:
    entry.require("src_path", "dest_path", "req_uri", "mapping_type")
    entry.get_choice("src_type", ("ManifestFile",))
    if entry.get_choice("mapping_type", ("file", "csv")) == "csv" and "mapping_rule" not in entry:
        raise ApiError("0115", "The parameter mapping_rule is mandatory when mapping_type is csv.")


def check_schedule(body: Fields, kind: str) -> list[dict[str, Any]]:
    """Return the rules of ``schedule``, which only real-time services may have. Raises ApiError."""
    rules = body.list_children("schedule")
    if rules and kind != "real-time":
        raise ApiError("0107", "A schedule can be configured only for real-time services.")
    for rule in rules:
        rule.require("type", "time_unit", "duration")
        rule.get_choice("type", ("stop",))
        rule.get_choice("time_unit", tuple(UNITS_S))
        rule.get_integer("duration", 1, 1)
    return [{name: rule.data[name] for name in ("type", "duration", "time_unit")} for rule in rules]


def check_network(world: World, body: Fields) -> dict[str, str]:
    """Return the network and the cluster of a new service. Raises ApiError."""
    names = ("cluster_id", "vpc_id", "subnet_network_id", "security_group_id")
    network = {name: body.get_text(name) for name in names if body.get_text(name)}
    if "cluster_id" in network and network["cluster_id"] not in world.pools.rows:
        raise ApiError("3547", f"Cluster {network['cluster_id']} does not exist.")
    if "vpc_id" in network and not {"subnet_network_id", "security_group_id"} <= network.keys():
        raise ApiError("0115", "vpc_id needs subnet_network_id and security_group_id.")
    return network
