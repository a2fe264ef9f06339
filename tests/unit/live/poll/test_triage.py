"""The resources that need attention, as the pollers publish them."""

from types import SimpleNamespace
from typing import Any

from matui.live.poll.rows import Diff
from matui.live.poll.triage import TriageList
from matui.resources.model import Phase, Resource


def row(name: str, phase: Phase, profile: str = "p") -> Resource:
    return Resource(
        kind="services", id=name, name=name, status=phase.value, phase=phase, cloud="m", profile=profile
    )


def update(**diff: tuple[Resource, ...]) -> Any:
    return SimpleNamespace(diff=Diff(**diff))


def test_a_resource_enters_with_trouble_and_leaves_without() -> None:
    triage = TriageList()
    failed, fine = row("a", Phase.FAILED), row("b", Phase.RUNNING)
    assert triage.apply(update(added=(failed, fine))).added == (failed,)
    assert triage.apply(update(changed=(row("a", Phase.RUNNING),))).removed == (failed,)
    assert triage.rows == {}


def test_removed_resources_and_closed_profiles_leave() -> None:
    triage = TriageList()
    here, there = row("a", Phase.FAILED), row("c", Phase.FAILED, "q")
    triage.apply(update(added=(here, there)))
    assert triage.apply(update(removed=(here,))).removed == (here,)
    triage.drop("q")
    assert triage.rows == {}
