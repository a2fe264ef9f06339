"""What has to be typed to confirm an action."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.live.actions.confirmation import accepts, refuse_unnamed, required_phrase
from matui.live.actions.guard import Plan, Target
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "j1", "train", "STOPPED", Phase.STOPPED, "modelarts", "prod")
DELETE = next(action for action in JOBS.actions if action.id == "delete")


def plan(*rows: Resource, protected: str = "") -> Plan:
    return Plan(DELETE, tuple(Target(row, None, protected) for row in rows))


@pytest.mark.parametrize(
    ("rows", "phrase"),
    [
        ((JOB,), "train"),
        ((replace(JOB, name=""),), "j1"),
        ((replace(JOB, name="x" * 65),), "j1"),
        ((replace(JOB, name="a\x1bb"),), "j1"),
        ((JOB, replace(JOB, id="j2")), "delete 2"),
    ],
)
def test_the_phrase(rows: tuple[Resource, ...], phrase: str) -> None:
    assert required_phrase(plan(*rows)) == phrase


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [("train", True), (" train ", True), ("j1", True), ("", False), ("  ", False), ("Train", False)],
)
def test_one_resource_is_confirmed_by_its_name_or_id(typed: str, accepted: bool) -> None:
    assert accepts(plan(JOB), typed) is accepted


def test_several_are_confirmed_by_their_number_only() -> None:
    both = plan(JOB, replace(JOB, id="j2"))
    assert accepts(both, "delete 2")
    assert not accepts(both, "train")


def test_yes_does_not_confirm_what_is_protected() -> None:
    (refused,) = refuse_unnamed(plan(JOB, protected="tr*"), ()).targets
    assert refused.refusal is not None
    assert "--confirm 'train'" in refused.refusal
    assert refuse_unnamed(plan(JOB, protected="tr*"), ("train",)).ready
    assert refuse_unnamed(plan(JOB), ()).ready
