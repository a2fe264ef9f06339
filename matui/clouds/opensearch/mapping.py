"""Maps OpenSearch's instances and trainings to resources, sections and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matui.base.text.sanitize import clean
from matui.clouds.opensearch.api import join_id
from matui.clouds.opensearch.models import (
    InstanceParameter,
    InstanceRow,
    Training,
    list_errors,
    list_numbers,
    measure_span_ms,
    to_epoch_ms,
)
from matui.clouds.rows import Provenance, build_facts
from matui.clouds.sections import build_instant, build_section, format_millis, format_number, mask_value
from matui.clouds.wire_types import to_text
from matui.resources.detail import DetailRow, Gauge, Metrics, MetricSeries, Section
from matui.resources.kinds.jobs import OPENSEARCH_STATUSES, UNTRAINED
from matui.resources.model import Fact, Phase, RawRecord, Resource, drop_empty, get_phase
from matui.resources.times import ENTERED_AFTER, UPDATED_BY_HAND

CLOUD = "opensearch"


class OpenSearchScope(NamedTuple):
    """Where a record was read, and when by the cloud's clock (ms since the epoch)."""

    profile: str
    region: str
    now_ms: float


def map_job(
    row: InstanceRow,
    newest: Training | None,
    count: int | None,
    function: str,
    scope: OpenSearchScope,
    raw: RawRecord,
) -> Resource:
    """Map an instance; its status is that of its newest training, ``untrained`` when it has none."""
    task = newest or Training()
    status = task.status.strip() or row.task.dag_status.strip() or (UNTRAINED if count == 0 else "")
    phase = get_phase(status, OPENSEARCH_STATUSES)
    facts = build_facts(
        version_id=str(task.generation),
        version_count=count,
        description=clean(row.description),
        function=clean(function),
        model=clean(row.model_type),
        availability=clean(row.status),
        schedule=clean(row.cron),
        region=scope.region,
        progress=task.progress,
        ended_at=to_epoch_ms(task.end_time),
    )
    return Provenance(scope.profile, CLOUD).build_resource(
        "jobs",
        join_id(function, str(row.instance_name)),
        str(row.instance_name),
        (clean(status), phase),
        raw,
        created_at=to_epoch_ms(row.create_time),
        updated_at=to_epoch_ms(task.end_time) or to_epoch_ms(task.start_time),
        duration_ms=compute_duration(task, scope.now_ms),
        facts=facts
        | _build_outcome_facts(task.extend_info or _select_own_results(row, newest), phase)
        | _build_end_bound(task, phase),
    )


def _build_end_bound(task: Training, phase: Phase) -> dict[str, Fact]:
    """Return the facts of an instance whose newest training states no end: it ended after it started."""
    if not phase.ended or to_epoch_ms(task.end_time) is not None:
        return {}
    return drop_empty({UPDATED_BY_HAND: True, ENTERED_AFTER: to_epoch_ms(task.start_time)})


def _select_own_results(row: InstanceRow, newest: Training | None) -> Mapping[str, Any]:
    """Return what an instance states of its trainings; its numbers are of another one than ``newest``."""
    errors = {name: value for name, value in row.extend_info.items() if name == "errors"}
    return row.extend_info if newest is None else errors


def map_task(
    task: Training, function: str, instance: str, scope: OpenSearchScope, raw: RawRecord, asked: str = ""
) -> Resource:
    """Map a training as a version of its instance; ``asked`` is the generation it was asked by."""
    generation = str(task.generation) or asked
    status = task.status.strip()
    phase = get_phase(status, OPENSEARCH_STATUSES)
    facts = build_facts(
        job_id=join_id(function, instance),
        job_name=clean(instance),
        version_id=generation,
        version_name=clean(generation),
        engine=clean(function),
        run_id=clean(task.run_id),
        progress=task.progress,
        ended_at=to_epoch_ms(task.end_time),
    )
    return Provenance(scope.profile, CLOUD).build_resource(
        "versions",
        join_id(function, instance, generation),
        generation,
        (clean(status), phase),
        raw,
        created_at=to_epoch_ms(task.start_time),
        duration_ms=compute_duration(task, scope.now_ms),
        facts=facts | _build_outcome_facts(task.extend_info, phase),
    )


