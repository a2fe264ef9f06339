"""Triage begins anew at another time of a replay."""

from __future__ import annotations

from matui.live.poll.rows import Diff
from matui.live.triage.board import TriageBoard
from matui.live.triage.item import Why
from matui.live.triage.state_times import StateChange
from matui.resources.model import Phase, Resource

NOW = 1_760_000_000_000.0


def _make_job(ident: str, phase: Phase) -> Resource:
    return Resource("jobs", ident, ident, phase.name, phase, "modelarts", "prod")


def test_rows_reasons_and_times_of_the_time_before_are_gone() -> None:
    board = TriageBoard()
    for now, phase in ((NOW, Phase.RUNNING), (NOW + 60_000, Phase.FAILED)):
        diff = Diff(changed=(_make_job("a", phase), _make_job("b", Phase.FAILED)))
        board.times.observe(diff, now)
        board.apply(diff, now)
    board.set_why(_make_job("b", Phase.FAILED), Why("out of memory", "log"), NOW)
    assert {row.id for row in board.rows.values()} == {"a", "b"}
    assert any("out of memory" in row.get_text("why") for row in board.rows.values())

    board.restart()
    listed = (_make_job("a", Phase.RUNNING), _make_job("b", Phase.FAILED))
    board.times.observe(Diff(added=listed), NOW)
    diff = board.replace_list("prod", "jobs", listed, NOW)
    assert [row.id for row in diff.removed] == ["a"]
    assert [row.get_text("why") for row in board.rows.values()] == [""]

    board.load_journal([StateChange(("prod", "jobs", "b"), NOW - 5000, "RUNNING", "FAILED")], NOW)
    assert board.times.has_entered_after(("prod", "jobs", "b"), NOW - 5001)
