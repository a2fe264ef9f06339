"""A figure with its target, and the table of all of them."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that was measured; ``target`` is the most it may be, None where there is none."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.target is None:
            return ""
        return "ok" if self.value <= self.target else "MISSED"

    def format_row(self) -> str:
        """Return the line of the table."""
        target = "" if self.target is None else f"≤ {self.target:,.4g} {self.unit}"
        return f"| {self.name} | {self.value:,.4g} {self.unit} | {target} | {self.verdict} | {self.note} |"


def compute_p50(values: Iterable[float]) -> float:
    """Return the median."""
    return median(values)


def compute_p95(values: Iterable[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def format_table(figures: Iterable[Figure]) -> str:
    """Return a Markdown table."""
    head = "| figure | measured | target | | |\n|---|---|---|---|---|"
    return "\n".join([head, *(figure.format_row() for figure in figures)])


def write_json(path: Path, figures: Iterable[Figure]) -> None:
    """Write every figure, and on what it was measured."""
    machine = {"python": platform.python_version(), "system": platform.platform()}
    rows = [asdict(figure) | {"verdict": figure.verdict} for figure in figures]
    path.write_text(json.dumps({"machine": machine, "figures": rows}, indent=2, ensure_ascii=False) + "\n")
