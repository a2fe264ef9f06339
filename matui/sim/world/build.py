"""Compose a world: its resources, its arrivals and its fixtures."""

from __future__ import annotations

from matui.base.clock import Clock
from matui.sim.world import seeds
from matui.sim.world.entities.jobs import SimRecovery
from matui.sim.world.entities.pools import SimPool, SimScheduledEvent
from matui.sim.world.entities.services import DeploymentVersion, SimDeployment
from matui.sim.world.incident import add_incident
from matui.sim.world.job_seeds import seed_jobs, submit_arrival
from matui.sim.world.random import derive_id
from matui.sim.world.state import WorldState
from matui.sim.world.world import World, build_node_name, make_pool_id

HOUR = 3_600_000
PROJECT_ID = "0123456789abcdef0123456789abcdef"
_RECOVERED = "pangu-13b-pretrain"
_NOTIFIES = {_RECOVERED: ("JobFailed", "JobHanged", "JobRestarted"), "bert-large-zh": ("JobFailed",)}
# Pool and node: notebooks of one card on two nodes leave no two whole ones for the job that waits.
_IN_POOLS = {
    "li-wei-scratch": ("v100-shared", 5),
    "segment-anything": ("v100-shared", 6),
    "pangu-debug": ("ascend-910", 12),
}
_EXPERIMENTS = {"pangu-13b-pretrain": "pretraining", "resnet50-imagenet-8p": "ablations"}
_TUNED = ("gpt2-finetune-support", "bert-large-zh", "tts-fastspeech2")


def seed_v2(world: WorldState) -> None:
    """Add to the seeded resources what v1 does not show of them."""
    for job in world.jobs:
        newest = job.latest
        if newest is None:
            continue
        newest.notify = _NOTIFIES.get(job.name, ())
        newest.tuned = job.name in _TUNED
        newest.experiment = _EXPERIMENTS.get(job.name, "")
        if job.name == _RECOVERED:
            newest.recoveries = _build_recoveries(world.now)
    pools = {pool.name: pool for pool in world.pools}
    _add_maintenance(world, pools)
    _add_versions(world)
    for notebook in world.notebooks:
        name, at = _IN_POOLS.get(notebook.name, ("", 0))
        if name in pools:
            world.current.in_pools[notebook.id] = make_pool_id(pools[name])
            world.current.placed[notebook.id] = [at]


def _add_maintenance(world: WorldState, pools: dict[str, SimPool]) -> None:
    """Add a reboot that waits for consent, one that is accepted, and one that is over."""
    plans = (
        ("v100-shared", 1, "node_reboot", "inquiring", 9 * HOUR, "The kernel is updated; the node reboots."),
        ("ascend-910", 4, "system-maintenance", "scheduled", 33 * HOUR, "A fan is replaced."),
        ("ascend-910", 9, "node_reboot", "scheduled", -20 * HOUR, "The driver was updated."),
    )
    for turn, (pool, at, kind, state, ahead, words) in enumerate(plans):
        if pool in pools:
            key = f"event-{derive_id('maintenance', world.seed, turn, digits=12)}"
            node, begins = build_node_name(pools[pool], at), world.now + ahead
            event = SimScheduledEvent(
                key, kind, state, make_pool_id(pools[pool]), node, world.now - 30 * HOUR, begins, words
            )
            event.catalog = "hardware" if kind == "system-maintenance" else "software"
            world.current.maintenance[event.id] = event


def _add_versions(world: WorldState) -> None:
    """Add a service with three versions, of which the newest was deployed an hour ago."""
    service = next((one for one in world.services if one.compute_status(world.now) == "running"), None)
    if service is None:
        return
    versions = [
        DeploymentVersion(version, world.now - round(ago * HOUR), words, {
            "flavor": "modelarts.vm.gpu.p100",
            "image": {"source": "SWR", "swr_path": f"atelier/serving:{version}", "category": "GPU"},
            "cmd": "python serve.py",
            "envs": {"MAX_BATCH": batch, "HF_TOKEN": "hf_not_a_real_one"},
            "port": 8080,
        })
        for version, ago, words, batch in (
            ("1.0.0", 900, "first", "16"),
            ("1.1.0", 240, "larger batches", "32"),
            ("1.2.0", 1, "new tokenizer", "64"),
        )
    ]  # fmt: skip
    made = SimDeployment("infer-0", versions, "1.2.0", 2)
    made.scales = (1, 4)
    world.current.deployments[service.id] = [made]


def _build_recoveries(now: int) -> tuple[SimRecovery, ...]:
    node, chip = now - 96_000_000, now - 11_400_000
    return (
        SimRecovery(
            node, node + 70_000, "node_fault", "job_reschedule", task="worker-2",
            reason="node os-node-ascend-910-002 is not ready",
        ),
        SimRecovery(
            chip, chip + 140_000, "chip_fault", "job_reschedule_with_taint", task="worker-5",
            reason="NPU 3 of os-node-ascend-910-013: uncorrectable HBM error",
        ),
    )  # fmt: skip


_SEEDERS = (
    seeds.seed_pools, seeds.seed_notebooks, seeds.seed_models, seeds.seed_services, seed_jobs,
    seeds.seed_visualizations, seeds.seed_configs, seeds.seed_devservers, seed_v2,
)  # fmt: skip


def build_world(
    *,
    seed: int = 1,
    scale: int = 1,
    clock: Clock,
    speed: float = 1.0,
    region: str = "cn-north-4",
    incident: bool = False,
) -> World:
    """Return a world that is the same for the same ``seed`` and start of ``clock``.

    ``scale`` multiplies the number of resources, 0 leaves only the default workspace; ``speed`` multiplies
    the clock's rate; ``incident`` adds the story of the demo, which begins before the start and ends two
    minutes after it.
    """
    world = World(
        seed=seed, scale=scale, clock=clock, speed=speed, project_id=PROJECT_ID, region=region,
        submit_arrival=submit_arrival,
    )  # fmt: skip
    fill_world(world, incident=incident)
    return world


def fill_world(world: World, *, incident: bool) -> None:
    """Add the resources of a world's ``scale``, with the story of the demo where ``incident`` is set."""
    seeds.seed_workspaces(world, only_default=world.scale == 0)
    if world.scale:
        for add_resources in _SEEDERS:
            add_resources(world)
    if world.scale and incident:
        add_incident(world)
    world.advance_to(world.now)
