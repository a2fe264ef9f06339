"""The initial jobs of a world: some written by hand, the rest random."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.jobs import SimJob, Version
from matui.sim.world.random import make_random
from matui.sim.world.state import WorldState
from matui.sim.world.timeline import Timeline

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PER_SCALE = 40


class JobSeed(NamedTuple):
    """A job written by hand; ``began`` (minutes ago) and ``lasts`` (minutes) are of its newest run."""

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
    description: str = ""
    gap_ms: float = 400


_TEMPLATES = (
    JobSeed("pangu-13b-pretrain", j.RUNNING, 5204, 14400, 11, 130, 8, 3, "hccl", 0, "13B 预训练 week 2", 900),
    JobSeed("resnet50-imagenet-8p", j.RUNNING, 41, 160, 6, 27, 4, 5, "", 0, "baseline for the paper", 250),
    JobSeed("bert-large-zh", j.FAILED, 312, 288, 6, 27, 4, 7, "nccl", 0,
            "MLM on the zh corpus, seq 512", 600),
    JobSeed("yolov5-helmet", j.FAILED, 95, 12, 5, 27, 1, 4, "cuda_oom", 0, "batch 64 at 1280 px", 150),
    JobSeed("ocr-crnn-receipts", j.RUNNING, 7, 9, 4, 19, 1, 2, "", 0, "nightly retrain", 120),
    JobSeed("asr-conformer-aishell", j.RUNNING, 3, 4, 5, 27, 1, 2, "disk", 0, "dev set every 2k steps", 100),
    JobSeed("deepfm-ctr-daily", j.COMPLETED, 190, 64, 2, 3, 1, 12, "", 0, "daily CTR model", 300),
    JobSeed("gpt2-finetune-support", j.WAITING, 6, 45, 6, 27, 2, 1, "", 0,
            "waits for a free 8xV100 node", 300),
    JobSeed("mindspore-resnet-ascend", j.FAILED, 1620, 310, 11, 130, 4, 2, "hccl", 0, "HCCL again", 700),
    JobSeed("unet-medseg", j.KILLED, 820, 95, 5, 27, 1, 3, "killed", 0, "stopped, wrong labels", 500),
    JobSeed("custom-image-trainer", j.IMAGE_FAILED, 44, 0, 5, 27, 1, 1, "", 0, "swr pull fails", 300),
    JobSeed("vit-b16-distill", j.SUBMIT_FAILED, 77, 0, 7, 27, 1, 2, "", 0, "T4 sold out", 300),
    JobSeed("reid-osnet", j.LOST, 2210, 140, 4, 27, 1, 1, "lost", 1, "node 172.16.3.14 went away", 500),
    JobSeed("tts-fastspeech2", j.RUNNING, 131, 700, 5, 27, 1, 2, "", 1, "voice 7, 22 kHz", 350),
    JobSeed("fraud-gnn", j.RUNNING, 12, 33, 4, 27, 1, 2, "data", 2, "edge features v3", 200),
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
_DESCRIPTIONS = (
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
    """Add jobs in proportion to the scale, the oldest with the lowest id."""
    random = world.make_random("jobs")
    planned: list[tuple[int, JobSeed | None]] = [
        (_find_start(template, world.now), template) for template in _TEMPLATES
    ]
    spread = 20 * DAY * max(1.0, world.scale**0.5)
    rest = PER_SCALE * world.scale - len(_TEMPLATES)
    planned += [(world.now - round(random.random() ** 2 * spread) - 2 * HOUR, None) for _ in range(rest)]
    planned.sort(key=lambda entry: entry[0])
    for number, (began, template) in enumerate(planned):
        if template:
            _add_template_job(world, template, began, random)
        else:
            _add_random_job(world, number, began, random)


def _find_start(template: JobSeed, now: int) -> int:
    return now - round(template.began * MINUTE)


def _add_template_job(world: WorldState, template: JobSeed, began: int, random: Random) -> SimJob:
    """Add the job of ``template`` whose newest run began at ``began`` (ms)."""
    timeline = build_timeline(
        began, template.status, round(template.lasts * MINUTE), world.now, template.fault
    )
    workspace = world.get_workspace_id(template.workspace)
    job = SimJob(world.take_job_id(), template.name, began, [], workspace, template.description)
    _add_history(
        world, job, template.versions - 1, began, random, (template.spec, template.engine, template.workers)
    )
    version = _add_version(world, job, timeline, (template.spec, template.engine, template.workers), random)
    version.fault, version.gap_us = template.fault, round(template.gap_ms * 1000)
    return world.jobs.add(str(job.id), job)


def build_timeline(began: int, status: int, lasts: int, now: int, fault: str = "") -> Timeline[int]:
    """Return a timeline in ``status`` at ``now`` of a run from ``began`` (ms) that lasts ``lasts`` ms."""
    early = [(began - 60_000, j.INIT), (began - 57_000, j.IMAGE_CREATING)]
    if status in (j.IMAGE_FAILED, j.SUBMIT_FAILED):
        return Timeline([*early, (began - 20_000, status)])
    early += [(began - 42_000, j.SUBMIT_TRYING), (began - 36_000, j.WAITING)]
    if status == j.WAITING:
        ahead = now + max(60_000, lasts // 4)
        return Timeline([*early, (ahead, j.RUNNING), (ahead + lasts, j.COMPLETED)])
    if status == j.RUNNING:
        end = max(began + lasts, now + 30_000)
        return Timeline([*early, (began, j.RUNNING), (end, j.FAILED if fault else j.COMPLETED)])
    run = [*early, (began, j.RUNNING)]
    end = min(began + lasts, now - 1000)
    if status == j.KILLED:
        return Timeline([*run, (end - 8000, j.KILLING), (end, j.KILLED)])
    return Timeline([*run, (end, status)])


def _add_version(
    world: WorldState, job: SimJob, timeline: Timeline[int], shape: tuple[int, int, int], random: Random
) -> Version:
    number = job.count_next_version()
    spec, engine, workers = shape
    version = Version(
        world.take_version_id(), number, timeline.steps[0][0], timeline, int(random.random() * (1 << 30))
    )
    version.spec, version.engine, version.workers = spec, engine, workers
    version.previous = job.versions[-1].id if job.versions else None
    job.versions.append(version)
    return version


def _add_history(
    world: WorldState, job: SimJob, count: int, before: int, random: Random, shape: tuple[int, int, int]
) -> None:
    began = before - count * DAY // 2
    job.created = began - 60_000
    for _ in range(count):
        failed = random.random() < 0.3
        lasts = round((0.05 + 0.3 * random.random()) * DAY)
        timeline = build_timeline(began, j.FAILED if failed else j.COMPLETED, lasts, before)
        version = _add_version(world, job, timeline, shape, random)
        version.gap_us = 1_000_000
        if failed:
            version.fault = _FAULTS[int(random.random() * len(_FAULTS))]
        began += DAY // 2


def _add_random_job(world: WorldState, number: int, began: int, random: Random) -> None:
    subject = _SUBJECTS[int(random.random() * len(_SUBJECTS))]
    purpose = _PURPOSES[int(random.random() * len(_PURPOSES))]
    status = _pick_status(random.random() * 100)
    if status == j.RUNNING:
        began = world.now - round(random.random() * 20 * HOUR)
    elif status == j.WAITING:
        began = world.now - round(random.random() * HOUR)
    shape = _SHAPES[int(random.random() * len(_SHAPES))]
    lasts = round((0.05 + random.random() ** 3 * 20) * HOUR)
    if status == j.RUNNING:
        lasts += world.now - began
    fault = (
        _FAULTS[int(random.random() * len(_FAULTS))] if status == j.FAILED or random.random() < 0.1 else ""
    )
    workspace = world.get_workspace_id(max(0, int(random.random() * 20) - 15))
    description = _DESCRIPTIONS[int(random.random() * len(_DESCRIPTIONS))]
    job = SimJob(world.take_job_id(), f"{subject}-{purpose}-{number:04d}", began, [], workspace, description)
    _add_history(world, job, int(random.random() ** 3 * 6), began, random, shape)
    version = _add_version(world, job, build_timeline(began, status, lasts, world.now, fault), shape, random)
    version.fault = fault
    version.gap_us = round((0.1 + 3 * random.random()) * 1e6)
    world.jobs.add(str(job.id), job)


def _pick_status(point: float) -> int:
    for status, share in _OUTCOMES:
        point -= share
        if point < 0:
            return status
    return j.COMPLETED


def submit_arrival(world: WorldState, turn: int, at: int) -> None:
    """Add the ``turn``-th job that arrives, at ``at`` (ms)."""
    random = make_random(world.seed, "arrival", turn)
    subject, purpose = random.choice(_SUBJECTS), random.choice(_PURPOSES)
    failed = random.random() < 0.2
    timeline = j.plan_run(
        at, random.uniform(4, 90), random.uniform(120, 2400), j.FAILED if failed else j.COMPLETED
    )
    job = SimJob(
        world.take_job_id(), f"{subject}-{purpose}-n{turn:04d}", at, [], "0", random.choice(_DESCRIPTIONS)
    )
    version = _add_version(world, job, timeline, random.choice(_SHAPES), random)
    version.fault = random.choice(_FAULTS) if failed else ""
    version.gap_us = random.choice((100_000, 300_000, 800_000))
    world.jobs.add(str(job.id), job)
