"""The initial resources of a world, except for jobs."""

from __future__ import annotations

from typing import Any

from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.jobs import Config, SimVisualization
from matui.sim.world.entities.notebooks import STOP_S, SimDevServer, SimNotebook, build_default_storage
from matui.sim.world.entities.pools import SimPool
from matui.sim.world.entities.services import (
    KINDS,
    TYPES,
    Model,
    ServiceUpdate,
    SimEdgeNode,
    SimService,
    SimServiceEvent,
)
from matui.sim.world.entities.workspaces import SimWorkspace, make_quotas
from matui.sim.world.random import derive_id, derive_uuid
from matui.sim.world.state import WorldState
from matui.sim.world.timeline import Timeline

MINUTE, DAY = 60_000, 86_400_000
_MAX_RESOURCES = 1000

_NOTEBOOKS: tuple[tuple[str, str, str, float, int, int, str], ...] = (
    ("li-wei-scratch", "modelarts.bm.gpu.v100NV32", "RUNNING", 55, 3600, 0, "li.wei"),
    ("pangu-debug", "modelarts.kat1.8xlarge", "RUNNING", 190, 0, 0, "li.wei"),
    ("ocr-error-analysis", "modelarts.vm.gpu.p100", "RUNNING", 20, 7200, 0, "zhang.min"),
    ("ctr-features", "modelarts.vm.cpu.8u", "RUNNING", 400, 28800, 0, "wang.fang"),
    ("helmet-labels", "modelarts.vm.cpu.2u", "STOPPED", 2900, 3600, 0, "zhang.min"),
    ("bert-probing", "modelarts.bm.gpu.v100NV32", "START_FAILED", 18, 3600, 0, "chen.jie"),
    ("eval-dashboard", "modelarts.vm.cpu.2u", "RUNNING", 4300, 0, 0, "ops_dev_env"),
    ("old-tutorial", "modelarts.vm.cpu.free", "STOPPED", 40000, 3600, 0, "guest"),
    ("quantize-int8", "modelarts.vm.gpu.p100", "STOPPED", 700, 7200, 0, "wang.fang"),
    ("medseg-review", "modelarts.vm.gpu.t4", "UNAVAILABLE", 1500, 3600, 0, "zhao.lei"),
    ("asr-playground", "modelarts.vm.gpu.p100", "STARTING", 0.05, 3600, 0, "sun.hao"),
    ("nightly-report", "modelarts.vm.cpu.2u", "STOPPED", 260, 86400, 0, "ops_dev_env"),
    ("segment-anything", "modelarts.bm.gpu.v100NV32", "RUNNING", 30, 3600, 1, "zhao.lei"),
    ("adclick-eda", "modelarts.vm.cpu.8u", "STOPPED", 90, 3600, 2, "wang.fang"),
)
_PROFILES = {"gpu": "Python3-gpu", "cpu": "Python3", "kat": "Ascend-Powered-Engine-1.0"}
_MODELS = (
    ("helmet-yolov5", "PyTorch", ("0.9.0", "1.0.0", "1.1.0")),
    ("ocr-receipts", "TensorFlow", ("2.0.1", "2.1.0")),
    ("ctr-deepfm", "TensorFlow", ("12.0.3", "12.0.4", "12.1.1")),
    ("asr-aishell", "PyTorch", ("1.0.0",)),
    ("医疗影像分割", "MindSpore", ("1.2.3",)),
    ("churn-xgb", "XGBoost", ("3.1.4",)),
)
_SERVICES: tuple[tuple[str, str, str, int, float, float, float, int], ...] = (
    ("ocr-receipts-prod", "real-time", "running", 4, 31, 18.5, 0.002, 0),
    ("helmet-detector", "real-time", "concerning", 2, 3.4, 6.2, 0.11, 0),
    ("ctr-ranking", "real-time", "running", 7, 12.6, 240.0, 0.0004, 0),
    ("asr-streaming", "real-time", "failed", 8, 0.03, 0.0, 0.0, 0),
    ("churn-weekly", "batch", "finished", 10, 2.2, 0.0, 0.0, 0),
    ("medseg-backfill", "batch", "running", 9, 0.02, 0.0, 0.0, 0),
    ("gate-cameras", "edge", "running", 2, 45, 3.0, 0.01, 0),
    ("receipts-canary", "real-time", "deploying", 4, 0.0002, 1.5, 0.02, 0),
    ("demo-hackathon", "real-time", "stopped", 3, 60, 0.8, 0.05, 2),
)
_WORKSPACES = (
    ("default", "", "PUBLIC", "NORMAL", ("0", "default"), 900),
    ("perception", "Detection, OCR and 医疗影像 models", "INTERNAL", "NORMAL", ("vision", "eps-vision"), 410),
    ("ranking_and_ads", "CTR models, retrained every night", "PUBLIC", "NORMAL",
     ("growth", "eps-growth"), 380),
    ("speech-lab", "ASR and TTS", "PRIVATE", "NORMAL", ("speech", "eps-speech"), 120),
    ("old-automl-trials", "to be removed, resources are left in it", "PUBLIC", "DELETE_FAILED",
     ("0", "default"), 700),
)  # fmt: skip
_VISUALIZATIONS = (
    ("bert-large-zh-tb", j.RUNNING, 25, 1, "/ml-platform-out/bert-large-zh/"),
    ("pangu-loss", j.RUNNING, 300, 0, "/ml-platform-out/pangu-13b-pretrain/"),
    ("yolov5-helmet-tb", j.KILLED, 2000, 1, "/ml-platform-out/yolov5-helmet/"),
    ("ocr-attention-maps", j.FAILED, 420, 1, "/ml-platform-out/ocr-crnn-receipts/"),
    ("unet-previews", j.WAITING, 1, 4, "/ml-platform-out/unet-medseg/"),
    ("resnet50-tb", j.KILLED, 9000, 2, "/ml-platform-out/resnet50-imagenet-8p/"),
)
_CONFIGS = (
    ("resnet50-8p", "baseline, 8 cards", 6, 27, "custom"),
    ("bert-large-zh", "MLM, seq 512", 6, 27, "custom"),
    ("ctr-nightly", "每日重训", 2, 3, "custom"),
    ("pangu-13b", "8 Ascend nodes", 11, 130, "custom"),
    ("mnist-tf", "a first job with TensorFlow", 1, 1, "sample"),
    ("flowers-mxnet", "image classification with MXNet", 4, 13, "sample"),
)
_POOLS = (
    ("prod-inference", "running", "modelarts.vm.cpu.8ud", 12, 12, 21.5, 93184, 0.0,
     "real-time services only"),
    ("v100-shared", "running", "modelarts.bm.gpu.8v100NV32", 8, 7, 34.0, 262144, 6.5,
     "training and notebooks"),
    ("ascend-910", "concerning", "modelarts.kat1.8xlarge", 16, 13, 192.0, 720896, 8.0, "3 nodes NotReady"),
    ("edge-trial", "deploying", "modelarts.vm.arm.d310.3u6g", 2, 0, 0.0, 0, 0.0, ""),
)  # fmt: skip
_DEVSERVERS = (
    ("pangu-910b-01", "RUNNING", "physical.kat2ne.48xlarge.8.313t.ei.pod101", "BMS"),
    ("pangu-910b-02", "RUNNING", "physical.kat2ne.48xlarge.8.313t.ei.pod101", "BMS"),
    ("operator-dev", "STOPPED", "kat2.large.4", "ECS"),
    ("cluster-canary", "REBOOT_FAILED", "physical.kat2ne.48xlarge.8.313t.ei.pod101", "BMS"),
)


