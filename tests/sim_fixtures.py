"""Sets of resources for tests: hostile names and fields, and the resources of the reference's samples."""

from __future__ import annotations

from typing import Any

from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.jobs import Config, SimVisualization
from matui.sim.world.entities.pools import SimPool
from matui.sim.world.entities.services import SimEdgeNode
from matui.sim.world.timeline import Timeline
from tests.seeded_world import SeededWorld

NAMES = (
    "[red]alarm[/red]",
    "broken [/b] markup",
    "esc \x1b[31mred\x1b[0m \x1b]0;title\x07 bell",
    "训练任务-大模型-预训练",
    "rocket 🚀 family 👨‍👩‍👧‍👦 flag 🇨🇳",
    "two\nlines\r\nand\ttab",
    "bidi \u202egnp.exe\u202c \u2066x\u2069",
    "x" * 300,
    "",
    "null\x00byte \x9b31m c1",
    "zero\u200bwidth a\u0301\u0302\u0303",
)
_JOB_OVERRIDES: tuple[dict[str, Any], ...] = (
    {"status": 99},
    {"status": "8"},
    {"status": None},
    {"create_time": "1594887749962", "duration": "532003"},
    {"create_time": None, "duration": None, "job_desc": None},
    {"version_count": "5", "version_id": None},
    {"duration": 10**20, "create_time": 10**18},
    {"create_time": -1, "duration": -5},
)
_NOTEBOOK_OVERRIDES: tuple[dict[str, Any], ...] = (
    {"status": "[bold]HIBERNATING"},
    {"status": None, "spec": None},
    {"profile": None, "flavor_details": None, "user": None},
    {"creation_timestamp": 1594887749962, "latest_update_timestamp": None},
    {"creation_timestamp": "not a number"},
)
_SERVICE_OVERRIDES: tuple[dict[str, Any], ...] = (
    {"status": "meditating\x1b[2J"},
    {"invocation_times": "12", "failed_times": None, "progress": "55"},
    {"schedule": None, "due_time": "1584626633902", "config": None},
    {"publish_at": None, "transition_at": "", "additional_properties": None},
)
_WORKSPACE_OVERRIDES: tuple[dict[str, Any], ...] = (
    {"status": "FROZEN[/]", "auth_type": None},
    {"create_time": "1470000020000", "update_time": None, "grants": None},
)


_MODEL_OVERRIDES: tuple[dict[str, Any], ...] = (
    {"model_status": "pondering", "model_size": "5012312"},
    {"apis": "not json", "config": "{", "model_metrics": None, "dependencies": None},
    {"create_at": None, "install_type": None, "model_size": -1},
)
_VISUALIZATION_OVERRIDES: tuple[dict[str, Any], ...] = (
    {"status": "99", "schedule": {"type": "stop", "time_unit": "HOURS", "duration": 1}},
    {"remaining_duration": "5", "service_url": None, "create_time": 15099239923},
)
_POOL_OVERRIDES: tuple[dict[str, Any], ...] = (
    {"nodes": [{"specification": "[b]", "count": "2", "available_count": None}], "status": "napping"},
    {"nodes": None, "allocatable_gpus": "0.5", "created_at": "1574923077927"},
)
NOTEBOOK = "6fa459ea-ee8a-3ca4-894e-db77e160355e"
WORKSPACES = ("af261af2218841ec960b01ab3cf1a5fa", "ccd05d1a553b4e188ea878e7dcb85e47")
SERVICES = ("xxxxxx", "{service_id}")
MODELS = (
    "{model_id}", "023e90be-7e2a-4169-bab4-1bc34ff0ca45", "xxxmodel-idxxx", "xxxxxx", "xxxx",
    "eb6a4a8c-5713-4a27-b8ed-c7e694499af5", "598b913a-af3e-41ba-a1b5-bf065320f1e2",
)  # fmt: skip
CONFIGS = ("config", "test-trainconfig", "config123")
POOL = "8abf68a969c3cb3a0169c4acb24b0000"


