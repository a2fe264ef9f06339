"""What the header says of where the console looks."""

from __future__ import annotations

from matui.console.header import Place, header
from matui.resources.jobs import JOBS


def test_a_workspace_is_named_only_where_the_cloud_has_any() -> None:
    assert "ws default" in header(Place("prod", "cn-north-4", ""), JOBS, {}, 0, 0).plain
    assert "ws team-a" in header(Place("prod", "", "team-a"), JOBS, {}, 0, 0).plain
    assert "ws" not in header(Place("qf", "", None), JOBS, {}, 0, 0).plain
