"""What the header says of where the console looks."""

from __future__ import annotations

from matui.console.bars.header import Place, header, tabs
from matui.resources.kinds.jobs import JOBS
from matui.resources.registry import KINDS


def test_a_workspace_is_named_only_where_the_cloud_has_any() -> None:
    assert "ws default" in header(Place("prod", "cn-north-4", ""), JOBS, {}, 0, 0).plain
    assert "ws team-a" in header(Place("prod", "", "team-a"), JOBS, {}, 0, 0).plain
    assert "ws" not in header(Place("qf", "", None), JOBS, {}, 0, 0).plain


def test_tabs_keep_the_name_of_the_kind_shown_and_drop_others_from_the_last_on() -> None:
    kinds = [(kind.key, kind) for kind in KINDS.values()]
    wide = tabs(kinds, "jobs", {}, 200).plain
    assert "Visualization jobs" in wide
    usual = tabs(kinds, "configs", {"jobs": 7}, 80).plain
    assert len(usual) <= 80
    assert "jobs ✗7" in usual
    assert "configs" in usual
    assert "models" not in usual
    assert tabs(kinds, "jobs", {}, 30).plain == "1 2 jobs 3 4 5 6 7 8 9 "
