"""Everything known about a Qianfan training, in sections; and its metrics."""

from __future__ import annotations

from matui.clouds.lenient import to_text
from matui.clouds.qianfan.models import JobRow, OldJob, TaskRow
from matui.clouds.qianfan.times import percent
from matui.clouds.telling import duration, instant, join_text, millis, number, section, settings
from matui.resources.detail import Gauge, Metrics, Row, Section, Series
from matui.resources.model import Resource
from matui.text import clean

_LAST = 10


def task_sections(
    resource: Resource, task: TaskRow, job: JobRow | None, count: int | None
) -> tuple[Section, ...]:
    """Return the sections of a task; with ``job`` those of the job whose newest of ``count`` tasks it is."""
    job = job or JobRow()
    rows: list[Row] = [
        ("Name", clean(job.name or task.job_name) or resource.name),
        ("Job ID", clean(str(task.job_id or job.job_id))),
        ("Task ID", clean(str(task.task_id))),
        ("Tasks", number(count)),
        ("Status", resource.status),
        ("Progress", number(task.run_progress, "%")),
        ("Description", clean(job.description or task.job_description)),
        ("Model", clean(job.model or task.model)),
        ("Training mode", join_text(job.train_mode or task.train_mode, task.parameter_scale)),
        ("Created", instant(resource.created_at)),
        ("Task created", instant(task.create_date) if task.create_date != resource.created_at else ""),
        ("Finished", instant(task.finish_date)),
        ("Duration", millis(resource.duration_ms)),
        ("VisualDL", clean(task.vdl_link)),
    ]
    return (
        *section("Overview", rows),
        *settings("Hyperparameters", task.hyper_parameter_config),
        *section("Metrics", ((clean(name), clean(to_text(value))) for name, value in task.metrics.items())),
        *_checkpoints(task),
    )


def _checkpoints(task: TaskRow) -> tuple[Section, ...]:
    told = [point for point in task.checkpoint_list if point is not None and point.step is not None]
    return section(
        f"Checkpoints (the last {_LAST} of {len(told)})" if len(told) > _LAST else "Checkpoints",
        (
            (f"Step {number(point.step)}", _reached(point.training_loss, point.perplexity))
            for point in told[-_LAST:]
        ),
    )


def _reached(loss: float | None, perplexity: float | None) -> str:
    parts = (("loss", loss), ("perplexity", perplexity))
    return ", ".join(f"{name} {number(value)}" for name, value in parts if value is not None) or "saved"


def old_sections(resource: Resource, job: OldJob) -> tuple[Section, ...]:
    """Return the sections of a V1 run."""
    before = job.incre_config
    base = f"task {before.task_id}, job {before.job_id}" if before.task_id else ""
    kinds = {0: "from the start", 1: "incremental"}
    rows: list[Row] = [
        ("Name", resource.name),
        ("Task ID", clean(resource.id.partition("/")[0])),
        ("Job ID", clean(resource.id.partition("/")[2])),
        ("Version", clean(str(job.version))),
        ("Status", resource.status),
        ("Progress", number(job.progress, "%")),
        ("Description", clean(job.description)),
        ("Model", clean(job.train_type)),
        ("Training mode", join_text(job.train_mode, job.peft_type)),
        ("Trains", kinds.get(job.job_run_type, "") if job.job_run_type is not None else ""),
        ("Goes on from", clean(base)),
        ("Started", instant(job.start_time)),
        ("Finished", instant(job.finish_time)),
        ("Ran", duration(job.run_time)),
        ("Trained", duration(job.train_time)),
        ("VisualDL", clean(job.vdl_link)),
    ]
    return section("Overview", rows)


def task_metrics(task: TaskRow) -> Metrics:
    """Return progress and scores as gauges, loss and perplexity at each checkpoint as series."""
    scores = tuple(
        Gauge(clean(name), value, 100, "%", "Scores", sense="free")
        for name, told in task.metrics.items()
        if (value := percent(told)) is not None
    )
    points = sorted(
        (point for point in task.checkpoint_list if point is not None and point.step is not None),
        key=lambda point: point.step or 0,
    )
    series = (
        Series("Training loss", tuple(point.training_loss for point in points), group="Checkpoints"),
        Series("Perplexity", tuple(point.perplexity for point in points), group="Checkpoints"),
    )
    told = tuple(one for one in series if any(value is not None for value in one.points))
    return Metrics(told, _progress(task.run_progress) + scores)


def old_metrics(job: OldJob) -> Metrics:
    """Return the progress of a V1 run: it tells no more."""
    return Metrics((), _progress(job.progress))


def _progress(value: float | None) -> tuple[Gauge, ...]:
    return (Gauge("Progress", value, 100, "%", "Training", sense="free"),) if value is not None else ()
