"""Creates training jobs and notebooks, and lists what can be chosen for them."""

from __future__ import annotations

from typing import Any

from matui.sim.modelarts_v2 import notebooks
from matui.sim.modelarts_v2.jobs import make_experiment_id, serialize
from matui.sim.modelarts_v2.pools import require_pool
from matui.sim.modelarts_v2.requests import StatusResponse, serialize_page
from matui.sim.server.requests import ApiError, ApiRequest, Fields
from matui.sim.world.catalog import ALGORITHMS, ENGINES, FLAVORS, PROFILES, SPECS, Spec
from matui.sim.world.entities.jobs import SimJob, Version, plan_run
from matui.sim.world.random import derive_uuid
from matui.sim.world.seeds import add_notebook
from matui.sim.world.world import World

KINDS = (
    "job", "federated_pool_job", "edge_job", "hetero_job", "mrs_job", "autosearch_job", "diag_job",
    "visualization_job",
)  # fmt: skip
EXPERIMENTS = ("pretraining", "ablations", "nightly")
_WAITS_S, _RUNS_S = 20.0, 3600.0


def create_job(world: World, request: ApiRequest) -> StatusResponse:
    body = request.parse_fields()
    body.require("kind", "metadata", "algorithm", "spec")
    body.get_choice("kind", KINDS)
    metadata, resource = body.get_child("metadata"), body.get_child("spec").get_child("resource")
    name = metadata.get_name("name", 64)
    description = metadata.get_text("description", "", max_length=256)
    workspace = request.check_new_workspace(world, metadata.get_text("workspace_id", "0"))
    if any(job.name == name and job.workspace == workspace for job in world.jobs):
        raise ApiError("2755", f"The training job name {name} already exists.")
    _check_algorithm(body.get_child("algorithm"))
    pool_id = resource.get_text("pool_id")
    pool = require_pool(world, pool_id) if pool_id else None
    spec = _read_spec(resource)
    nodes = resource.get_integer("node_count", 1, 1, pool.nodes if pool else spec.most)
    policy = body.get_child("spec").get_child("schedule_policy")
    priority = policy.get_integer("priority", 1, 0, 3)
    job = SimJob(world.take_job_id(), name, world.now, [], workspace, description)
    version = Version(
        world.take_version_id(), 1, world.now, plan_run(world.now, _WAITS_S, _RUNS_S), job.id * 31
    )
    version.spec, version.workers, version.priority = spec.id, nodes, priority or 1
    version.pool = pool_id
    version.notify = tuple(body.get_child("spec").get_child("notification").get_raw("events", []))
    version.body = body.data
    job.versions.append(version)
    world.jobs.add(str(job.id), job)
    return StatusResponse(serialize(world, job, version), 201)


def _check_algorithm(algorithm: Fields) -> None:
    if bool(algorithm.get_text("subscription_id")) != bool(algorithm.get_text("item_version_id")):
        raise ApiError("0107", "subscription_id and item_version_id must be given together.")
    if not any(algorithm.get_text(name) for name in ("id", "subscription_id", "boot_file", "command")):
        raise ApiError("0115", "The algorithm needs an id, a boot_file or a command.")
    for one in algorithm.list_children("parameters"):
        one.require("name")
        one.get_text("value")
    for part in ("inputs", "outputs"):
        for one in algorithm.list_children(part):
            one.require("name", "remote")


def _read_spec(resource: Fields) -> Spec:
    wanted = resource.get_text("flavor_id")
    if not wanted:
        if not resource.get_text("pool_id"):
            raise ApiError("0115", "The parameter flavor_id is mandatory.")
        return SPECS[1]
    spec = next((spec for spec in SPECS.values() if spec.code == wanted), None)
    if spec is None:
        raise ApiError("0107", f"The flavor {wanted} does not exist.")
    if spec.sold_out:
        raise ApiError("2763", f"The flavor {wanted} is sold out.")
    return spec