def seed_notebooks(world: WorldState) -> None:
    """Add notebooks in proportion to the scale."""
    for turn in range(min(_MAX_RESOURCES, len(_NOTEBOOKS) * world.scale)):
        name, flavor, status, ago, stop_s, space, owner = _NOTEBOOKS[turn % len(_NOTEBOOKS)]
        name = name if turn < len(_NOTEBOOKS) else f"{name}-{turn:04d}"
        add_notebook(world, name, flavor, status, ago * MINUTE, stop_s, world.get_workspace_id(space), owner)


def add_notebook(
    world: WorldState,
    name: str,
    flavor: str,
    status: str,
    ago: float,
    stop_s: int,
    workspace: str,
    owner: str,
) -> SimNotebook:
    """Add a notebook that has been in ``status`` for ``ago`` ms."""
    since = world.now - round(ago)
    turn = len(world.notebooks)
    timeline: Timeline[str] = Timeline([(since, status)])
    if status == "RUNNING" and stop_s:
        end = since + stop_s * 1000
        timeline.steps += [(end, "STOPPING"), (end + round(STOP_S * 1000), "STOPPED")]
    elif status == "STARTING":
        timeline.steps.append((world.now + 6000, "RUNNING"))
    profile = next((image for key, image in _PROFILES.items() if key in flavor), "Python3")
    key = f"DE-{derive_uuid(world.seed, 'notebook', turn)}"
    created = since - (turn + 1) * DAY
    notebook = SimNotebook(
        key, name, flavor, profile, timeline, created, since, (derive_id("user", owner), owner), workspace
    )
    notebook.auto_stop, notebook.stop_after = bool(stop_s), stop_s or 3600
    notebook.storage = build_default_storage(5 + 15 * (turn % 4))
    if flavor.endswith("8xlarge"):
        notebook.pool = ("pool9928813f", "p100")
    return world.notebooks.add(key, notebook)


