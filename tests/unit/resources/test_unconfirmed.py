"""Rows of an earlier run."""

from __future__ import annotations

from matui.resources.model import Phase, Resource
from matui.resources.unconfirmed import format_moment, is_unconfirmed, mark_unconfirmed, why_unconfirmed

ROW = Resource("jobs", "1", "train", "RUNNING", Phase.RUNNING, "modelarts", "prod", facts={"step": 3})


def test_a_marked_row_says_when_it_was_read() -> None:
    marked = mark_unconfirmed(ROW, 7_800_000)
    assert is_unconfirmed(marked)
    assert marked.facts["step"] == 3
    assert why_unconfirmed(marked) == (
        f"it is as of {format_moment(7_800_000)}, and the cloud has not answered yet"
    )


def test_a_row_of_the_cloud_is_not_marked() -> None:
    assert not is_unconfirmed(ROW)
    assert why_unconfirmed(ROW) is None