def compute_duration(task: Training, now_ms: float) -> int | None:
    """Return how long a training took, or has been taking; an end of 0 means that it goes on."""
    reported = measure_span_ms(task.start_time, task.end_time)
    began = to_epoch_ms(task.start_time)
    if reported is not None or began is None:
        return reported
    running = get_phase(task.status, OPENSEARCH_STATUSES) is Phase.RUNNING
    return max(0, int(now_ms) - began) if running else None


def _build_outcome_facts(info: Mapping[str, Any], phase: Phase) -> dict[str, Fact]:
    error = next(iter(list_errors(info)), "")
    return build_facts(
        recall=list_numbers(info).get("recall"), error=error, failure=error if phase is Phase.FAILED else ""
    )


def build_instance_sections(
    resource: Resource, row: InstanceRow, newest: Training | None
) -> tuple[Section, ...]:
    """Return the sections of an instance and its newest training."""
    rows: list[DetailRow] = [
        ("Name", resource.name),
        ("Function", resource.get_text("function")),
        ("Status", resource.status),
        ("Instance", clean(row.status)),
        ("Description", clean(row.description)),
        ("Model type", clean(row.model_type)),
        ("Made by", clean(row.source)),
        ("Trains on schedule", clean(row.cron)),
        ("Trainings", resource.get_text("version_count")),
        ("Created", build_instant(resource.created_at)),
        ("Last run", build_instant(to_epoch_ms(row.task.last_run_time))),
        ("Last graph", clean(row.task.dag_status)),
    ]
    return (
        *build_section("Overview", rows),
        *(build_task_sections(resource, newest, title="Newest training") if newest is not None else ()),
        *build_section("Evaluation of the instance", _build_results(row.extend_info)),
        *build_section("Errors of the instance", (("Error", text) for text in list_errors(row.extend_info))),
        *build_section("Made with", _build_parameters(row.create_parameters)),
        *build_section("Used with", _build_parameters(row.usage_parameters)),
    )


def build_task_sections(resource: Resource, task: Training, title: str = "Overview") -> tuple[Section, ...]:
    """Return the sections of a training: its result and its errors."""
    rows: list[DetailRow] = [
        ("Generation", clean(str(task.generation))),
        ("Run", clean(task.run_id)),
        ("Status", clean(task.status)),
        ("Progress", format_number(task.progress, "%")),
        ("Started", build_instant(to_epoch_ms(task.start_time))),
        ("Ended", build_instant(to_epoch_ms(task.end_time))),
        ("Duration", format_millis(resource.duration_ms)),
    ]
    return (
        *build_section(title, rows),
        *build_section("Result", _build_results(task.extend_info)),
        *build_section(
            "Errors", ((f"{turn}", text) for turn, text in enumerate(list_errors(task.extend_info), 1))
        ),
    )


def _build_results(info: Mapping[str, Any]) -> list[DetailRow]:
    reported = ((clean(str(name)), mask_value(str(name), value)) for name, value in info.items())
    return [(name, value) for name, value in reported if name != "errors"]


def _build_parameters(rows: Sequence[InstanceParameter | None]) -> list[DetailRow]:
    return [(clean(row.name), mask_value(row.name, to_text(row.value))) for row in rows if row is not None]


def map_task_metrics(task: Training | None, earlier: Sequence[Training] = ()) -> Metrics:
    """Return progress and results as gauges; over ``earlier`` trainings, oldest first, as series."""
    if task is None:
        return Metrics()
    found = list_numbers(task.extend_info)
    gauges = [Gauge(name, value, 100 if name == "recall" else None, "%" if name == "recall" else "", "Result",
                    sense="free") for name, value in found.items()]  # fmt: skip
    if task.progress is not None:
        gauges.insert(0, Gauge("Progress", task.progress, 100, "%", "Training", sense="free"))
    infos = [list_numbers(run.extend_info) for run in earlier]
    names = dict.fromkeys(name for info in infos for name in info)
    series = [
        MetricSeries(
            name, tuple(info.get(name) for info in infos), group="Over all trainings", by_version=True
        )
        for name in names
    ]
    return Metrics(tuple(series) if len(infos) > 1 else (), tuple(gauges))
