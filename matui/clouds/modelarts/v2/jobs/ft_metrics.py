"""Metrics of fine-tuning jobs (``…/ft-metrics``): loss, evaluation, estimate and progress.

The SDK gives ``loss``, ``eval_loss``, ``training_info`` and the points no type: lists of numbers, of pairs or
of objects, and objects by step are read; anything else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from matui.base.text.sanitize import clean
from matui.clouds.sections import build_section, format_number, format_seconds, mask_value
from matui.clouds.wire_types import (
    Json,
    ModelRows,
    Number,
    One,
    Text,
    Texts,
    WireModel,
    to_number,
    unwrap_json,
)
from matui.resources.detail import DetailRow, MetricSeries, Section

_AXES = ("step", "epoch", "iteration", "timestamp", "time")
_MOST_POINTS = 5_000
_AHEAD = re.compile("remain|eta$|left|estimat", re.IGNORECASE)


class FtMetric(WireModel):
    """One metric: ``data`` holds its points in the order of the axis."""

    name_en: Text = ""
    name_cn: Text = ""
    type: Text = ""
    group: Text = ""
    group_by: Texts = Field(default_factory=list)
    x_axis: Text = ""
    unit: Text = ""
    data: Json = None


class FtData(WireModel):
    metrics: ModelRows[FtMetric] = Field(default_factory=list)


class FtMetrics(WireModel):
    loss: Json = None
    eval_loss: Json = None
    training_info: Json = None
    train_process: Number = None
    data: One[FtData] = Field(default_factory=FtData)


def build_ft_series(reply: FtMetrics) -> tuple[MetricSeries, ...]:
    """Return the typed metrics and, where none of them is a loss, the plain losses; a value a point."""
    typed = [
        series
        for metric in reply.data.metrics
        if metric is not None
        for series in _iterate_typed_series(metric)
    ]
    named = {series.label.casefold() for series in typed}
    plain = (
        ("loss", reply.loss, ("loss", "train_loss")),
        ("eval_loss", reply.eval_loss, ("eval_loss", "val_loss")),
    )
    for label, given, alike in plain:
        points = read_points(given, value=label)
        if points and not named.intersection(alike):
            typed.append(MetricSeries(label, tuple(value for _, value in points), "", None, "training"))
    return tuple(typed)


def _iterate_typed_series(metric: FtMetric) -> Iterator[MetricSeries]:
    """Yield a series for each combination of the fields that the metric is grouped by."""
    if metric.type not in ("", "line", "scalar"):
        return
    rows = unwrap_json(metric.data)
    groups: dict[str, list[Any]] = {}
    for row in rows if isinstance(rows, list) else [rows]:
        names = [str(row.get(name)) for name in metric.group_by] if isinstance(row, dict) else []
        groups.setdefault(" ".join(names), []).append(row)
    for name, points in groups.items():
        found = read_points(points, axis=metric.x_axis, skip=tuple(metric.group_by))
        if found:
            label = clean(f"{metric.name_en or metric.name_cn or 'value'} {name}".strip())
            group = clean(metric.group) or "training"
            yield MetricSeries(label, tuple(value for _, value in found), clean(metric.unit), None, group)


def read_points(
    given: Any, *, axis: str = "", value: str = "", skip: tuple[str, ...] = ()
) -> list[tuple[float | None, float | None]]:
    """Return pairs of axis and value, none without any value; ``skip`` names fields that are neither."""
    tree = unwrap_json(given)
    if isinstance(tree, dict):
        inner = next(
            (tree[name] for name in ("data", "values", "points", value) if isinstance(tree.get(name), list)),
            None,
        )
        rows: list[Any] = inner if inner is not None else [list(pair) for pair in tree.items()]
    else:
        rows = tree if isinstance(tree, list) else []
    points = [_read_point(row, axis, value, skip) for row in rows[-_MOST_POINTS:]]
    found = [point for point in points if point is not None]
    return found if any(height is not None for _, height in found) else []


def _read_point(
    row: Any, axis: str, value: str, skip: tuple[str, ...]
) -> tuple[float | None, float | None] | None:
    if isinstance(row, list | tuple):
        if len(row) < 2 or to_number(row[1]) is None:
            return None
        return to_number(row[0]), to_number(row[1])
    if not isinstance(row, dict):
        plain = to_number(row)
        return None if plain is None and row is not None else (None, plain)
    across = [name for name in (axis, *_AXES) if name in row]
    taken = {*across, *skip}
    fields = [name for name in ("value", value, "loss") if name in row and name not in taken]
    fields += [name for name in row if name not in taken and to_number(row[name]) is not None]
    if not fields:
        return None
    return (to_number(row[across[0]]) if across else None), to_number(row[fields[0]])


def build_progress_sections(reply: FtMetrics, *, ended: bool = False) -> tuple[Section, ...]:
    """Return how far the fine-tuning is, and the estimate of what remains of one that has not ended."""
    return build_section("Fine-tuning", _build_progress_rows(reply, ended=ended))


def _build_progress_rows(reply: FtMetrics, *, ended: bool) -> Iterator[DetailRow]:
    done = reply.train_process
    if done is not None:
        yield "Progress", format_number(100 * done if 0 <= done <= 1 else done, "%")
    for label, given in (("Loss", reply.loss), ("Evaluation loss", reply.eval_loss)):
        points = [value for _, value in read_points(given, value="loss") if value is not None]
        yield label, format_number(points[-1]) if points else ""
    info = unwrap_json(reply.training_info)
    if isinstance(info, dict):
        for name, value in info.items():
            if not isinstance(value, dict | list) and not (ended and _AHEAD.search(str(name))):
                yield _capitalize(clean(str(name).replace("_", " "))), _estimate(str(name), value)
    elif info is not None and not ended:
        yield "Estimate", mask_value("estimate", info)


def _capitalize(label: str) -> str:
    return label[:1].upper() + label[1:]


def _estimate(name: str, value: object) -> str:
    """Return a value of the estimate; a remaining time is a number of seconds."""
    seconds = to_number(value) if "remaining" in name and "time" in name else None
    return format_seconds(seconds) if seconds is not None else mask_value(name, value)
