"""Maps Qianfan's jobs, tasks and V1 runs to resources, sections and metrics."""

from __future__ import annotations

from math import isfinite, isnan

from matui.base.text.sanitize import clean
from matui.clouds.qianfan.models import FailureFields, FineTuningJob, FineTuningTask, V1Job
from matui.clouds.rows import Provenance, build_facts
from matui.clouds.sections import (
    build_instant,
    build_section,
    build_settings,
    format_millis,
    format_number,
    format_seconds,
    join_text,
)
from matui.clouds.wire_types import to_percent, to_text
from matui.resources.detail import DetailRow, Gauge, Metrics, MetricSeries, Section
from matui.resources.kinds.jobs import NO_DELETE, NO_TASK, QIANFAN_STATUSES
from matui.resources.model import Fact, Phase, RawRecord, Resource, drop_empty, get_phase
from matui.resources.times import ENTERED_AFTER, HAS_RUN, REQUEUED_AT

CLOUD = "qianfan"
NO_CALL = "Qianfan's V1 interface has no call that deletes a run"
_LAST = 10


def map_job(
    job: FineTuningJob,
    newest: FineTuningTask | None,
    count: int | None,
    *,
    profile: str,
    now_ms: float,
    raw: RawRecord,
) -> Resource:
    """Map a V2 job; its status, progress and duration are those of its newest task."""
    task = newest or FineTuningTask()
    status = NO_TASK if count == 0 else task.run_status.strip()
    phase = Phase.STOPPED if count == 0 else get_phase(status, QIANFAN_STATUSES)
    facts = build_facts(
        failure=_describe_failure(task, phase),
        version_id=str(task.task_id),
        version_count=count,
        description=clean(job.description or task.job_description),
        model=clean(job.model or task.model),
        train_mode=clean(job.train_mode or task.train_mode),
        progress=task.run_progress,
        ended_at=task.finish_date,
    )
    return Provenance(profile, CLOUD).build_resource(
        "jobs",
        str(job.job_id),
        job.name or task.job_name,
        (clean(status), phase),
        raw,
        created_at=job.create_date if job.create_date is not None else task.create_date,
        duration_ms=_compute_duration(task, now_ms),
        facts=facts | _build_waiting_facts(job, task, phase) | _build_end_bound(task, phase),
    )


def map_task(
    task: FineTuningTask, job_id: str, *, profile: str, now_ms: float, raw: RawRecord, asked: str = ""
) -> Resource:
    """Map a V2 task as a version of its job; ``asked`` is the id it was asked by."""
    own = str(task.task_id) or asked
    phase = get_phase(task.run_status.strip(), QIANFAN_STATUSES)
    return Provenance(profile, CLOUD).build_resource(
        "versions",
        f"{task.job_id or job_id}/{own}",
        own,
        (clean(task.run_status.strip()), phase),
        raw,
        created_at=task.create_date,
        duration_ms=_compute_duration(task, now_ms),
        facts=build_facts(
            failure=_describe_failure(task, phase),
            job_id=str(task.job_id or job_id),
            job_name=clean(task.job_name),
            version_id=own,
            version_name=clean(own),
            engine=clean(task.model),
            flavor=clean(" ".join(part for part in (task.train_mode, task.parameter_scale) if part)),
            progress=task.run_progress,
            ended_at=task.finish_date,
        ),
    )


def map_v1_run(job: V1Job, pair: tuple[int, int], *, profile: str, raw: RawRecord) -> Resource:
    """Map a V1 run; its id is ``TASK/JOB`` as configured."""
    task_id, job_id = pair
    phase = get_phase(job.train_status.strip(), QIANFAN_STATUSES)
    seconds = job.run_time if job.run_time is not None else job.train_time
    return Provenance(profile, CLOUD).build_resource(
        "jobs",
        f"{task_id}/{job_id}",
        job.task_name,
        (clean(job.train_status.strip()), phase),
        raw,
        created_at=job.start_time,
        duration_ms=int(seconds * 1000) if seconds is not None else None,
        facts=build_facts(
            failure=_describe_failure(job, phase),
            version_id=str(job_id),
            version_name=clean(str(job.version)),
            description=clean(job.description),
            model=clean(job.train_type),
            train_mode=clean(job.train_mode),
            progress=job.progress,
            ended_at=job.finish_time,
            **{NO_DELETE: NO_CALL},
        ),
    )


def _describe_failure(reported: FailureFields, phase: Phase) -> str:
    return clean(reported.failure) if phase is Phase.FAILED else ""


def _build_waiting_facts(job: FineTuningJob, task: FineTuningTask, phase: Phase) -> dict[str, Fact]:
    """Return the facts of a job whose newest task waits: it waits since that task was made."""
    if phase is not Phase.PENDING or job.create_date in (None, task.create_date):
        return {}
    return drop_empty({HAS_RUN: True, REQUEUED_AT: task.create_date})


def _build_end_bound(task: FineTuningTask, phase: Phase) -> dict[str, Fact]:
    """Return the fact of a job whose newest task states no end: it ended after it was made."""
    is_known = task.finish_date is not None or not phase.ended
    return {} if is_known else drop_empty({ENTERED_AFTER: task.create_date})


def _build_reason_row(reported: FailureFields, phase: Phase) -> DetailRow:
    return ("Failure" if phase is Phase.FAILED else "Stated reason", clean(reported.failure))


