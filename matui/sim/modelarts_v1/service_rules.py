"""Validation of a service's configuration (tables 7-2 to 7-7, 7-25 to 7-29)."""

from __future__ import annotations

from typing import Any

from matui.sim.server.requests import Fields
from matui.sim.server.responses import ApiError
from matui.sim.world.entities.services import UNITS_S
from matui.sim.world.world import World

SPECIFICATIONS = (
    "modelarts.vm.cpu.2u", "modelarts.vm.gpu.0.25p4", "modelarts.vm.gpu.0.5p4", "modelarts.vm.gpu.p4",
    "modelarts.vm.gpu.0.25t4", "modelarts.vm.gpu.0.5t4", "modelarts.vm.gpu.t4", "modelarts.vm.arm.d310.3u6g",
    "modelarts.vm.ai1.a310", "modelarts.vm.cpu.free", "modelarts.vm.gpu.free",
)  # fmt: skip


def check_service_config(world: World, body: Fields, kind: str, cluster: str = "") -> list[dict[str, Any]]:
    """Return the validated items of ``config`` with model names and numeric weights. Raises ApiError."""
    body.require("config")
    entries = body.children("config")
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
    model = world.models.get(entry.text("model_id"))
    if model is None:
        raise ApiError("3507", "The model in the service configuration does not exist.")
    if model.status(world.now) != "published":
        raise ApiError("3515", "The model has not been published.")
    if kind not in model.install_type:
        raise ApiError("3589", f"Model {model.id} cannot be used to deploy the {kind} service.")
    for name, value in entry.child("envs").data.items():
        if not isinstance(value, str):
            raise ApiError("0107", f"The environment variable {name} must be a string.")
    _check_place(world, entry, kind, cluster)
    record = dict(entry.data) | {"model_name": model.name, "model_version": model.version}
    if kind == "real-time":
        if "weight" not in entry:
            raise ApiError("0115", "The parameter weight is mandatory.")
        record["weight"] = entry.integer("weight", 100, 0, 100, lenient=True)
    if kind == "batch":
        _check_batch(entry)
    return record


def _check_place(world: World, entry: Fields, kind: str, cluster: str) -> None:
    specification = entry.text("specification")
    pool = entry.text("cluster_id", cluster)
    if pool and pool not in world.pools.rows:
        raise ApiError("3547", f"Cluster {pool} does not exist.")
    if specification == "custom":
        if not pool or "custom_spec" not in entry:
            raise ApiError("0107", "The specification custom needs a cluster_id and a custom_spec.")
    elif specification not in SPECIFICATIONS:
        raise ApiError("0107", f"The specification {specification} is not supported.")
    if kind == "edge":
        known = {node.id for service in world.services for node in service.nodes} | set(world.edge_nodes)
        nodes = entry.raw("nodes", [])
        if not isinstance(nodes, list) or not nodes:
            raise ApiError("0115", "The parameter nodes is mandatory.")
        if not set(map(str, nodes)) <= known:
            raise ApiError("3509", "An edge node of the configuration does not exist.", status=404)
    else:
        entry.require("instance_count")
        entry.integer("instance_count", 1, 1)


def _check_batch(entry: Fields) -> None:
    entry.require("src_path", "dest_path", "req_uri", "mapping_type")
    entry.choice("src_type", ("ManifestFile",))
    if entry.choice("mapping_type", ("file", "csv")) == "csv" and "mapping_rule" not in entry:
        raise ApiError("0115", "The parameter mapping_rule is mandatory when mapping_type is csv.")


def check_schedule(body: Fields, kind: str) -> list[dict[str, Any]]:
    """Return the rules of ``schedule``, which only real-time services may have. Raises ApiError."""
    rules = body.children("schedule")
    if rules and kind != "real-time":
        raise ApiError("0107", "A schedule can be configured only for real-time services.")
    for rule in rules:
        rule.require("type", "time_unit", "duration")
        rule.choice("type", ("stop",))
        rule.choice("time_unit", tuple(UNITS_S))
        rule.integer("duration", 1, 1)
    return [{name: rule.data[name] for name in ("type", "duration", "time_unit")} for rule in rules]


def check_network(world: World, body: Fields) -> dict[str, str]:
    """Return the network and the cluster of a new service. Raises ApiError."""
    names = ("cluster_id", "vpc_id", "subnet_network_id", "security_group_id")
    network = {name: body.text(name) for name in names if body.text(name)}
    if "cluster_id" in network and network["cluster_id"] not in world.pools.rows:
        raise ApiError("3547", f"Cluster {network['cluster_id']} does not exist.")
    if "vpc_id" in network and not {"subnet_network_id", "security_group_id"} <= network.keys():
        raise ApiError("0115", "vpc_id needs subnet_network_id and security_group_id.")
    return network
