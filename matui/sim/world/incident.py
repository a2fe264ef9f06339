"""The story of the demo: a card fails, a job dies of it, a service crashes, a queue stands still.

All times count from the start of the world. The faults begin before it; the rest follows within two minutes.
"""

from __future__ import annotations

from typing import Any

from matui.sim.world import seeds
from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.jobs import Notice, SimJob, Version
from matui.sim.world.entities.pools import SimPool, SimPoolEvent, SimPoolTask
from matui.sim.world.job_seeds import build_timeline
from matui.sim.world.log_shapes import JsonText, MegatronText, TrainerText, write_card_fault
from matui.sim.world.log_text import LogText
from matui.sim.world.random import derive_id
from matui.sim.world.state import WorldState
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import make_pool_id

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
PRETRAIN_POOL, FINETUNE_POOL = "llm-pretrain", "llm-finetune"
CARD_FAULT_S = -95  # seconds after the start, as all of these
WATCHDOG_S = 25
JOB_FAILS_S = 40
LOSS_SPIKE_S = -50
LOSS_NAN_S = 30
SERVICE_DEGRADES_S = -180
HANGS_S = -22 * 60
_HUNG_BEFORE_S = (-8_400, -5_600, -3_100)
_V100 = "modelarts.bm.gpu.8v100NV32"
_NODES, _FAULTY_NODE, _FAULTY_CARD = 8, 7, 5


def add_incident(world: WorldState) -> None:
    """Add the resources of the story, after all others, so that these stay as they are without it."""
    _add_pools(world)
    _add_pretraining(world)
    _add_finetuning(world)
    _add_queue(world)
    _add_hang(world)
    _add_failed_version(world)
    _add_service(world)
    for name, flavor, ago, stop_after in (
        ("llama-eval", "modelarts.bm.gpu.v100NV32", 42, 3600),
        ("llama-tokenizer", "modelarts.vm.cpu.8u", 75, 0),
    ):
        seeds.add_notebook(world, name, flavor, "RUNNING", ago * MINUTE, stop_after, "0", "li.wei")


def _add_seconds(world: WorldState, seconds: float) -> int:
    return world.now + round(seconds * SECOND)


# The pools: one with a broken node, one that is full


def _add_pools(world: WorldState) -> None:
    node = f"os-node-{PRETRAIN_POOL}-{_FAULTY_NODE:03}"
    failed = _add_seconds(world, CARD_FAULT_S)
    pretrain = _add_pool(world, PRETRAIN_POOL, "concerning", _NODES, _NODES - 1, "pre-training, whole nodes")
    pretrain.events = [
        SimPoolEvent(failed - 20 * MINUTE, "Warning", "CorrectableEccErrors",
                  f"{node}: 412 correctable ECC errors on GPU {_FAULTY_CARD} in an hour."),
        SimPoolEvent(failed, "Warning", "GpuUncorrectableEccError",
                  f"{node}: Xid 48, double bit ECC error on GPU {_FAULTY_CARD} (PCI:0000:8a:00)."),
        SimPoolEvent(failed + 20 * SECOND, "Warning", "NodeNotReady", f"{node} is not ready: GPU fault."),
        SimPoolEvent(_add_seconds(world, 75), "Normal", "NodeIsolated", f"{node} takes no new workloads."),
    ]  # fmt: skip
    repair = _add_seconds(world, CARD_FAULT_S + 25)
    world.current.tasks.append(
        SimPoolTask(
            derive_id(world.seed, "replace", node), "replace-node", make_pool_id(pretrain), (node,), repair,
            None, suspended=True, message="llama-7b-pretrain holds cards of the node",
        )
    )  # fmt: skip
    _add_pool(world, FINETUNE_POOL, "running", 4, 4, "fine-tuning, first come first served")


def _add_pool(
    world: WorldState, name: str, status: str, nodes: int, available: int, description: str
) -> SimPool:
    key = derive_id(world.seed, "incident pool", name)
    created = world.now - 60 * DAY
    pool = SimPool(key, name, status, created, _V100, nodes, available, 4.0, 65536, 0.0, description)
    return world.pools.add(key, pool)


# The jobs


def _add_job(
    world: WorldState,
    name: str,
    description: str,
    timeline: Timeline[int],
    *,
    pool: str = "",
    workers: int = 1,
    text: LogText | None = None,
    gap_ms: int = 2000,
    config: dict[str, Any] | None = None,
) -> Version:
    """Add a job with one version, on whole V100 nodes where it is in a pool, and return the version."""
    created = timeline.steps[0][0]
    job = SimJob(world.take_job_id(), name, created, [], "0", description)
    version = _add_version(world, job, timeline, workers=workers, text=text, gap_ms=gap_ms)
    version.config = dict(config or {})
    if pool:
        version.config |= {"pool_id": derive_id(world.seed, "incident pool", pool), "pool_name": pool}
    world.jobs.add(str(job.id), job)
    return version


