"""The JSON form of resources."""

from __future__ import annotations

from matui.resources.export import format_listing, format_resource
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource

JOB = Resource(
    "jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p", created_at=1_594_887_749_000,
    duration_ms=1500,
)  # fmt: skip


def test_a_resource_lists_the_actions_its_state_allows() -> None:
    item = format_resource(JOB, JOBS.actions)
    assert item["actions"] == ["stop", "delete", "save-image"]
    assert item["created_at"] == "2020-07-16T08:22:29Z"
    assert item["duration_s"] == 1.5
    assert item["phase"] == "running"


def test_a_list_counts_the_rows_before_the_filter() -> None:
    document = format_listing("jobs", "p", [format_resource(JOB, ())], fetched_at_ms=0, total=7)
    assert (document["total"], len(document["items"])) == (7, 1)
    assert document["fetched_at"] == "1970-01-01T00:00:00Z"
