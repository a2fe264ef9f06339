"""Resources, details, events and metrics survive the way to JSON and back; secrets do not."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from matui.resources.codec import (
    build_raw,
    decode_detail,
    decode_events,
    decode_metrics,
    decode_resource,
    encode_detail,
    encode_events,
    encode_metrics,
    encode_resource,
)
from matui.resources.detail import Detail, Event, Gauge, Instant, Metrics, MetricSeries, Section
from matui.resources.model import Phase, Resource

ROW = Resource(
    "jobs", "7/1", "train 训练", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "prod", "0", "li",
    created_at=1, duration_ms=0, facts={"workers": 2, "flavor": "8v100", "ok": True},
    raw=build_raw({"a": [1]}),
)  # fmt: skip


def pass_through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_a_resource_survives() -> None:
    back = decode_resource(pass_through_json(encode_resource(ROW, raw=True)))
    assert back == ROW
    assert back.raw.parse_value() == {"a": [1]}
    assert "raw" not in encode_resource(ROW)


def test_a_detail_survives_and_masks_secrets() -> None:
    rows = (("Name", "train"), ("Started", Instant(5.0, counts_down=True)), ("Password", "hunter22"))
    back = decode_detail(pass_through_json(encode_detail(Detail(ROW, (Section("Overview", rows),)))))
    assert back.sections[0].rows[:2] == rows[:2]
    assert "hunter22" not in str(back.sections)


def test_events_survive() -> None:
    events = (Event(1, "started"), Event(None, "failed", abnormal=True, source="node"))
    assert decode_events(pass_through_json(encode_events(events))) == events


def test_metrics_survive_with_gaps_and_infinity() -> None:
    metrics = Metrics(
        (MetricSeries("GPU", (1.0, None, 3.5), "%", 60.0, "worker-0", (1.0, 2.0, 3.0)),),
        (Gauge("Quota", 1.0, math.inf, counter=True),),
    )
    assert decode_metrics(pass_through_json(encode_metrics(metrics))) == metrics


@pytest.mark.parametrize("value", [None, [], {}, {"kind": 1}, encode_resource(ROW) | {"phase": "new"}, "x"])
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        decode_resource(value)


@pytest.mark.parametrize("value", [None, 3, [1], {"series": 1}, {"sections": [1]}])
def test_other_parts_are_refused(value: Any) -> None:
    for decode in (decode_detail, decode_events, decode_metrics):
        with pytest.raises(ValueError):
            decode(value)


@pytest.mark.parametrize("number", [10**400, float("inf"), float("nan")], ids=["digits", "inf", "nan"])
def test_numbers_that_cannot_be_calculated_with_are_refused_or_left_out(number: float) -> None:
    row = {
        **encode_resource(Resource("jobs", "1", "a", "R", Phase.RUNNING, "c", "p")),
        "facts": {"step": number},
    }
    assert decode_resource(row).facts == {"step": None}
    with pytest.raises(ValueError, match="whole number"):
        decode_resource({**row, "created_at": number})


def test_a_number_too_large_for_a_metric_is_refused() -> None:
    series = {"label": "a", "points": [10**400], "unit": "", "interval_s": 1, "group": ""}
    with pytest.raises(ValueError, match="not a number"):
        decode_metrics({"series": [series], "gauges": []})
