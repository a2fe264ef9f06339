"""A comparison as rows of three cells (what, and both sides), and as JSON. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from matui.base.text.cells import fit, wrap_cells
from matui.base.text.formatting import format_iso_utc, pluralize
from matui.base.text.sanitize import clean
from matui.live.compare.comparison import Comparison, Side
from matui.signals.summary import find_trend, serialize_number

NOTHING = "–"


class ComparisonRow(NamedTuple):
    """A title, or a name with the texts of both sides."""

    name: str
    a: str = ""
    b: str = ""
    is_title: bool = False

    @property
    def differs(self) -> bool:
        """Whether the sides say different things."""
        return self.a != self.b

    def format_lines(self, name_cells: int, cells: int) -> list[str]:
        """Return the row as lines of text: the name, then each side wrapped to ``cells``."""
        left, right = wrap_cells(self.a, cells) or [""], wrap_cells(self.b, cells) or [""]
        names = wrap_cells(self.name, name_cells) or [""]
        count = max(len(left), len(right), len(names))
        columns = [column + [""] * (count - len(column)) for column in (names, left, right)]
        return [
            f"{fit(name, name_cells)}  {fit(a, cells)}  {b}".rstrip()
            for name, a, b in zip(*columns, strict=True)
        ]


def build_rows(found: Comparison) -> list[ComparisonRow]:
    """Return the rows of a comparison, grouped under titles."""
    a, b = found.a, found.b
    rows = [
        ComparisonRow("Compared", is_title=True),
        ComparisonRow("name", clean(a.name), clean(b.name)),
        ComparisonRow("id", clean(a.resource.id), clean(b.resource.id)),
        *(ComparisonRow(stage.name, stage.a or NOTHING, stage.b or NOTHING) for stage in found.stages),
        ComparisonRow(f"Settings: {len(found.differs)} differ, {found.equal} equal", is_title=True),
        *(
            ComparisonRow(clean(one.path), clean(one.a or NOTHING), clean(one.b or NOTHING))
            for one in found.differs
        ),
        ComparisonRow("First error", is_title=True),
        ComparisonRow("in the log", _format_error(a), _format_error(b)),
    ]
    names = found.series_names
    if names:
        rows.append(ComparisonRow("Last values of the log", is_title=True))
        rows.append(ComparisonRow("step", _format_step(a), _format_step(b)))
        rows += [ComparisonRow(clean(name), _format_last(a, name), _format_last(b, name)) for name in names]
    return rows


def _format_error(side: Side) -> str:
    if side.missing:
        return clean(" ".join(side.missing))
    if side.error is None:
        return f"none; not searched: {pluralize(side.unread, 'file')}" if side.unread else "none"
    line = f":{side.error.line}" if side.error.line is not None else ""
    return clean(f"{side.error.file}{line}: {side.error.summary or side.error.text}")


def _format_step(side: Side) -> str:
    if side.log is None or side.log.step is None:
        return NOTHING
    total = f"/{side.log.total_steps}" if side.log.total_steps else ""
    return f"{side.log.step}{total}"


def _format_last(side: Side, name: str) -> str:
    segments = side.log.segments if side.log is not None else []
    series = next((segment.series[name] for segment in reversed(segments) if name in segment.series), None)
    if series is None:
        return NOTHING
    trend = find_trend(series.points.values[-50:])
    return f"{series.points[-1].value:.4g} {trend}".rstrip()


def serialize_comparison(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values; points are ``[step, time_ms, value]``."""
    return {
        "a": _serialize_side(found.a),
        "b": _serialize_side(found.b),
        "differs": [one._asdict() for one in found.differs],
        "equal": found.equal,
        "stages": [stage._asdict() for stage in found.stages],
        "first_error": {
            letter: None if side.error is None else side.error.as_json()
            for letter, side in (("a", found.a), ("b", found.b))
        },
        "series": [
            {"name": name, "a": _serialize_points(found.a, name), "b": _serialize_points(found.b, name)}
            for name in found.series_names
        ],
    }


def _serialize_side(side: Side) -> dict[str, Any]:
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


def _serialize_points(side: Side, name: str) -> list[list[Any]] | None:
    """Return the points of a series, of all segments in their order; None without such a series."""
    segments = side.log.segments if side.log is not None else []
    found = [segment.series[name] for segment in segments if name in segment.series]
    if not found:
        return None
    return [[p.step, p.time_ms, serialize_number(p.value)] for series in found for p in series.points]
