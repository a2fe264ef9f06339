"""The lines of each framework give exactly their numbers, whatever a platform writes before them."""

from __future__ import annotations

from collections import Counter

import pytest

from matui.base.log_lines.control import render_plain_text
from matui.signals.progress import LineReading
from matui.signals.reader import SignalReader
from tests.unit.signals.shape_samples import SAMPLES, Sample

PREFIXES = (
    "",
    "[rank0]: ",
    "[default0]:",
    "2026-11-28 12:00:01,123 - INFO - ",
    "[ModelArts Service Log]2026-11-28 12:00:01 - INFO - ",
    "ma-job-5f2e-worker-0 | ",
    "[1,0]<stdout>:",
    "3: ",
    "[rank3]:",
    "Nov 28 12:00:01 host-1 train[123]: ",
    "[pod/job-worker-0/main] ",
    "(RayTrainWorker pid=123, ip=10.0.0.1) ",
    "2026-11-28T12:00:01.123Z stdout F ",
    "\x1b[36m(Worker pid=12)\x1b[0m ",
)


def read_last(sample: Sample, prefix: str) -> LineReading | None:
    reader = SignalReader()
    found = None
    for line in sample.lines:
        found = reader.read(render_plain_text(prefix + line))
    return found


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=[f"{sample.framework}{number}" for number, sample in enumerate(SAMPLES)]
)
def test_a_line_gives_exactly_its_numbers_after_any_prefix(sample: Sample) -> None:
    for prefix in PREFIXES:
        found = read_last(sample, prefix)
        if found is None:
            assert not sample.values, prefix
            continue
        values = {value.name: value.number for value in found.values}
        units = {value.name: value.unit for value in found.values}
        assert values == pytest.approx(sample.values, rel=1e-9, nan_ok=True), prefix
        assert (found.step, found.total) == (sample.step, sample.total), prefix
        assert {name: units[name] for name in sample.units} == sample.units, prefix


def test_each_framework_has_at_least_three_lines() -> None:
    counts = Counter(sample.framework for sample in SAMPLES)
    assert {name: count for name, count in counts.items() if count < 3} == {}
