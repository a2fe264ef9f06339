"""Everything known about an OpenSearch instance or training, in sections; and its metrics."""

from __future__ import annotations

from collections.abc import Sequence

from matui.clouds.lenient import to_text
from matui.clouds.opensearch.extend_info import errors_in, numbers_in
from matui.clouds.opensearch.models import InstanceRow, Parameter, TaskRow
from matui.clouds.opensearch.times import moment_ms
from matui.clouds.telling import instant, masked, millis, number, section
from matui.resources.detail import Gauge, Metrics, Row, Section, Series
from matui.resources.model import Resource
from matui.text import clean


def instance_sections(resource: Resource, row: InstanceRow, newest: TaskRow | None) -> tuple[Section, ...]:
    """Return the sections of an instance and its newest training."""
    rows: list[Row] = [
        ("Name", resource.name),
        ("Function", resource.text_fact("function")),
        ("Status", resource.status),
        ("Instance", clean(row.status)),
        ("Description", clean(row.description)),
        ("Model type", clean(row.model_type)),
        ("Made by", clean(row.source)),
        ("Trains on schedule", clean(row.cron)),
        ("Trainings", resource.text_fact("version_count")),
        ("Created", instant(resource.created_at)),
        ("Last run", instant(moment_ms(row.task.last_run_time))),
        ("Last graph", clean(row.task.dag_status)),
    ]
    return (
        *section("Overview", rows),
        *(task_sections(resource, newest, title="Newest training") if newest is not None else ()),
        *section("Made with", _parameters(row.create_parameters)),
        *section("Used with", _parameters(row.usage_parameters)),
    )


def task_sections(resource: Resource, task: TaskRow, title: str = "Overview") -> tuple[Section, ...]:
    """Return the sections of a training: what came of it and what went wrong."""
    rows: list[Row] = [
        ("Generation", clean(str(task.generation))),
        ("Run", clean(task.run_id)),
        ("Status", clean(task.status)),
        ("Progress", number(task.progress, "%")),
        ("Started", instant(moment_ms(task.start_time))),
        ("Ended", instant(moment_ms(task.end_time))),
        ("Duration", millis(resource.duration_ms)),
    ]
    told = ((clean(str(name)), masked(str(name), value)) for name, value in task.extend_info.items())
    return (
        *section(title, rows),
        *section("Result", ((name, value) for name, value in told if name != "errors")),
        *section("Errors", ((f"{turn}", text) for turn, text in enumerate(errors_in(task.extend_info), 1))),
    )


def _parameters(rows: Sequence[Parameter | None]) -> list[Row]:
    return [(clean(row.name), masked(row.name, to_text(row.value))) for row in rows if row is not None]


def task_metrics(task: TaskRow | None, earlier: Sequence[TaskRow] = ()) -> Metrics:
    """Return progress and results as gauges; over ``earlier`` trainings, oldest first, as series."""
    if task is None:
        return Metrics()
    found = numbers_in(task.extend_info)
    gauges = [Gauge(name, value, 100 if name == "recall" else None, "%" if name == "recall" else "", "Result",
                    sense="free") for name, value in found.items()]  # fmt: skip
    if task.progress is not None:
        gauges.insert(0, Gauge("Progress", task.progress, 100, "%", "Training", sense="free"))
    infos = [numbers_in(run.extend_info) for run in earlier]
    names = dict.fromkeys(name for info in infos for name in info)
    series = [
        Series(name, tuple(info.get(name) for info in infos), group="Over all trainings") for name in names
    ]
    return Metrics(tuple(series) if len(infos) > 1 else (), tuple(gauges))