def seed_models(world: WorldState) -> None:
    """Add models with several versions; one has failed to build."""
    for copy in range(min(_MAX_RESOURCES, world.scale)):
        for turn, (name, kind, versions) in enumerate(_MODELS):
            for step, version in enumerate(versions):
                shown = name if copy == 0 else f"{name}-{copy:04d}"
                status = "building_failed" if (turn, step) == (0, 0) else "published"
                add_model(world, shown, version, kind, status, (turn * 5 + step + 1) * DAY)


def add_model(world: WorldState, name: str, version: str, kind: str, status: str, ago: int) -> Model:
    """Add a model imported ``ago`` ms ago."""
    key = derive_uuid(world.seed, "model", len(world.models))
    created = world.now - ago
    size = 4_000_000 + int(derive_id(key, digits=6), 16) * 9
    model = Model(
        key, name, version, kind if kind in TYPES else "Image", Timeline([(created, status)]), created, size
    )
    model.install_type = KINDS
    return world.models.add(key, model)


def seed_services(world: WorldState) -> None:
    """Add services in proportion to the scale."""
    for turn in range(min(_MAX_RESOURCES, len(_SERVICES) * world.scale)):
        name, kind, status, model, days, rate, failure_rate, space = _SERVICES[turn % len(_SERVICES)]
        name = name if turn < len(_SERVICES) else f"{name}-{turn:04d}"
        models = list(world.models)
        service = add_service(world, name, kind, status, models[model % len(models)], round(days * DAY))
        service.rate, service.failure_rate = rate, failure_rate
        service.workspace = world.get_workspace_id(space)
        if name == "ctr-ranking":
            _split_traffic(service, models)
        if name == "receipts-canary":
            service.schedule = [{"type": "stop", "duration": 2, "time_unit": "HOURS"}]
            service.deploy(service.published)


def _split_traffic(service: SimService, models: list[Model]) -> None:
    second = dict(service.config[0])
    service.config[0]["weight"] = 90
    canary = next(
        m for m in models if m.name == service.config[0]["model_name"] and m.id != second["model_id"]
    )
    second |= {"model_id": canary.id, "model_version": canary.version, "weight": 10}
    service.config.append(second)


