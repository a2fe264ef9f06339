"""Qianfan's jobs, tasks and V1 runs to resources."""

from __future__ import annotations

from matui.clouds.qianfan.models import JobRow, OldJob, TaskRow
from matui.clouds.rows import facts_of
from matui.resources.jobs import NO_DELETE
from matui.resources.model import Fact, Phase, RawRecord, Resource
from matui.resources.peer_statuses import NO_TASK, QIANFAN_STATUSES
from matui.resources.phases import phase_of
from matui.text import clean

CLOUD = "qianfan"
NO_CALL = "Qianfan's V1 interface has no call that deletes a run"


def job_resource(
    job: JobRow, newest: TaskRow | None, count: int | None, *, profile: str, now_ms: float, raw: RawRecord
) -> Resource:
    """Map a V2 job; its status, progress and duration are those of its newest task."""
    task = newest or TaskRow()
    status = NO_TASK if count == 0 else task.run_status.strip()
    facts = _facts(
        version_id=str(task.task_id),
        version_count=count,
        description=clean(job.description or task.job_description),
        model=clean(job.model or task.model),
        train_mode=clean(job.train_mode or task.train_mode),
        progress=task.run_progress,
    )
    return Resource(
        kind="jobs",
        id=str(job.job_id),
        name=clean(job.name or task.job_name) or clean(str(job.job_id)),
        status=clean(status),
        phase=Phase.STOPPED if count == 0 else phase_of(status, QIANFAN_STATUSES),
        cloud=CLOUD,
        profile=profile,
        created_at=job.create_date if job.create_date is not None else task.create_date,
        duration_ms=_duration(task, now_ms),
        facts=facts,
        raw=raw,
    )


def task_resource(
    task: TaskRow, job_id: str, *, profile: str, now_ms: float, raw: RawRecord, asked: str = ""
) -> Resource:
    """Map a V2 task as a version of its job; ``asked`` is the id it was asked by."""
    own = str(task.task_id) or asked
    return Resource(
        kind="versions",
        id=f"{task.job_id or job_id}/{own}",
        name=clean(own),
        status=clean(task.run_status.strip()),
        phase=phase_of(task.run_status.strip(), QIANFAN_STATUSES),
        cloud=CLOUD,
        profile=profile,
        created_at=task.create_date,
        duration_ms=_duration(task, now_ms),
        facts=_facts(
            job_id=str(task.job_id or job_id),
            job_name=clean(task.job_name),
            version_id=own,
            version_name=clean(own),
            engine=clean(task.model),
            flavor=clean(" ".join(part for part in (task.train_mode, task.parameter_scale) if part)),
            progress=task.run_progress,
        ),
        raw=raw,
    )


def old_resource(job: OldJob, pair: tuple[int, int], *, profile: str, raw: RawRecord) -> Resource:
    """Map a V1 run; its id is ``TASK/JOB`` as configured."""
    task_id, job_id = pair
    seconds = job.run_time if job.run_time is not None else job.train_time
    return Resource(
        kind="jobs",
        id=f"{task_id}/{job_id}",
        name=clean(job.task_name) or f"{task_id}/{job_id}",
        status=clean(job.train_status.strip()),
        phase=phase_of(job.train_status.strip(), QIANFAN_STATUSES),
        cloud=CLOUD,
        profile=profile,
        created_at=job.start_time,
        duration_ms=int(seconds * 1000) if seconds is not None else None,
        facts=_facts(
            version_id=str(job_id),
            version_name=clean(str(job.version)),
            description=clean(job.description),
            model=clean(job.train_type),
            train_mode=clean(job.train_mode),
            progress=job.progress,
            **{NO_DELETE: NO_CALL},
        ),
        raw=raw,
    )


def _duration(task: TaskRow, now_ms: float) -> int | None:
    if task.create_date is None:
        return None
    if task.finish_date is not None:
        return max(0, task.finish_date - task.create_date)
    running = not phase_of(task.run_status, QIANFAN_STATUSES).ended and bool(task.run_status)
    return max(0, int(now_ms) - task.create_date) if running else None


def _facts(**given: Fact) -> dict[str, Fact]:
    return facts_of(given)