def _compute_duration(task: FineTuningTask, now_ms: float) -> int | None:
    if task.create_date is None:
        return None
    if task.finish_date is not None:
        return max(0, task.finish_date - task.create_date)
    is_running = get_phase(task.run_status.strip(), QIANFAN_STATUSES) is Phase.RUNNING
    return max(0, int(now_ms) - task.create_date) if is_running else None


def build_task_sections(
    resource: Resource, task: FineTuningTask, job: FineTuningJob | None, count: int | None
) -> tuple[Section, ...]:
    """Return the sections of a task; with ``job`` those of the job whose newest of ``count`` tasks it is."""
    job = job or FineTuningJob()
    rows: list[DetailRow] = [
        ("Name", clean(job.name or task.job_name) or resource.name),
        ("Job ID", clean(str(task.job_id or job.job_id))),
        ("Task ID", clean(str(task.task_id))),
        ("Tasks", format_number(count)),
        ("Status", resource.status),
        _build_reason_row(task, resource.phase),
        ("Progress", format_number(task.run_progress, "%")),
        ("Description", clean(job.description or task.job_description)),
        ("Model", clean(job.model or task.model)),
        ("Training mode", join_text(job.train_mode or task.train_mode, task.parameter_scale)),
        ("Created", build_instant(resource.created_at)),
        ("Task created", build_instant(task.create_date) if task.create_date != resource.created_at else ""),
        ("Finished", build_instant(task.finish_date)),
        ("Duration", format_millis(resource.duration_ms)),
        ("VisualDL", clean(task.vdl_link)),
    ]
    return (
        *build_section("Overview", rows),
        *build_settings("Hyperparameters", task.hyper_parameter_config),
        *build_section(
            "Metrics", ((clean(name), clean(to_text(value))) for name, value in task.metrics.items())
        ),
        *_build_checkpoints(task),
    )


def _build_checkpoints(task: FineTuningTask) -> tuple[Section, ...]:
    scored = (point for point in task.checkpoint_list if point is not None)
    reported = [
        point for point in scored if (point.step, point.training_loss, point.perplexity) != (None, None, None)
    ]
    return build_section(
        f"Checkpoints (the last {_LAST} of {len(reported)})" if len(reported) > _LAST else "Checkpoints",
        (
            (
                f"Step {format_number(point.step) or 'not stated'}",
                _format_checkpoint(point.training_loss, point.perplexity),
            )
            for point in reported[-_LAST:]
        ),
    )


def _format_checkpoint(loss: float | None, perplexity: float | None) -> str:
    parts = (("loss", loss), ("perplexity", perplexity))
    return (
        ", ".join(f"{name} {_format_score(value)}" for name, value in parts if value is not None) or "saved"
    )


def _format_score(value: float) -> str:
    if isfinite(value):
        return format_number(value)
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def build_v1_sections(resource: Resource, job: V1Job) -> tuple[Section, ...]:
    """Return the sections of a V1 run."""
    before = job.incre_config
    base = f"task {before.task_id}, job {before.job_id}" if before.task_id else ""
    kinds = {0: "from the start", 1: "incremental"}
    rows: list[DetailRow] = [
        ("Name", resource.name),
        ("Task ID", clean(resource.id.partition("/")[0])),
        ("Job ID", clean(resource.id.partition("/")[2])),
        ("Version", clean(str(job.version))),
        ("Status", resource.status),
        _build_reason_row(job, resource.phase),
        ("Progress", format_number(job.progress, "%")),
        ("Description", clean(job.description)),
        ("Model", clean(job.train_type)),
        ("Training mode", join_text(job.train_mode, job.peft_type)),
        ("Trains", kinds.get(job.job_run_type, "") if job.job_run_type is not None else ""),
        ("Goes on from", clean(base)),
        ("Started", build_instant(job.start_time)),
        ("Finished", build_instant(job.finish_time)),
        ("Ran", format_seconds(job.run_time)),
        ("Trained", format_seconds(job.train_time)),
        ("VisualDL", clean(job.vdl_link)),
    ]
    return build_section("Overview", rows)


def map_task_metrics(task: FineTuningTask) -> Metrics:
    """Return progress and scores as gauges, loss and perplexity at each checkpoint as series."""
    scores = tuple(
        Gauge(clean(name), value, 100, "%", "Scores", sense="free")
        for name, reported in task.metrics.items()
        if (value := to_percent(reported)) is not None
    )
    points = sorted(
        (point for point in task.checkpoint_list if point is not None and point.step is not None),
        key=lambda point: point.step or 0,
    )
    steps = tuple(point.step or 0 for point in points)
    values = (
        ("Training loss", tuple(point.training_loss for point in points)),
        ("Perplexity", tuple(point.perplexity for point in points)),
    )
    series = (MetricSeries(label, each, group="Checkpoints", steps=steps) for label, each in values)
    reported = tuple(one for one in series if any(value is not None for value in one.points))
    return Metrics(reported, _build_progress_gauge(task.run_progress) + scores)


def map_v1_metrics(job: V1Job) -> Metrics:
    """Return the progress of a V1 run, which is all there is."""
    return Metrics((), _build_progress_gauge(job.progress))


def _build_progress_gauge(value: float | None) -> tuple[Gauge, ...]:
    return (Gauge("Progress", value, 100, "%", "Training", sense="free"),) if value is not None else ()
