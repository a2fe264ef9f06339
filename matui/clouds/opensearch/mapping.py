"""OpenSearch's instances and trainings to resources."""

from __future__ import annotations

from matui.clouds.opensearch.extend_info import errors_in, numbers_in
from matui.clouds.opensearch.ids import joined
from matui.clouds.opensearch.models import InstanceRow, TaskRow
from matui.clouds.opensearch.times import moment_ms, span_ms
from matui.clouds.rows import facts_of
from matui.resources.model import Fact, Phase, RawRecord, Resource
from matui.resources.peer_statuses import OPENSEARCH_STATUSES, UNTRAINED
from matui.resources.phases import phase_of
from matui.text import clean

CLOUD = "opensearch"


def job_resource(
    row: InstanceRow,
    newest: TaskRow | None,
    count: int | None,
    function: str,
    *,
    profile: str,
    region: str,
    now_ms: float,
    raw: RawRecord,
) -> Resource:
    """Map an instance; its status is that of its newest training, ``untrained`` when it has none."""
    task = newest or TaskRow()
    status = task.status.strip() or row.task.dag_status.strip() or (UNTRAINED if count == 0 else "")
    facts = _facts(
        version_id=str(task.generation),
        version_count=count,
        description=clean(row.description),
        function=clean(function),
        model=clean(row.model_type),
        availability=clean(row.status),
        schedule=clean(row.cron),
        region=region,
        progress=task.progress,
    )
    return Resource(
        kind="jobs",
        id=joined(function, str(row.instance_name)),
        name=clean(str(row.instance_name)),
        status=clean(status),
        phase=phase_of(status, OPENSEARCH_STATUSES),
        cloud=CLOUD,
        profile=profile,
        created_at=moment_ms(row.create_time),
        updated_at=moment_ms(task.end_time) or moment_ms(task.start_time),
        duration_ms=duration_of(task, now_ms),
        facts=facts | _outcome(task),
        raw=raw,
    )


def task_resource(
    task: TaskRow,
    function: str,
    instance: str,
    *,
    profile: str,
    now_ms: float,
    raw: RawRecord,
    asked: str = "",
) -> Resource:
    """Map a training as a version of its instance; ``asked`` is the generation it was asked by."""
    generation = str(task.generation) or asked
    status = task.status.strip()
    facts = _facts(
        job_id=joined(function, instance),
        job_name=clean(instance),
        version_id=generation,
        version_name=clean(generation),
        engine=clean(function),
        run_id=clean(task.run_id),
        progress=task.progress,
    )
    return Resource(
        kind="versions",
        id=joined(function, instance, generation),
        name=clean(generation),
        status=clean(status),
        phase=phase_of(status, OPENSEARCH_STATUSES),
        cloud=CLOUD,
        profile=profile,
        created_at=moment_ms(task.start_time),
        duration_ms=duration_of(task, now_ms),
        facts=facts | _outcome(task),
        raw=raw,
    )


def duration_of(task: TaskRow, now_ms: float) -> int | None:
    """Return how long a training took, or has been taking; an end of 0 means that it goes on."""
    told = span_ms(task.start_time, task.end_time)
    began = moment_ms(task.start_time)
    if told is not None or began is None:
        return told
    running = phase_of(task.status, OPENSEARCH_STATUSES) is Phase.RUNNING
    return max(0, int(now_ms) - began) if running else None


def _outcome(task: TaskRow) -> dict[str, Fact]:
    errors = errors_in(task.extend_info)
    return _facts(recall=numbers_in(task.extend_info).get("recall"), error=errors[0] if errors else "")


def _facts(**given: Fact) -> dict[str, Fact]:
    return facts_of(given)
