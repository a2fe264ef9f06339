"""What the parts of a why card are read from."""

from __future__ import annotations

from matui.live.why.readers import read_values
from matui.resources.detail import Gauge, Metrics


def test_gauges_of_one_name_have_the_name_of_their_group() -> None:
    gauges = (
        Gauge("recall", 0.9, None, "", "Model"),
        Gauge("recall", 0.8, None, "", "Class cat"),
        Gauge("loss", 1.0, None, "", "Model"),
    )
    assert [(one.label, one.last) for one in read_values(Metrics((), gauges))] == [
        ("recall (Model)", 0.9),
        ("recall (Class cat)", 0.8),
        ("loss", 1.0),
    ]
