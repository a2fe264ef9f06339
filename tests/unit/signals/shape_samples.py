"""Lines of frameworks (``*_samples.toml``) with exactly what is to be read from them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple


class Sample(NamedTuple):
    """Lines of a framework, and of the last one: step, total, values, and some of their units."""

    framework: str
    lines: tuple[str, ...]
    step: int | None
    total: int | None
    values: dict[str, float]
    units: dict[str, str]


def _load(path: Path) -> tuple[Sample, ...]:
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Sample(
            one["framework"],
            tuple(one["lines"]),
            one.get("step"),
            one.get("total"),
            one["values"],
            one.get("units", {}),
        )
        for one in tree["sample"]
    )


_HERE = Path(__file__).parent
_FILES = ("shape_samples.toml", "source_samples.toml", "own_words_samples.toml")
SAMPLES = tuple(sample for name in _FILES for sample in _load(_HERE / name))
