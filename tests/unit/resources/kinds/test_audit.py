"""An audited action as a row."""

from __future__ import annotations

from matui.resources.kinds.audit import AUDIT, FACTS, OUTCOME_PHASES
from matui.resources.model import Phase, Resource


def test_the_outcome_and_the_change_of_state_are_shown() -> None:
    facts = {"outcome": "refused", "before": "RUNNING", "after": "STOPPED"}
    row = Resource("audit", "1", "a", "refused", OUTCOME_PHASES["refused"], "modelarts", "p", facts=facts)
    outcome, state = AUDIT.find_column("outcome"), AUDIT.find_column("state")
    assert outcome is not None
    assert state is not None
    assert outcome.text(row, 0) == "✗ refused"
    assert state.text(row, 0) == "RUNNING → STOPPED"
    assert row.phase is Phase.FAILED
    assert {"action", "outcome", "before", "after"} <= set(FACTS)
