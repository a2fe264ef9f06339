"""The kind of nodes of a pool."""

from __future__ import annotations

import pytest

from matui.resources.kinds.poolnodes import COUNTDOWN_S, POOLNODES
from matui.resources.model import Phase, Resource


def make_node(status: str) -> Resource:
    return Resource("poolnodes", "p/n", "n", status, Phase.PENDING, "modelarts", "prod")


@pytest.mark.parametrize("action", POOLNODES.actions, ids=lambda action: action.id)
def test_a_node_that_is_being_created_can_only_be_locked(action) -> None:
    free = action.id in ("lock", "unlock")
    assert action.why_not(make_node("Available")) is None
    assert action.why_not(make_node("Creating")) == (None if free else "it is still being created")


def test_every_action_waits_and_a_reset_is_typed() -> None:
    assert {action.countdown_s for action in POOLNODES.actions} == {COUNTDOWN_S}
    assert [action.id for action in POOLNODES.actions if action.typed] == ["reset"]
