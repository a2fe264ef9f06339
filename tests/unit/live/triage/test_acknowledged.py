"""What is acknowledged holds for the status in which it was made."""

from __future__ import annotations

from matui.live.triage.item import Acknowledgement
from matui.live.triage.ranking import AcknowledgedStates
from matui.resources.model import Phase
from tests.unit.live.triage.samples import make_row

ROW = make_row("JOBSTAT_FAILED", Phase.FAILED)
MADE = Acknowledgement("li", 0.0, "known")


def test_it_is_kept_with_the_status_and_withdrawn() -> None:
    states = AcknowledgedStates()
    assert states.set([ROW], MADE) == [ROW.key]
    assert dict(states.iterate_profile(ROW.profile)) == {ROW.key: (MADE, ROW.status)}
    assert dict(states.iterate_profile("another")) == {}
    assert states.set([ROW], None) == [ROW.key]
    assert dict(states.iterate_profile(ROW.profile)) == {}


def test_what_is_loaded_replaces_it_and_names_both() -> None:
    states = AcknowledgedStates()
    states.set([ROW], MADE)
    other = ("prod", "jobs", "other")
    assert states.load({other: (MADE, "x")}) == {ROW.key, other}
    states.forget([other])
    assert dict(states.iterate_profile(ROW.profile)) == {}
