"""The values that differ between two versions, and the metrics of a why card."""

from __future__ import annotations

from matui.live.why.readers import compare_details, read_values
from matui.resources.detail import Detail, Metrics, MetricSeries, Section
from matui.resources.model import Phase, Resource


def detail(**rows: str) -> Detail:
    job = Resource("versions", "1/1", "V1", "DONE", Phase.DONE, "modelarts", "prod")
    return Detail(
        job, (Section("Job", tuple((label.replace("_", " "), text) for label, text in rows.items())),)
    )


def test_a_changed_value_is_listed_with_both_sides() -> None:
    (found,) = compare_details(detail(Image="a:1", Flavor="x"), detail(Image="a:2", Flavor="x"))
    assert (found.before, found.now) == ("a:1", "a:2")


def test_what_differs_between_any_two_versions_is_left_out() -> None:
    before = detail(Version="V1", Parent_version="–", Started="1", Duration="2h")
    after = detail(Version="V2", Parent_version="V1", Started="2", Duration="3h")
    assert compare_details(before, after) == []


def test_metrics_of_one_name_are_distinguished_by_their_worker() -> None:
    metrics = Metrics(
        (
            MetricSeries("CPU", (1.0, 2.0), "%", group="worker-0"),
            MetricSeries("CPU", (3.0,), "%", group="worker-1"),
            MetricSeries("Loss", (4.0,), group="training"),
        )
    )
    assert [one.label for one in read_values(metrics)] == ["CPU (worker-0)", "CPU (worker-1)", "Loss"]