def add_hostile(world: SeededWorld) -> None:
    """Add resources with control characters, markup, long names and malformed fields."""
    for turn, name in enumerate(NAMES):
        job = world.add_job(f"hostile-{turn}", status=(8, 10, 11)[turn % 3], description=name, log_lines=40)
        job.override = {"job_name": name} | _JOB_OVERRIDES[turn % len(_JOB_OVERRIDES)]
        job.missing = (("duration",), ("job_desc", "version_count"), ())[turn % 3]
        notebook = world.add_notebook(f"hostile-{turn}", status="STOPPED")
        notebook.override = {"name": name} | _NOTEBOOK_OVERRIDES[turn % len(_NOTEBOOK_OVERRIDES)]
        notebook.missing = ((), ("spec",), ("workspace", "profile"))[turn % 3]
        service = world.add_service(f"hostile-{turn}", status="running")
        service.override = {"service_name": name} | _SERVICE_OVERRIDES[turn % len(_SERVICE_OVERRIDES)]
        service.missing = ((), ("progress", "description"), ("publish_at",))[turn % 3]
        workspace = world.add_workspace(f"hostile-{turn}", description=name)
        workspace.override = {"name": name} | _WORKSPACE_OVERRIDES[turn % len(_WORKSPACE_OVERRIDES)]
    _add_other_kinds(world)
    nasty = [*NAMES, "y" * 20_000, "\x1b[2J\x1b[H", "[/]", "\ud7ff\ufffd"]
    job = world.add_job("hostile-log", status="RUNNING", log_lines=20)
    world.append_log(job, None, "", [line.replace("\n", " ") for line in nasty])


def _add_other_kinds(world: SeededWorld) -> None:
    for turn, name in enumerate(NAMES):
        model = world.add_model(f"hostile-{turn}")
        model.override = {"model_name": name} | _MODEL_OVERRIDES[turn % len(_MODEL_OVERRIDES)]
        visualization = world.add_visualization(f"hostile-{turn}")
        visualization.override = {"job_name": name} | _VISUALIZATION_OVERRIDES[
            turn % len(_VISUALIZATION_OVERRIDES)
        ]
        pool = world.add_pool(f"hostile-{turn}")
        pool.override = {"cluster_name": name} | _POOL_OVERRIDES[turn % len(_POOL_OVERRIDES)]
        config = world.add_config(f"hostile-{turn}")
        config.override = {"config_name": name, "config_desc": None, "create_time": str(turn)}


def add_samples(world: SeededWorld) -> None:
    """Add every resource that a sample request of chapters 4 to 8 names."""
    for key in WORKSPACES:
        workspace = world.add_workspace(f"sample-{key[:4]}")
        _rename(world.workspaces.rows, workspace.id, key, workspace)
    notebook = world.add_notebook("sample-notebook", status="STOPPED", flavor="modelarts.bm.gpu.v100NV32")
    _rename(world.notebooks.rows, notebook.id, NOTEBOOK, notebook)
    for turn, key in enumerate(MODELS):
        model = world.add_model("sample-model", version=f"1.0.{turn}")
        _rename(world.models.rows, model.id, key, model)
    world.pools.add(
        POOL, SimPool(POOL, "sample-pool", "running", world.now, "modelarts.vm.cpu.8ud", 1, 1, 5.5, 4096, 0.5)
    )
    for turn, key in enumerate(SERVICES):
        service = world.add_service(f"sample-{turn}", status="stopped", model=world.models.rows["xxxx"])
        _rename(world.services.rows, service.id, key, service)
        service.schedule = [{"type": "stop", "duration": 1, "time_unit": "HOURS"}]
        service.network = {"cluster_id": POOL}
    _add_edge_node(world)
    for name in CONFIGS:
        settings = {"worker_server_num": 1, "spec_id": 4, "engine_id": 3, "data_url": "/usr/data/"}
        world.configs.add(f"custom:{name}", Config(name, world.now, settings))
    _add_jobs(world)
    for store in world.list_stores():
        store.revision += 1


def _rename(rows: dict[str, Any], old: str, new: str, row: Any) -> None:
    del rows[old]
    row.id = new
    rows[new] = row


def _add_edge_node(world: SeededWorld) -> None:
    service = world.services.rows["{service_id}"]
    service.nodes = [SimEdgeNode("{node_id}", "sample-node", "10.20.0.9", Timeline([(world.now, "stopped")]))]


def _add_jobs(world: SeededWorld) -> None:
    job = world.add_job("TestJob", status=j.RUNNING, versions=2, log_lines=200)
    del world.jobs.rows[str(job.id)]
    job.id = 10
    first, second = job.versions
    first.id, second.id, second.previous = 20, 10, 20
    second.files = ("log1.log",)
    world.jobs.add("10", job)
    timeline = Timeline([(world.now - 3_600_000, j.INIT), (world.now - 3_500_000, j.RUNNING)])
    world.visualizations.add(
        "10", SimVisualization(10, "sample-board", timeline, world.now - 3_600_000, "/obs/name/")
    )
