"""The notebooks, models and services a world begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matui.sim.world.entities.models import KINDS, TYPES, Model
from matui.sim.world.entities.notebooks import STOP_S, Notebook, default_storage
from matui.sim.world.entities.services import Event, Node, Service, Update
from matui.sim.world.random import hex_id, uuid_of
from matui.sim.world.timeline import Life

if TYPE_CHECKING:
    from matui.sim.world.world import World

MINUTE, DAY = 60_000, 86_400_000
_MOST = 1000

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


def seed_notebooks(world: World) -> None:
    """Add the notebooks, more of them at a larger scale."""
    for turn in range(min(_MOST, len(_NOTEBOOKS) * world.scale)):
        name, flavor, status, ago, stop_s, space, owner = _NOTEBOOKS[turn % len(_NOTEBOOKS)]
        name = name if turn < len(_NOTEBOOKS) else f"{name}-{turn:04d}"
        add_notebook(world, name, flavor, status, ago * MINUTE, stop_s, world.workspace_at(space), owner)


def add_notebook(
    world: World, name: str, flavor: str, status: str, ago: float, stop_s: int, workspace: str, owner: str
) -> Notebook:
    """Add a notebook that has been in ``status`` for ``ago`` ms."""
    since = world.now - round(ago)
    turn = len(world.notebooks)
    life: Life[str] = Life([(since, status)])
    if status == "RUNNING" and stop_s:
        end = since + stop_s * 1000
        life.steps += [(end, "STOPPING"), (end + round(STOP_S * 1000), "STOPPED")]
    elif status == "STARTING":
        life.steps.append((world.now + 6000, "RUNNING"))
    profile = next((image for key, image in _PROFILES.items() if key in flavor), "Python3")
    key = f"DE-{uuid_of(world.seed, 'notebook', turn)}"
    created = since - (turn + 1) * DAY
    notebook = Notebook(
        key, name, flavor, profile, life, created, since, (hex_id("user", owner), owner), workspace
    )
    notebook.auto_stop, notebook.stop_after = bool(stop_s), stop_s or 3600
    notebook.storage = default_storage(5 + 15 * (turn % 4))
    if flavor.endswith("8xlarge"):
        notebook.pool = ("pool9928813f", "p100")
    return world.notebooks.add(key, notebook)


_MODELS = (
    ("helmet-yolov5", "PyTorch", ("0.9.0", "1.0.0", "1.1.0")),
    ("ocr-receipts", "TensorFlow", ("2.0.1", "2.1.0")),
    ("ctr-deepfm", "TensorFlow", ("12.0.3", "12.0.4", "12.1.1")),
    ("asr-aishell", "PyTorch", ("1.0.0",)),
    ("医疗影像分割", "MindSpore", ("1.2.3",)),
    ("churn-xgb", "XGBoost", ("3.1.4",)),
)


def seed_models(world: World) -> None:
    """Add models in several versions; one failed to build."""
    for copy in range(min(_MOST, world.scale)):
        for turn, (name, kind, versions) in enumerate(_MODELS):
            for step, version in enumerate(versions):
                shown = name if copy == 0 else f"{name}-{copy:04d}"
                status = "building_failed" if (turn, step) == (0, 0) else "published"
                add_model(world, shown, version, kind, status, (turn * 5 + step + 1) * DAY)


def add_model(world: World, name: str, version: str, kind: str, status: str, ago: int) -> Model:
    """Add a model imported ``ago`` ms ago."""
    key = uuid_of(world.seed, "model", len(world.models))
    created = world.now - ago
    size = 4_000_000 + int(hex_id(key, digits=6), 16) * 9
    model = Model(
        key, name, version, kind if kind in TYPES else "Image", Life([(created, status)]), created, size
    )
    model.install_type = KINDS
    return world.models.add(key, model)


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


def seed_services(world: World) -> None:
    """Add the services, more of them at a larger scale."""
    for turn in range(min(_MOST, len(_SERVICES) * world.scale)):
        name, kind, status, model, days, rate, misses, space = _SERVICES[turn % len(_SERVICES)]
        name = name if turn < len(_SERVICES) else f"{name}-{turn:04d}"
        models = list(world.models)
        service = add_service(world, name, kind, status, models[model % len(models)], round(days * DAY))
        service.rate, service.misses, service.workspace = rate, misses, world.workspace_at(space)
        if name == "ctr-ranking":
            _split(service, models)
        if name == "receipts-canary":
            service.schedule = [{"type": "stop", "duration": 2, "time_unit": "HOURS"}]
            service.deploy(service.published)


def _split(service: Service, models: list[Model]) -> None:
    second = dict(service.config[0])
    service.config[0]["weight"] = 90
    canary = next(
        m for m in models if m.name == service.config[0]["model_name"] and m.id != second["model_id"]
    )
    second |= {"model_id": canary.id, "model_version": canary.version, "weight": 10}
    service.config.append(second)


def add_service(world: World, name: str, kind: str, status: str, model: Model, ago: int) -> Service:
    """Add a service that was published ``ago`` ms ago and is in ``status``."""
    turn, at = len(world.services), world.now - ago
    key = uuid_of(world.seed, "service", turn)
    service = Service(
        key, name, kind, Life([(at, "deploying")]), at, at, at, [_entry(kind, model)], seed=turn
    )
    service.works = status != "failed"
    if status != "deploying":
        service.lasts_s = 5400.0
        service.deploy(at)
        if status != "failed":
            service.life.steps = [(at, "deploying"), (at + (45_000 if ago > 60_000 else 0), "running")]
        if status not in ("running", "failed"):
            service.life.steps.append((world.now - min(ago // 2, 40 * MINUTE), status))
        elif status == "running" and kind == "batch":
            service.life.steps.append((world.now + 50 * MINUTE, "finished"))
    else:
        service.deploy(at)
    if kind == "edge":
        service.nodes = _nodes(world, at)
    if status == "concerning":
        reason = "liveness probe failed 5 times on 1 of 2 instances: 模型实例异常, connection refused"
        service.events.append(Event(service.life.since(world.now), "abnormal", reason))
    service.updates = [Update(at, at + 45_000, service.works, [dict(entry) for entry in service.config])]
    return world.services.add(key, service)


def _entry(kind: str, model: Model) -> dict[str, Any]:
    entry: dict[str, Any] = {"model_id": model.id, "model_name": model.name, "model_version": model.version}
    entry |= {"specification": "modelarts.vm.gpu.p4" if model.type == "PyTorch" else "modelarts.vm.cpu.2u"}
    if kind == "real-time":
        return entry | {"weight": 100, "instance_count": 2}
    if kind == "edge":
        return entry
    home = "https://ml-platform-data.obs.cn-north-4.myhuaweicloud.com"
    paths = {"src_path": f"{home}/{model.name}/in/", "dest_path": f"{home}/{model.name}/out/"}
    return entry | {"instance_count": 1, "req_uri": "/", "mapping_type": "file", **paths}


def _nodes(world: World, at: int) -> list[Node]:
    states = (
        ("running", "RUNNING"),
        ("running", "RUNNING"),
        ("failed", "UNCONNECTED"),
        ("stopped", "RUNNING"),
    )
    names = list(world.edge_nodes.items())
    return [
        Node(
            key,
            name,
            f"10.20.0.{turn + 11}",
            Life([(at, states[turn % 4][0])]),
            states[turn % 4][1],
            turn % 2,
        )
        for turn, (key, name) in enumerate(names[:4])
    ]