def add_service(world: WorldState, name: str, kind: str, status: str, model: Model, ago: int) -> SimService:
    """Add a service that was published ``ago`` ms ago and is in ``status``."""
    turn, at = len(world.services), world.now - ago
    key = derive_uuid(world.seed, "service", turn)
    service = SimService(
        key, name, kind, Timeline([(at, "deploying")]), at, at, at, [_build_entry(kind, model)], seed=turn
    )
    service.succeeds = status != "failed"
    if status != "deploying":
        service.duration_s = 5400.0
        service.deploy(at)
        if status != "failed":
            service.timeline.steps = [(at, "deploying"), (at + (45_000 if ago > MINUTE else 0), "running")]
        if status not in ("running", "failed"):
            service.timeline.steps.append((world.now - min(ago // 2, 40 * MINUTE), status))
        elif status == "running" and kind == "batch":
            service.timeline.steps.append((world.now + 50 * MINUTE, "finished"))
    else:
        service.deploy(at)
    if kind == "edge":
        service.nodes = _build_nodes(world, at)
    if status == "concerning":
        reason = "liveness probe failed 5 times on 1 of 2 instances: 模型实例异常, connection refused"
        service.events.append(
            SimServiceEvent(service.timeline.find_entry_time(world.now), "abnormal", reason)
        )
    service.updates = [
        ServiceUpdate(at, at + 45_000, service.succeeds, [dict(entry) for entry in service.config])
    ]
    return world.services.add(key, service)


def _build_entry(kind: str, model: Model) -> dict[str, Any]:
    entry: dict[str, Any] = {"model_id": model.id, "model_name": model.name, "model_version": model.version}
    entry |= {"specification": "modelarts.vm.gpu.p4" if model.type == "PyTorch" else "modelarts.vm.cpu.2u"}
    if kind == "real-time":
        return entry | {"weight": 100, "instance_count": 2}
    if kind == "edge":
        return entry
    home = "https://ml-platform-data.obs.cn-north-4.myhuaweicloud.com"
    paths = {"src_path": f"{home}/{model.name}/in/", "dest_path": f"{home}/{model.name}/out/"}
    return entry | {"instance_count": 1, "req_uri": "/", "mapping_type": "file", **paths}


def _build_nodes(world: WorldState, at: int) -> list[SimEdgeNode]:
    places = (
        ("running", "RUNNING"),
        ("running", "RUNNING"),
        ("failed", "UNCONNECTED"),
        ("stopped", "RUNNING"),
    )
    nodes = zip(world.edge_nodes.items(), places, strict=False)
    return [
        SimEdgeNode(key, name, f"10.20.0.{turn + 11}", Timeline([(at, state)]), place, turn % 2)
        for turn, ((key, name), (state, place)) in enumerate(nodes)
    ]


def seed_workspaces(world: WorldState, *, only_default: bool = False) -> None:
    """Add the workspaces; the default one has the id 0."""
    for turn, (name, description, auth, status, (project, project_name), days) in enumerate(_WORKSPACES):
        created = world.now - days * DAY
        key = "0" if turn == 0 else derive_id(world.seed, "workspace", turn)
        workspace = SimWorkspace(
            key, name, Timeline([(created, status)]), created, created + turn * DAY, world.user[1]
        )
        workspace.description, workspace.auth_type = description, auth
        workspace.enterprise = ("0" if project == "0" else derive_uuid("project", project), project_name)
        if auth == "INTERNAL":
            workspace.grants = [
                (derive_id("user", who), who) for who in ("li.wei", "zhang.min", "ops_dev_env")
            ]
        workspace.quotas = make_quotas((world.seed, turn), created, limited=turn != 0)
        world.workspaces.add(key, workspace)
        if only_default:
            return


def seed_visualizations(world: WorldState) -> None:
    """Add visualization jobs in proportion to the scale."""
    for turn in range(min(300, len(_VISUALIZATIONS) * world.scale)):
        name, status, ago, hours, url = _VISUALIZATIONS[turn % len(_VISUALIZATIONS)]
        name = name if turn < len(_VISUALIZATIONS) else f"{name[:14]}-{turn:04d}"
        since = world.now - ago * MINUTE
        job = SimVisualization(
            world.take_visualization_id(), name, Timeline([(since - 40_000, j.INIT)]), since - 40_000, url
        )
        job.hours = hours
        if status == j.RUNNING:
            job.launch(since)
        elif status == j.WAITING:
            job.timeline.steps += [(since, j.WAITING), (world.now + 40_000, j.RUNNING)]
        else:
            job.timeline.steps += [(since, j.RUNNING), (since + 3_000_000, status)]
        world.visualizations.add(str(job.id), job)


def seed_configs(world: WorldState) -> None:
    """Add the configurations, custom and sample ones."""
    for turn, (name, description, spec, engine, kind) in enumerate(_CONFIGS):
        settings = {
            "worker_server_num": 1,
            "app_url": f"/ml-platform-code/{name}/",
            "boot_file_url": f"/ml-platform-code/{name}/train.py",
            "spec_id": spec,
            "engine_id": engine,
            "data_url": f"/ml-platform-data/{name}/",
            "parameter": [{"label": "learning_rate", "value": 0.01}],
            "train_url": f"/ml-platform-out/{name}/",
            "log_url": "/ml-platform-logs/",
        }
        created = world.now - (turn + 2) * 11 * DAY
        world.configs.add(f"{kind}:{name}", Config(name, created, settings, kind, description))


def seed_pools(world: WorldState) -> None:
    for turn, (name, status, specification, nodes, available, cores, memory, gpus, description) in enumerate(
        _POOLS
    ):
        key = derive_id(world.seed, "pool", turn)
        created = world.now - (turn * 97 + 30) * DAY
        pool = SimPool(
            key, name, status, created, specification, nodes, available, cores, memory, gpus, description
        )
        world.pools.add(key, pool)


def seed_devservers(world: WorldState) -> None:
    for turn, (name, status, flavor, machine) in enumerate(_DEVSERVERS):
        created = world.now - (turn * 31 + 4) * DAY
        server = SimDevServer(
            derive_uuid(world.seed, "dev", turn),
            name,
            flavor,
            machine,
            Timeline([(created, status)]),
            created,
        )
        world.devservers.add(server.id, server)