def _add_version(
    world: WorldState,
    job: SimJob,
    timeline: Timeline[int],
    *,
    workers: int = 1,
    text: LogText | None = None,
    gap_ms: int = 2000,
) -> Version:
    seed = int(derive_id(world.seed, "incident", job.name, len(job.versions), digits=7), 16)
    version = Version(world.take_version_id(), job.count_next_version(), timeline.steps[0][0], timeline, seed)
    version.spec, version.engine, version.workers, version.gap_us = 6, 27, workers, gap_ms * 1000
    version.previous = job.versions[-1].id if job.versions else None
    if text is not None:
        version.text = text
    job.versions.append(version)
    return version


def _run(world: WorldState, began_s: float, end_s: float, end: int = j.COMPLETED) -> Timeline[int]:
    """Return the timeline of a run from ``began_s`` that ends as ``end`` at ``end_s``."""
    began = _add_seconds(world, began_s)
    timeline = build_timeline(began, j.RUNNING, 0, began)
    timeline.steps[-1] = (_add_seconds(world, end_s), end)
    return timeline


def _build_parameters(**values: str) -> dict[str, Any]:
    return {"parameter": [{"label": label, "value": value} for label, value in values.items()]}


def _add_pretraining(world: WorldState) -> None:
    """Add the job of 64 ranks that the broken card ends."""
    began, failed = -9 * 3600, _add_seconds(world, CARD_FAULT_S)
    version = _add_job(
        world, "llama-7b-pretrain", "64 cards, week 3", _run(world, began, JOB_FAILS_S, j.FAILED),
        pool=PRETRAIN_POOL, workers=_NODES, text=MegatronText(65_000, 500_000),
        config=_build_parameters(learning_rate="3e-4", global_batch_size="512", tensor_parallel="8"),
    )  # fmt: skip
    version.fault, version.silent_from = "node", failed
    version.timed = write_card_fault(
        _NODES, _FAULTY_NODE, _FAULTY_CARD, failed + 40, (WATCHDOG_S - CARD_FAULT_S) * SECOND
    )
    task = f"worker-{_FAULTY_NODE}"
    version.notices = [
        Notice(failed + 20 * SECOND, "Warning", f"[task: {task}] The node is not ready: GPU fault (Xid 48).",
               f"[task: {task}] 节点未就绪：GPU 故障（Xid 48）。"),
        Notice(_add_seconds(world, WATCHDOG_S + 2), "Error",
               "[task: worker-0] Collective operation timed out: ALLREDUCE (NCCL).",
               "[task: worker-0] 集合通信超时：ALLREDUCE（NCCL）。"),
        Notice(_add_seconds(world, JOB_FAILS_S), "Error", f"[task: {task}] The process exited with code 1.",
               f"[task: {task}] 进程退出，退出码 1。"),
    ]  # fmt: skip
    version.exits = {_FAULTY_NODE: (1, "CUDA error: uncorrectable ECC error encountered")}


def _add_finetuning(world: WorldState) -> None:
    """Add the jobs that fill a pool: one with a loss of NaN, a healthy one, an idle one that logs JSON."""
    sick = MegatronText(11_000, 60_000, _add_seconds(world, LOSS_SPIKE_S), _add_seconds(world, LOSS_NAN_S))
    _add_job(
        world, "gpt-6b-lr3e-3", "is 3e-3 too high?", _run(world, -2.5 * 3600, 30 * 3600),
        pool=FINETUNE_POOL, workers=2, text=sick,
        config=_build_parameters(learning_rate="3e-3", batch_size="512"),
    )  # fmt: skip
    _add_job(
        world, "qwen-1b8-sft", "support dialogues", _run(world, -0.9 * 3600, 1.4 * 3600),
        pool=FINETUNE_POOL, text=TrainerText(1000, 9000), gap_ms=1000,
        config=_build_parameters(learning_rate="2e-5", batch_size="64"),
    )  # fmt: skip
    starved = _add_job(
        world, "dlrm-clicks", "logs JSON lines", _run(world, -3 * 3600, 9 * 3600),
        pool=FINETUNE_POOL, text=JsonText(120_000), gap_ms=500,
        config=_build_parameters(learning_rate="0.01", batch_size="65536"),
    )  # fmt: skip
    starved.idle = True


