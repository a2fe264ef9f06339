"""Write points as lines of csv and jsonl, and numbers and times as these and json have them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matui.cli.output import print_line
from matui.signals.summary import number_as_json

if TYPE_CHECKING:
    from matui.signals.series import Point, Series

OUTPUTS = ("table", "json", "jsonl", "csv")


@dataclass(slots=True)
class PointWriter:
    """Writes points, for the formats that have one a line: once released, as they are read."""

    output: str
    _held: list[str] | None = field(default_factory=list)

    def print(self, line: str) -> None:
        """Write a line, or hold it until the release."""
        if self._held is None:
            print_line(line)
        else:
            self._held.append(line)

    def release(self) -> None:
        """Write what is held, and further lines at once."""
        held, self._held = self._held, None
        for line in held or ():
            print_line(line)

    def begin(self) -> None:
        """Write the header of csv."""
        if self.output == "csv":
            self.print("segment,name,step,time,value")

    def write(self, segment: int, series: Series, point: Point) -> None:
        """Write one point."""
        if self.output == "csv":
            time = "" if point.time_ms is None else iso_time(point.time_ms)
            step = "" if point.step is None else str(point.step)
            self.print(f"{segment},{_csv(series.name)},{step},{time},{number_as_json(point.value)}")
        elif self.output == "jsonl":
            line = {
                "segment": segment,
                "name": series.name,
                "unit": series.unit,
                "step": point.step,
                "time_ms": _whole(point.time_ms),
                "value": number_as_json(point.value),
            }
            self.print(json.dumps(line, ensure_ascii=False))


def point_as_json(point: Point) -> list[Any]:
    """Return a point as ``[step, time in ms, value]``."""
    return [point.step, _whole(point.time_ms), number_as_json(point.value)]


def iso_time(ms: float) -> str:
    """Return ms since the epoch as ISO 8601 UTC, ``""`` where no calendar holds it."""
    from matui.base.formatting import format_iso_utc

    return format_iso_utc(ms) or ""


def _whole(ms: float | None) -> int | None:
    return None if ms is None else round(ms)


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text
