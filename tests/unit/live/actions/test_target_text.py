"""Names and facts of a resource in questions and reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.live.actions.guard import Plan, Target
from matui.live.actions.outcome import Outcome, summarize_outcomes
from matui.live.actions.target_text import (
    accepts,
    build_required_phrase,
    describe_running,
    format_name,
    format_resource_count,
    format_subject,
    list_facts,
    refuse_unnamed,
)
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "j1", "train", "RUNNING", Phase.RUNNING, "modelarts", "prod")
_RUNNING_JOB = Resource("jobs", "j1", "train", "STOPPED", Phase.STOPPED, "modelarts", "prod")
DELETE = next(action for action in JOBS.actions if action.id == "delete")


def plan(action: str, *rows: Resource) -> Plan:
    found = JOBS.find_action(action)
    assert found is not None
    return Plan(found, tuple(Target(row, None) for row in rows))


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (JOB, "train"),
        (replace(JOB, name=""), "–"),
        (replace(JOB, kind="versions", name="V0002", facts={"job_name": "train"}), "V0002 of train"),
        (replace(JOB, name="x" * 300), "x" * 200 + "… (300 characters)"),
    ],
)
def test_names(resource: Resource, name: str) -> None:
    assert format_name(resource) == name


def test_control_characters_are_visible() -> None:
    assert "\x1b" not in format_name(replace(JOB, name="a\x1b[2Jb"))


def test_a_subject_has_kind_name_and_id() -> None:
    assert format_subject(JOB) == "job train (j1)"


def test_facts_are_those_that_the_cloud_reports() -> None:
    assert list_facts(JOB, 0) == []
    assert list_facts(replace(JOB, facts={"service_name": "chat", "pool_name": ""}), 0) == ["service chat"]
    assert list_facts(replace(JOB, owner="li", duration_ms=7_200_000), 0) == ["owner li", "running for 2h00m"]
    ended = replace(JOB, phase=Phase.FAILED, duration_ms=7_200_000)
    assert list_facts(ended, 0) == ["ran for 2h00m"]


def test_a_deletion_says_how_many_are_running() -> None:
    stopped = replace(JOB, id="j2", phase=Phase.STOPPED)
    assert describe_running(plan("delete", stopped)) == ""
    assert describe_running(plan("delete", JOB)).startswith("It is running.")
    assert describe_running(plan("delete", JOB, replace(JOB, id="j3"))).startswith("All 2 are running.")
    assert describe_running(plan("delete", JOB, stopped)).startswith("1 of them is running.")
    assert describe_running(plan("stop", JOB)) == ""


def test_a_summary_counts_what_was_done_and_what_is_unknown() -> None:
    done, unknown = Outcome(JOB, "done", ""), Outcome(JOB, "unknown", "")
    assert summarize_outcomes("drain", (done, Outcome(JOB, "failed", ""))) == "Drain requested for 1 of 2"
    assert summarize_outcomes("drain", (unknown, unknown)) == "Drain requested for 0 of 2, unknown for 2"


def test_resources_are_counted_with_the_noun_of_their_kind() -> None:
    assert format_resource_count("poolnodes", 3) == "3 nodes"
    assert format_resource_count("services", 1) == "1 service"
    assert format_resource_count("maintenance", 2) == "2 maintenance"


def plan_of_confirmation(*rows: Resource, protected: str = "") -> Plan:
    return Plan(DELETE, tuple(Target(row, None, protected) for row in rows))


@pytest.mark.parametrize(
    ("rows", "phrase"),
    [
        ((_RUNNING_JOB,), "train"),
        ((replace(_RUNNING_JOB, name=""),), "j1"),
        ((replace(_RUNNING_JOB, name="x" * 65),), "j1"),
        ((replace(_RUNNING_JOB, name="a\x1bb"),), "j1"),
        ((_RUNNING_JOB, replace(_RUNNING_JOB, id="j2")), "delete 2"),
    ],
)
def test_the_phrase(rows: tuple[Resource, ...], phrase: str) -> None:
    assert build_required_phrase(plan_of_confirmation(*rows)) == phrase


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [("train", True), (" train ", True), ("j1", True), ("", False), ("  ", False), ("Train", False)],
)
def test_one_resource_is_confirmed_by_its_name_or_id(typed: str, accepted: bool) -> None:
    assert accepts(plan_of_confirmation(_RUNNING_JOB), typed) is accepted


def test_several_are_confirmed_by_their_number_only() -> None:
    both = plan_of_confirmation(_RUNNING_JOB, replace(_RUNNING_JOB, id="j2"))
    assert accepts(both, "delete 2")
    assert not accepts(both, "train")


def test_yes_does_not_confirm_what_is_protected() -> None:
    (refused,) = refuse_unnamed(plan_of_confirmation(_RUNNING_JOB, protected="tr*"), ()).targets
    assert refused.refusal is not None
    assert "--confirm 'train'" in refused.refusal
    assert refuse_unnamed(plan_of_confirmation(_RUNNING_JOB, protected="tr*"), ("train",)).ready
    assert refuse_unnamed(plan_of_confirmation(_RUNNING_JOB), ()).ready
