"""The values that differ between two versions."""

from __future__ import annotations

from matui.live.why.readers import compare_details
from matui.resources.detail import Detail, Section
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