def list_flavors(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001
    kind = request.query.get_choice("flavor_type", ("CPU", "GPU", "Ascend"))
    rows = [row for spec in SPECS.values() if kind in ("", (row := _serialize_flavor(spec))["flavor_type"])]
    return {"total_count": len(rows), "flavors": rows}


def _serialize_flavor(spec: Spec) -> dict[str, Any]:
    ascend = spec.gpu_type.startswith("ascend")
    cards = {"unit_num": spec.gpus, "product_name": spec.gpu_type, "memory": "32GB"} if spec.gpus else None
    return {
        "flavor_id": spec.code,
        "flavor_name": f"{spec.core} vCPUs {spec.memory} GiB",
        "flavor_type": "Ascend" if ascend else "GPU" if spec.gpus else "CPU",
        "max_num": spec.most,
        "billing": {"code": spec.code, "unit_num": 1},
        "flavor_info": {
            "max_num": spec.most,
            "cpu": {"arch": "aarch64" if ascend else "x86", "core_num": spec.core},
            "gpu": None if ascend else cards,
            "npu": cards if ascend else None,
            "memory": {"size": spec.memory, "unit": "GB"},
        },
    }


def list_engines(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001
    rows = [
        {
            "engine_id": f"{engine.name.lower()}-{engine.id}",
            "engine_name": engine.name,
            "engine_version": engine.version,
            "v1_compatible": True,
            "run_user": "1102",
        }
        for engine in ENGINES.values()
    ]
    return {"total": len(rows), "items": rows}


def list_algorithms(world: World, request: ApiRequest) -> dict[str, Any]:
    rows = [
        {
            "metadata": {
                "id": derive_uuid("algorithm", one.id),
                "name": one.name,
                "description": one.precision,
                "workspace_id": "0",
                "create_time": one.created,
                "user_name": world.user[1],
            },
            "job_config": {"code_dir": "/algorithms/", "boot_file": "/algorithms/train.py", "command": ""},
        }
        for one in ALGORITHMS
    ]
    return _serialize_entries(request, rows)


def list_experiments(world: World, request: ApiRequest) -> dict[str, Any]:
    rows = [
        {
            "metadata": {
                "id": make_experiment_id(name),
                "name": name,
                "description": "",
                "workspace_id": "0",
                "create_time": world.now - 90 * 86_400_000,
                "update_time": world.now,
            },
            "statistic": {"job_count": sum(_belongs(job, name) for job in world.jobs)},
        }
        for name in EXPERIMENTS
    ]
    return _serialize_entries(request, rows)


def _belongs(job: SimJob, experiment: str) -> bool:
    newest = job.latest
    return newest is not None and newest.experiment == experiment


def _serialize_entries(request: ApiRequest, rows: list[dict[str, Any]]) -> dict[str, Any]:
    offset, limit = request.query.get_integer("offset", 0, 0), request.query.get_integer("limit", 50, 1, 50)
    shown = rows[offset : offset + limit]
    return {"total": len(rows), "count": len(shown), "limit": limit, "offset": offset, "items": shown}


def create_notebook(world: World, request: ApiRequest) -> dict[str, Any]:
    body = request.parse_fields()
    body.require("name", "image_id", "volume")
    name = body.get_name("name", 128, chinese=True)
    flavor = body.get_text("flavor", "modelarts.vm.cpu.2u")
    if flavor not in FLAVORS:
        raise ApiError("6330", f"The flavor {flavor} does not exist.")
    profile = next(
        (key for key in PROFILES if notebooks.make_image_id(key) == body.get_text("image_id")), None
    )
    if profile is None:
        raise ApiError("6336", "The image does not exist.", status=404)
    volume = body.get_child("volume")
    volume.require("category", "ownership")
    volume.get_choice("category", ("EVS", "EFS", "OBS", "OBSFS"))
    volume.get_choice("ownership", ("MANAGED", "DEDICATED"))
    volume.get_integer("capacity", 5, 5, 4096)
    workspace = request.check_new_workspace(world, body.get_text("workspace_id", "0"))
    lease = body.get_child("lease")
    duration = lease.get_integer(
        "duration", notebooks.MIN_LEASE_MS, notebooks.MIN_LEASE_MS, notebooks.MAX_LEASE_MS
    )
    kind = lease.get_choice("type", notebooks.LEASES, "TIMING")
    made = add_notebook(world, name, flavor, "CREATING", 0, 0, workspace, world.user[1])
    made.description = body.get_text("description", "", max_length=512, pattern=r"[^<>]*")
    made.profile, made.auto_stop, made.stop_after, made.lease_type = profile, True, duration // 1000, kind
    made.created = made.updated = world.now
    if pool_id := body.get_text("pool_id"):
        made.pool = (pool_id, require_pool(world, pool_id).name)
    made.run(world.now, "CREATING", 20)
    return notebooks.serialize(made, world.now, world.region)


def serialize_flavors() -> list[dict[str, Any]]:
    """Return the flavors of notebooks and services."""
    return [
        {
            "id": one.name,
            "name": f"{one.cpu} vCPUs {one.memory} GiB",
            "category": one.kind.upper(),
            "memory": one.memory,
            "vcpus": one.cpu,
            "free": one.free,
            "sold_out": one.sold_out,
            "gpu": {"gpu": one.gpu, "type": one.gpu_type} if one.gpu else None,
            "ascend": {"npu": one.ascend, "type": "ascend-910"} if one.ascend else None,
        }
        for one in FLAVORS.values()
    ]


def list_notebook_flavors(world: World, request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001
    page = serialize_page(request, serialize_flavors(), default=500, most=500)
    return page | {"flavors": page["data"]}


def list_images(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET images: built-in ones, or those saved of notebooks and jobs."""
    kind = request.query.get_choice("type", ("BUILD_IN", "DEDICATED"), "BUILD_IN")
    built_in = [
        {"id": notebooks.make_image_id(one.id), "name": one.name, "tag": "2.1.0", "description": one.words,
         "type": kind, "status": "ACTIVE", "origin": None, "swr_path": f"atelier/{one.image}:2.1.0"}
        for one in PROFILES.values()
    ]  # fmt: skip
    saved = [
        {"id": derive_uuid("saved image", *key), "type": kind, "origin": "IMAGE_SAVE", **image}
        for key, image in world.current.images.items()
    ]
    return serialize_page(request, built_in if kind == "BUILD_IN" else saved, default=200, most=500)
