"""The jobs a world begins with: a few scenes written by hand, the rest rolled."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.jobs import Job, Version
from matui.sim.world.random import dice
from matui.sim.world.state import WorldState
from matui.sim.world.timeline import Life

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PER_SCALE = 40


class Scene(NamedTuple):
    """A job written by hand: how long ago its newest run began and how long that lasts, in minutes."""

    name: str
    status: int
    began: float
    lasts: float
    spec: int = 5
    engine: int = 27
    workers: int = 1
    versions: int = 1
    fault: str = ""
    workspace: int = 0
    words: str = ""
    gap_ms: float = 400


_SCENES = (
    Scene("pangu-13b-pretrain", j.RUNNING, 5204, 14400, 11, 130, 8, 3, "hccl", 0, "13B 预训练 week 2", 900),
    Scene("resnet50-imagenet-8p", j.RUNNING, 41, 160, 6, 27, 4, 5, "", 0, "baseline for the paper", 250),
    Scene("bert-large-zh", j.FAILED, 312, 288, 6, 27, 4, 7, "nccl", 0, "MLM on the zh corpus, seq 512", 600),
    Scene("yolov5-helmet", j.FAILED, 95, 12, 5, 27, 1, 4, "cuda_oom", 0, "batch 64 at 1280 px", 150),
    Scene("ocr-crnn-receipts", j.RUNNING, 7, 9, 4, 19, 1, 2, "", 0, "nightly retrain", 120),
    Scene("asr-conformer-aishell", j.RUNNING, 3, 4, 5, 27, 1, 2, "disk", 0, "dev set every 2k steps", 100),
    Scene("deepfm-ctr-daily", j.COMPLETED, 190, 64, 2, 3, 1, 12, "", 0, "daily CTR model", 300),
    Scene("gpt2-finetune-support", j.WAITING, 6, 45, 6, 27, 2, 1, "", 0, "waits for a free 8xV100 node", 300),
    Scene("mindspore-resnet-ascend", j.FAILED, 1620, 310, 11, 130, 4, 2, "hccl", 0, "HCCL again", 700),
    Scene("unet-medseg", j.KILLED, 820, 95, 5, 27, 1, 3, "killed", 0, "stopped, wrong labels", 500),
    Scene("custom-image-trainer", j.IMAGE_FAILED, 44, 0, 5, 27, 1, 1, "", 0, "swr pull fails", 300),
    Scene("vit-b16-distill", j.SUBMIT_FAILED, 77, 0, 7, 27, 1, 2, "", 0, "T4 sold out", 300),
    Scene("reid-osnet", j.LOST, 2210, 140, 4, 27, 1, 1, "lost", 1, "node 172.16.3.14 went away", 500),
    Scene("tts-fastspeech2", j.RUNNING, 131, 700, 5, 27, 1, 2, "", 1, "voice 7, 22 kHz", 350),
    Scene("fraud-gnn", j.RUNNING, 12, 33, 4, 27, 1, 2, "data", 2, "edge features v3", 200),
)  # fmt: skip

_SUBJECTS = (
    "resnet101", "efficientnet", "swin-t", "bert-base", "roberta", "t5-small", "wide-deep", "din-rank",
    "lstm-load",
    "xgb-churn", "mask-rcnn", "retinanet", "conformer", "wavenet", "graphsage", "deepar", "simclr", "moco-v2",
    "dcgan", "cyclegan", "pointnet", "monodepth", "ner-medical", "nmt-zh-en",
)  # fmt: skip
_PURPOSES = (
    "daily",
    "ablation",
    "lr3e4",
    "fp16",
    "8p",
    "seed7",
    "hpo",
    "v2data",
    "long",
    "smoke",
    "0713",
    "night",
)
_WORDS = (
    "",
    "",
    "nightly",
    "ablation for the review",
    "回归测试",
    "hyper-parameter search",
    "retry after the OOM",
)
_OUTCOMES = (
    (j.COMPLETED, 62), (j.FAILED, 13), (j.KILLED, 9), (j.RUNNING, 8), (j.WAITING, 2), (j.IMAGE_FAILED, 2),
    (j.SUBMIT_FAILED, 2), (j.LOST, 1), (j.CANCELED, 1),
)  # fmt: skip
_FAULTS = ("cuda_oom", "nccl", "disk", "data", "hccl")
_SHAPES = ((5, 27, 1), (4, 19, 1), (6, 27, 2), (6, 41, 4), (2, 35, 1), (11, 130, 2), (4, 13, 1), (1, 3, 1))


def seed_jobs(world: WorldState) -> None:
    """Fill ``world`` with jobs in proportion to its scale, the oldest with the lowest id."""
    roll = world.dice("jobs")
    planned: list[tuple[int, Scene | None]] = [(_scene_start(scene, world.now), scene) for scene in _SCENES]
    spread = 20 * DAY * max(1.0, world.scale**0.5)
    rest = PER_SCALE * world.scale - len(_SCENES)
    planned += [(world.now - round(roll.random() ** 2 * spread) - 2 * HOUR, None) for _ in range(rest)]
    planned.sort(key=lambda entry: entry[0])
    for number, (began, scene) in enumerate(planned):
        if scene:
            add_scene(world, scene, began, roll)
        else:
            _add_rolled(world, number, began, roll)


def _scene_start(scene: Scene, now: int) -> int:
    return now - round(scene.began * MINUTE)


def add_scene(world: WorldState, scene: Scene, began: int, roll: Random) -> Job:
    """Add the job of ``scene`` whose newest run began at ``began`` (ms)."""
    life = past_life(began, scene.status, round(scene.lasts * MINUTE), world.now, scene.fault)
    workspace = world.workspace_at(scene.workspace)
    job = Job(world.next_job_id(), scene.name, began, [], workspace, scene.words)
    _add_history(world, job, scene.versions - 1, began, roll, (scene.spec, scene.engine, scene.workers))
    version = _version(world, job, life, (scene.spec, scene.engine, scene.workers), roll)
    version.fault, version.gap_us = scene.fault, round(scene.gap_ms * 1000)
    return world.jobs.add(str(job.id), job)


def past_life(began: int, status: int, lasts: int, now: int, fault: str = "") -> Life[int]:
    """Return a life that is in ``status`` at ``now``; ``began`` and ``lasts`` are ms of its run."""
    early = [(began - 60_000, j.INIT), (began - 57_000, j.IMAGE_CREATING)]
    if status in (j.IMAGE_FAILED, j.SUBMIT_FAILED):
        return Life([*early, (began - 20_000, status)])
    early += [(began - 42_000, j.SUBMIT_TRYING), (began - 36_000, j.WAITING)]
    if status == j.WAITING:
        ahead = now + max(60_000, lasts // 4)
        return Life([*early, (ahead, j.RUNNING), (ahead + lasts, j.COMPLETED)])
    if status == j.RUNNING:
        end = max(began + lasts, now + 30_000)
        return Life([*early, (began, j.RUNNING), (end, j.FAILED if fault else j.COMPLETED)])
    run = [*early, (began, j.RUNNING)]
    end = min(began + lasts, now - 1000)
    if status == j.KILLED:
        return Life([*run, (end - 8000, j.KILLING), (end, j.KILLED)])
    return Life([*run, (end, status)])


def _version(
    world: WorldState, job: Job, life: Life[int], shape: tuple[int, int, int], roll: Random
) -> Version:
    number = job.next_number()
    spec, engine, workers = shape
    version = Version(world.next_version_id(), number, life.steps[0][0], life, int(roll.random() * (1 << 30)))
    version.spec, version.engine, version.workers = spec, engine, workers
    version.previous = job.versions[-1].id if job.versions else None
    job.versions.append(version)
    return version


def _add_history(
    world: WorldState, job: Job, count: int, before: int, roll: Random, shape: tuple[int, int, int]
) -> None:
    began = before - count * DAY // 2
    job.created = began - 60_000
    for _ in range(count):
        failed = roll.random() < 0.3
        lasts = round((0.05 + 0.3 * roll.random()) * DAY)
        life = past_life(began, j.FAILED if failed else j.COMPLETED, lasts, before)
        version = _version(world, job, life, shape, roll)
        version.gap_us = 1_000_000
        if failed:
            version.fault = _FAULTS[int(roll.random() * len(_FAULTS))]
        began += DAY // 2


def _add_rolled(world: WorldState, number: int, began: int, roll: Random) -> None:
    subject = _SUBJECTS[int(roll.random() * len(_SUBJECTS))]
    purpose = _PURPOSES[int(roll.random() * len(_PURPOSES))]
    status = _pick(roll.random() * 100)
    if status == j.RUNNING:
        began = world.now - round(roll.random() * 20 * HOUR)
    elif status == j.WAITING:
        began = world.now - round(roll.random() * HOUR)
    shape = _SHAPES[int(roll.random() * len(_SHAPES))]
    lasts = round((0.05 + roll.random() ** 3 * 20) * HOUR)
    if status == j.RUNNING:
        lasts += world.now - began
    fault = _FAULTS[int(roll.random() * len(_FAULTS))] if status == j.FAILED or roll.random() < 0.1 else ""
    workspace = world.workspace_at(max(0, int(roll.random() * 20) - 15))
    words = _WORDS[int(roll.random() * len(_WORDS))]
    job = Job(world.next_job_id(), f"{subject}-{purpose}-{number:04d}", began, [], workspace, words)
    _add_history(world, job, int(roll.random() ** 3 * 6), began, roll, shape)
    version = _version(world, job, past_life(began, status, lasts, world.now, fault), shape, roll)
    version.fault = fault
    version.gap_us = round((0.1 + 3 * roll.random()) * 1e6)
    world.jobs.add(str(job.id), job)


def _pick(point: float) -> int:
    for status, share in _OUTCOMES:
        point -= share
        if point < 0:
            return status
    return j.COMPLETED


def submit_arrival(world: WorldState, turn: int, at: int) -> None:
    """Add the ``turn``-th job that somebody submits while the world runs, at ``at`` (ms)."""
    roll = dice(world.seed, "arrival", turn)
    subject, purpose = roll.choice(_SUBJECTS), roll.choice(_PURPOSES)
    failed = roll.random() < 0.2
    life = j.fresh_life(at, roll.uniform(4, 90), roll.uniform(120, 2400), j.FAILED if failed else j.COMPLETED)
    job = Job(world.next_job_id(), f"{subject}-{purpose}-n{turn:04d}", at, [], "0", roll.choice(_WORDS))
    version = _version(world, job, life, roll.choice(_SHAPES), roll)
    version.fault = roll.choice(_FAULTS) if failed else ""
    version.gap_us = roll.choice((100_000, 300_000, 800_000))
    world.jobs.add(str(job.id), job)
