"""The resources that the reference's own sample requests name, so that each can be sent as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matui.sim import jobs as j
from matui.sim.configs import Config
from matui.sim.pools import Pool
from matui.sim.services import Node
from matui.sim.timeline import Life
from matui.sim.visualizations import Visualization

if TYPE_CHECKING:
    from matui.sim.world import World

NOTEBOOK = "6fa459ea-ee8a-3ca4-894e-db77e160355e"
WORKSPACES = ("af261af2218841ec960b01ab3cf1a5fa", "ccd05d1a553b4e188ea878e7dcb85e47")
SERVICES = ("xxxxxx", "{service_id}")
MODELS = (
    "{model_id}", "023e90be-7e2a-4169-bab4-1bc34ff0ca45", "xxxmodel-idxxx", "xxxxxx", "xxxx",
    "eb6a4a8c-5713-4a27-b8ed-c7e694499af5", "598b913a-af3e-41ba-a1b5-bf065320f1e2",
)  # fmt: skip
CONFIGS = ("config", "test-trainconfig", "config123")
POOL = "8abf68a969c3cb3a0169c4acb24b0000"


def add_samples(world: World) -> None:
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
        POOL, Pool(POOL, "sample-pool", "running", world.now, "modelarts.vm.cpu.8ud", 1, 1, 5.5, 4096, 0.5)
    )
    for turn, key in enumerate(SERVICES):
        service = world.add_service(f"sample-{turn}", status="stopped", model=world.models.rows["xxxx"])
        _rename(world.services.rows, service.id, key, service)
        service.schedule = [{"type": "stop", "duration": 1, "time_unit": "HOURS"}]
        service.network = {"cluster_id": POOL}
    _edge_node(world)
    for name in CONFIGS:
        settings = {"worker_server_num": 1, "spec_id": 4, "engine_id": 3, "data_url": "/usr/data/"}
        world.configs.add(f"custom:{name}", Config(name, world.now, settings))
    _jobs(world)
    for store in world.stores():
        store.revision += 1


def _rename(rows: dict[str, Any], old: str, new: str, row: Any) -> None:
    del rows[old]
    row.id = new
    rows[new] = row


def _edge_node(world: World) -> None:
    service = world.services.rows["{service_id}"]
    service.nodes = [Node("{node_id}", "sample-node", "10.20.0.9", Life([(world.now, "stopped")]))]


def _jobs(world: World) -> None:
    job = world.add_job("TestJob", status=j.RUNNING, versions=2, log_lines=200)
    del world.jobs.rows[str(job.id)]
    job.id = 10
    first, second = job.versions
    first.id, second.id, second.previous = 20, 10, 20
    second.files = ("log1.log",)
    world.jobs.add("10", job)
    life = Life([(world.now - 3_600_000, j.INIT), (world.now - 3_500_000, j.RUNNING)])
    world.visualizations.add(
        "10", Visualization(10, "sample-board", life, world.now - 3_600_000, "/obs/name/")
    )
