"""What only the current API shows of the demo's resources: faults and recoveries, notifications."""

from __future__ import annotations

from matui.sim.world.entities.jobs import Recovery
from matui.sim.world.placement import make_pool_id
from matui.sim.world.state import WorldState

_RECOVERED = "pangu-13b-pretrain"
_NOTIFIES = {
    _RECOVERED: ("JobFailed", "JobHanged", "JobRestarted"),
    "bert-large-zh": ("JobFailed",),
}
_IN_POOLS = {
    "li-wei-scratch": "v100-shared",
    "segment-anything": "v100-shared",
    "pangu-debug": "ascend-910",
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
            newest.recoveries = _recoveries(world.now)
    pools = {pool.name: pool for pool in world.pools}
    for notebook in world.notebooks:
        pool = pools.get(_IN_POOLS.get(notebook.name, ""))
        if pool is not None:
            world.current.in_pools[notebook.id] = make_pool_id(pool)


def _recoveries(now: int) -> tuple[Recovery, ...]:
    node, chip = now - 96_000_000, now - 11_400_000
    return (
        Recovery(
            node, node + 70_000, "node_fault", "job_reschedule", task="worker-2",
            reason="node os-node-ascend-910-002 is not ready",
        ),
        Recovery(
            chip, chip + 140_000, "chip_fault", "job_reschedule_with_taint", task="worker-5",
            reason="NPU 3 of os-node-ascend-910-013: uncorrectable HBM error",
        ),
    )  # fmt: skip
