"""The JSON form of a comparison. Keys are only added, never renamed. Pure."""

from __future__ import annotations

from typing import Any

from matui.base.formatting import format_iso_utc
from matui.live.compare.comparison import Comparison, Side
from matui.live.why.first_error import FirstError
from matui.signals.export import number_as_json


def format_comparison(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values; points are ``[step, time_ms, value]``."""
    return {
        "a": _side(found.a),
        "b": _side(found.b),
        "differs": [one._asdict() for one in found.differs],
        "equal": found.equal,
        "stages": [stage._asdict() for stage in found.stages],
        "first_error": {"a": _error(found.a.error), "b": _error(found.b.error)},
        "series": [
            {"name": name, "a": _points(found.a, name), "b": _points(found.b, name)}
            for name in found.series_names
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    resource = side.resource
    return {
        "kind": resource.kind,
        "id": resource.id,
        "name": resource.name,
        "status": resource.status,
        "phase": resource.phase.value,
        "created_at": format_iso_utc(resource.created_at),
        "missing": list(side.missing),
    }


def _error(error: FirstError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "file": error.file,
        "line": error.line,
        "at": format_iso_utc(error.at),
        "text": error.text,
    }


def _points(side: Side, name: str) -> list[list[Any]] | None:
    """Return the points of a series, of all segments in their order; None without such a series."""
    segments = side.log.segments if side.log is not None else []
    found = [segment.series[name] for segment in segments if name in segment.series]
    if not found:
        return None
    return [[p.step, p.time_ms, number_as_json(p.value)] for series in found for p in series.points]
