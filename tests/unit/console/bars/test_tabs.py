"""The tabs of the kinds."""

from __future__ import annotations

from matui.console.bars.header import build_tabs
from matui.resources.registry import KINDS


def test_tabs_keep_the_name_of_the_kind_shown_and_drop_others_from_the_last_on() -> None:
    kinds = [(kind.key, kind) for kind in KINDS.values() if kind.key.isdigit()]
    wide = build_tabs(kinds, "jobs", {}, 200).plain
    assert "Visualization jobs" in wide
    usual = build_tabs(kinds, "configs", {"jobs": 7}, 80).plain
    assert len(usual) <= 80
    assert "jobs ✗7" in usual
    assert "configs" in usual
    assert "models" not in usual
    assert build_tabs(kinds, "jobs", {}, 30).plain == "1 2 jobs 3 4 5 6 7 8 9 "