def _add_queue(world: WorldState) -> None:
    """Add the jobs that wait in the full pool, the first of them for almost an hour."""
    reason = f"Insufficient resources in the pool {FINETUNE_POOL}: 0 of 4 nodes are free."
    chinese = f"资源池 {FINETUNE_POOL} 资源不足：4 个节点中空闲 0 个。"
    for name, minutes in (("baichuan-7b-dpo", 52), ("glm-6b-sft", 34), ("bge-large-tune", 9)):
        submitted = world.now - minutes * MINUTE
        timeline = build_timeline(submitted, j.WAITING, HOUR, submitted)
        timeline.steps = [step for step in timeline.steps if step[1] not in (j.RUNNING, j.COMPLETED)]
        version = _add_job(world, name, "", timeline, pool=FINETUNE_POOL, workers=2)
        version.notices = [Notice(submitted, "Warning", reason, chinese)]


def _add_hang(world: WorldState) -> None:
    """Add a job that hangs: the platform has restarted its processes three times and does not any more."""
    hung, pool = (
        _add_seconds(world, HANGS_S),
        next((one for one in world.pools if one.name == "ascend-910"), None),
    )
    if pool is None:
        return
    version = _add_job(
        world, "internlm-7b-pretrain", "16 NPUs, new data order", _run(world, -3 * 3600, 20 * 3600),
        workers=2, text=MegatronText(4_000, 90_000),
        config=_build_parameters(learning_rate="2e-4", global_batch_size="256"),
    )  # fmt: skip
    version.spec, version.engine = 11, 130
    version.hung = version.silent_from = hung
    version.notify = ("JobFailed",)
    words = "The training job may be suspended: I/O and NPU use have not changed for 10 minutes."
    chinese = "训练作业可能卡死：I/O 与 NPU 利用率 10 分钟内没有变化。"
    version.notices = [
        Notice(
            _add_seconds(world, seconds) + j.HANG_SEEN_MS,
            "Warning",
            f"[task: worker-1] {words}",
            f"[task: worker-1] {chinese}",
        )
        for seconds in (*_HUNG_BEFORE_S, HANGS_S)
    ]
    reason = "I/O and NPU use have not changed for 10 minutes"
    version.recoveries = tuple(
        j.SimRecovery(
            _add_seconds(world, seconds) + j.HANG_SEEN_MS,
            _add_seconds(world, seconds) + j.HANG_SEEN_MS + (75 * SECOND if result == "success" else 0),
            "job_hanged", "proc_restart", result=result, task="worker-1", reason=reason,
        )
        for seconds, result in (*((one, "success") for one in _HUNG_BEFORE_S), (HANGS_S, "quotaExceeded"))
    )  # fmt: skip


def _add_failed_version(world: WorldState) -> None:
    """Add a job that succeeded, was started again with other parameters, and failed."""
    steady = _build_parameters(learning_rate="1e-4", batch_size="32", max_source_length="512")
    changed = _build_parameters(learning_rate="1e-4", batch_size="128", max_source_length="1024")
    ended = _run(world, -50 * 3600, -46 * 3600)
    first = _add_job(world, "t5-summarize-zh", "longer sources since V0003", ended, config=steady)
    job = next(job for job in world.jobs if first in job.versions)
    second = _add_version(world, job, _run(world, -26 * 3600, -22 * 3600))
    second.config = steady
    third = _add_version(world, job, _run(world, -21 * 60, -9 * 60, j.FAILED))
    third.config, third.fault = changed, "cuda_oom"
    for version in job.versions:
        version.spec, version.gap_us, version.text = 5, 2_000_000, TrainerText(1000, 9000)


# The service


def _add_service(world: WorldState) -> None:
    """Add a service of which one instance crashes again and again."""
    model = seeds.add_model(world, "bge-embedding", "2.3.0", "PyTorch", "published", 2 * DAY)
    service = seeds.add_service(world, "search-embedding", "real-time", "running", model, 2 * DAY)
    service.rate, service.failure_rate = 96.0, 0.14
    service.timeline.steps.append((_add_seconds(world, SERVICE_DEGRADES_S), "concerning"))
    instance = "search-embedding-6c9f-2"
    for turn, seconds in enumerate((SERVICE_DEGRADES_S, -120, -45, 20, 80, 110), 1):
        text = (
            f"instance {instance}: container exited with code 137 (OOMKilled), restarted {turn} times"
            if turn % 2
            else f"instance {instance}: back-off restarting failed container (CrashLoopBackOff)"
        )
        service.add_event(_add_seconds(world, seconds), "abnormal", text)
