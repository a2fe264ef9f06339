"""Details of a resource."""

from __future__ import annotations

from matui.resources.detail import Detail, Instant, Section
from matui.resources.model import Phase, Resource


def test_a_detail_counts_down_when_any_of_its_times_does() -> None:
    job = Resource("jobs", "1", "a", "", Phase.RUNNING, "modelarts", "p")
    still = Section("Times", (("Created", Instant(5)), ("Name", "a")))
    assert not Detail(job, (still,)).counts_down
    assert Detail(job, (still, Section("", (("Ends", Instant(9, counts_down=True)),)))).counts_down
