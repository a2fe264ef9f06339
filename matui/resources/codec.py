"""Resources, details, events and metrics as JSON values and back. Secrets are masked on the way out. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from matui.base.redaction.masking import mask_secrets
from matui.resources.detail import Detail, Event, Gauge, Instant, Metrics, MetricSeries, Section
from matui.resources.model import Fact, Phase, RawPage, RawRecord, Resource, build_empty_record

_TEXTS = ("kind", "id", "name", "status", "cloud", "profile", "workspace", "owner")
_MOST = 2**53  # beyond it a float no longer distinguishes neighbours
_TIMES = ("created_at", "updated_at", "duration_ms")


def encode_resource(row: Resource, *, raw: bool = False) -> dict[str, Any]:
    """Return a resource as a JSON object, with its raw record if asked for."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _TEXTS}
    values |= {name: getattr(row, name) for name in _TIMES if getattr(row, name) is not None}
    values |= {"phase": row.phase.value, "facts": mask_secrets(dict(row.facts))}
    return values | {"raw": mask_secrets(row.raw.parse_value())} if raw else values


def decode_resource(value: Any, *, raw: RawRecord | None = None) -> Resource:
    """Return the resource of a JSON object, with ``raw`` in place of its raw record if given.

    Raises ValueError for any other value.
    """
    try:
        texts = {name: _decode_text(value[name]) for name in _TEXTS}
        times = {name: _check_whole(value.get(name)) for name in _TIMES}
        facts = {name: _decode_fact(fact) for name, fact in (value.get("facts") or {}).items()}
        raw = raw or (build_raw(value["raw"]) if "raw" in value else build_empty_record())
        return Resource(**texts, **times, phase=Phase(value["phase"]), facts=facts, raw=raw)  # type: ignore[arg-type]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a resource") from error


def build_raw(tree: Any) -> RawRecord:
    """Return a raw record that holds a parsed tree."""
    return RawRecord(RawPage(json.dumps(tree).encode(), json.loads))


def encode_detail(detail: Detail) -> dict[str, Any]:
    """Return a detail as a JSON object; values whose labels denote a secret are masked."""
    return {
        "resource": encode_resource(detail.resource, raw=True),
        "sections": [
            {"title": section.title, "rows": [_encode_row(label, value) for label, value in section.rows]}
            for section in detail.sections
        ],
    }


def _encode_row(label: str, value: str | Instant) -> list[Any]:
    if isinstance(value, Instant):
        return [label, {"ms": value.ms, "counts_down": value.counts_down}]
    masked = mask_secrets({label: value})
    return [label, masked[label] if isinstance(masked, Mapping) else value]


def decode_detail(value: Any) -> Detail:
    """Return the detail of a JSON object. Raises ValueError for any other value."""
    try:
        sections = tuple(
            Section(_decode_text(part["title"]), tuple(_decode_row(row) for row in part["rows"]))
            for part in value["sections"]
        )
        return Detail(decode_resource(value["resource"]), sections)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("not a detail") from error


def _decode_row(row: Any) -> tuple[str, str | Instant]:
    label, value = row
    if isinstance(value, Mapping):
        return _decode_text(label), Instant(_decode_number(value.get("ms")), bool(value.get("counts_down")))
    return _decode_text(label), _decode_text(value)


def encode_events(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return events as JSON objects."""
    return [
        {"at": one.at, "text": one.text, "abnormal": one.abnormal, "source": one.source} for one in events
    ]


def decode_events(value: Any) -> tuple[Event, ...]:
    """Return the events of a JSON list. Raises ValueError for any other value."""
    try:
        return tuple(
            Event(
                _check_whole(one["at"]),
                _decode_text(one["text"]),
                bool(one["abnormal"]),
                _decode_text(one["source"]),
            )
            for one in value
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not events") from error


def encode_metrics(metrics: Metrics) -> dict[str, Any]:
    """Return metrics as a JSON object; numbers that are not finite become texts."""
    return {
        "series": [
            {
                "label": one.label,
                "points": [_encode_number(point) for point in one.points],
                "unit": one.unit,
                "interval_s": one.interval_s,
                "group": one.group,
                "steps": list(one.steps),
            }
            | ({"by_version": True} if one.by_version else {})
            for one in metrics.series
        ],
        "gauges": [
            {
                "label": one.label,
                "used": _encode_number(one.used),
                "total": _encode_number(one.total),
                "unit": one.unit,
                "group": one.group,
                "sense": one.sense,
                "counter": one.counter,
            }
            for one in metrics.gauges
        ],
    } | ({"missing": list(metrics.missing)} if metrics.missing else {})


def decode_metrics(value: Any) -> Metrics:
    """Return the metrics of a JSON object. Raises ValueError for any other value."""
    try:
        series = tuple(
            MetricSeries(
                _decode_text(one["label"]),
                tuple(map(_decode_number, one["points"])),
                _decode_text(one["unit"]),
                _decode_number(one["interval_s"]),
                _decode_text(one["group"]),
                tuple(_decode_number(step) or 0.0 for step in one.get("steps", ())),
                one.get("by_version") is True,
            )
            for one in value["series"]
        )
        gauges = tuple(
            Gauge(
                _decode_text(one["label"]),
                _decode_number(one["used"]),
                _decode_number(one["total"]),
                _decode_text(one["unit"]),
                _decode_text(one["group"]),
                one["sense"] if one["sense"] in ("used", "free", "bad") else "used",
                bool(one["counter"]),
            )
            for one in value["gauges"]
        )
        missing = tuple(map(_decode_text, value.get("missing", ())))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not metrics") from error
    return Metrics(series, gauges, missing)


def _encode_number(value: float | None) -> float | str | None:
    return value if value is None or math.isfinite(value) else str(value)


def _decode_number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError as error:
        raise ValueError("not a number") from error


def _decode_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _decode_fact(value: Any) -> Fact:
    """Return a fact; None for a number that is not finite or too large to calculate with."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return value if abs(value) <= _MOST else None  # NaN is not
    raise TypeError("not a fact")


def _check_whole(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST):
        raise ValueError("not a whole number")
    return value
