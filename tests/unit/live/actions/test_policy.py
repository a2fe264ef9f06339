"""The rules of a profile: what they forbid, and in which words; what has to be typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.live.actions.guard import list_offered_actions, make_plan, protect_work
from matui.live.actions.policy import Policy
from matui.live.actions.target_text import (
    accepts,
    build_required_phrase,
    format_name,
    list_facts,
    refuse_unnamed,
)
from matui.resources.kinds.notebooks import NOTEBOOKS
from matui.resources.model import Phase, Resource
from tests.unit.live.acting import FakeCloud, make_notebook


def plan_action(action: str, *rows: Resource, policy: Policy, count: int = 0):
    return make_plan(FakeCloud(*rows), NOTEBOOKS, action, rows, policy=policy, count=count)


def make_stopped(number: int = 1, **fields) -> Resource:
    return make_notebook(number, "STOPPED", Phase.STOPPED, **fields)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Policy(read_only=True), "profile prod is read-only here"),
        (Policy(deny=["stop"]), "the rules of profile prod deny stop (guard.deny)"),
        (
            Policy(allow=["start", "delete"]),
            "the rules of profile prod allow only: start, delete (guard.allow)",
        ),
        (Policy(allow=[]), "the rules of profile prod allow only: nothing (guard.allow)"),
        (Policy(allow=["stop"], deny=["stop"]), "the rules of profile prod deny stop (guard.deny)"),
        (
            Policy(protect=["x", "nb-*"], protect_how="never"),
            'profile prod protects "nb-*" from every action (guard.protect)',
        ),
    ],
)
def test_a_refusal_names_the_rule_and_the_profile(policy, words):
    plan = plan_action("stop", make_notebook(), policy=policy)
    assert plan.ready == ()
    assert plan.targets[0].refusal == words


def test_more_than_the_cap_are_refused_all_together():
    rows = [make_notebook(number) for number in range(4)]
    assert len(plan_action("stop", *rows[:3], policy=Policy(most=3)).ready) == 3
    plan = plan_action("stop", *rows, policy=Policy(most=3))
    assert plan.ready == ()
    assert plan.targets[3].refusal == "profile prod allows at most 3 at once, and these are 4 (guard.most)"


def test_what_is_refused_anyway_does_not_count_towards_the_cap():
    plan = plan_action("stop", make_notebook(1), make_stopped(2), policy=Policy(most=1))
    assert [target.resource.id for target in plan.ready] == ["id-1"]


def test_the_cap_counts_what_goes_with_the_plan():
    assert plan_action("stop", make_notebook(), policy=Policy(most=1), count=2).ready == ()


@pytest.mark.parametrize(
    ("pattern", "protects"),
    [
        ("nb-1", True),
        ("NB-*", True),
        ("id-?", True),
        ("nb", False),
        ("/^nb-\\d$/", True),
        ("/NB/", True),
        ("/^b/", False),
        ("/", False),
    ],
)
def test_a_pattern_is_a_glob_or_a_regex_over_name_and_id(pattern, protects):
    assert bool(Policy(protect=[pattern]).match_pattern(make_notebook())) is protects


def test_a_version_is_protected_with_its_job():
    version = Resource("versions", "7/2", "V2", "S", Phase.RUNNING, "m", "p", facts={"job_name": "prod-x"})
    assert Policy(protect=["prod-*"]).match_pattern(version) == "prod-*"
    assert format_name(version) == "V2 of prod-x"


def test_a_protected_thing_wants_its_name_typed_for_any_action():
    assert not plan_action("stop", make_notebook(), policy=Policy()).typed
    plan = plan_action("stop", make_notebook(1), make_notebook(2), policy=Policy(protect=["nb-2"]))
    assert plan.typed
    assert [target.resource.name for target in plan.protected] == ["nb-2"]


def test_the_countdown_is_five_seconds_for_deletions_and_nothing_else():
    assert plan_action("delete", make_stopped(), policy=Policy()).countdown_s == 5
    assert plan_action("stop", make_notebook(), policy=Policy()).countdown_s == 0
    assert Policy().get_countdown("delete-versions") == 5
    assert Policy(countdown_s={"stop": 3.0}).get_countdown("stop") == 3


def test_a_rule_for_delete_holds_for_its_bigger_sister():
    assert Policy(deny=["delete"]).explain_denial("prod", "delete-versions")
    assert Policy(allow=["delete-versions"]).explain_denial("prod", "delete")


@pytest.mark.parametrize("action", ["reset", "drain", "reboot", "rollback", "scale"])
def test_what_interrupts_most_falls_under_delete(action):
    assert Policy(deny=["delete"]).explain_denial("prod", action)
    assert Policy(deny=["stop"]).explain_denial("prod", action) is None
    assert Policy(allow=["delete"]).explain_denial("prod", action) is None
    assert Policy(allow=["stop"]).explain_denial("prod", action)
    assert Policy(allow=["delete", "lock"]).explain_denial("prod", action)
    assert Policy(countdown_s={"delete": 7.0}).get_countdown(action) == 7
    assert Policy(countdown_s={"delete": 7.0, action: 3.0}).get_countdown(action) == 3
    assert Policy(read_only=True).explain_denial("prod", action)


@pytest.mark.parametrize("action", ["lock", "unlock", "save-image", "accept"])
def test_the_other_new_actions_fall_under_stop(action):
    assert Policy(deny=["stop"]).explain_denial("prod", action)
    assert Policy(deny=["delete"]).explain_denial("prod", action) is None
    assert Policy(allow=["stop"]).explain_denial("prod", action) is None
    assert Policy(allow=["delete"]).explain_denial("prod", action)
    assert Policy(allow=[action]).explain_denial("prod", action) is None
    assert Policy(deny=[action]).explain_denial("prod", "stop") is None


def test_a_pattern_protects_what_belongs_to_the_name():
    node = Resource("poolnodes", "p-1/n-1", "n-1", "Available", Phase.RUNNING, "modelarts", "prod")
    node = replace(node, facts={"pool_name": "prod-pool"})
    assert Policy(protect=["prod-*"]).match_pattern(node) == "prod-*"


def test_forbidden_actions_are_not_offered():
    offered = list_offered_actions(FakeCloud(), NOTEBOOKS, policy=Policy(deny=["delete"]))
    assert [action.id for action in offered] == ["start", "stop", "save-image"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("train", "train"),
        ("", "id-1"),
        ("  ", "id-1"),
        ("n" * 65, "id-1"),
        ("a<202e>b", "id-1"),
        ("a␛b", "id-1"),
        ("a\u3164b", "id-1"),
        ("two  spaces", "id-1"),
        ("训练", "训练"),
    ],
)
def test_a_name_that_cannot_be_typed_is_replaced_by_the_id(name, wanted):
    plan = plan_action("delete", replace(make_stopped(), name=name), policy=Policy())
    assert build_required_phrase(plan) == wanted
    assert accepts(plan, wanted)
    assert accepts(plan, "id-1")
    assert not accepts(plan, "")
    assert not accepts(plan, "  ")


def test_several_want_their_number_typed():
    plan = plan_action("delete", make_stopped(1), make_stopped(2), policy=Policy())
    assert build_required_phrase(plan) == "delete 2"
    assert not accepts(plan, "nb-1")


def test_a_yes_given_beforehand_does_not_name_what_is_protected():
    plan = plan_action("stop", make_notebook(1), make_notebook(2), policy=Policy(protect=["nb-2"]))
    held = refuse_unnamed(plan, [])
    assert [target.resource.id for target in held.ready] == ["id-1"]
    assert "--confirm 'nb-2'" in held.targets[1].refusal
    assert len(refuse_unnamed(plan, ["id-2"]).ready) == 2


def test_work_that_is_interrupted_is_held_to_its_own_rule():
    work = {"id-1": ("eval", "run", "j-1"), "id-2": ("eval",)}
    rules = Policy(protect=["RUN"], protect_how="never")
    plan = protect_work(
        plan_action("stop", make_notebook(1), make_notebook(2), policy=rules), "prod", work, rules
    )
    assert [target.resource.id for target in plan.ready] == ["id-2"]
    assert plan.targets[0].refusal == (
        'it would interrupt run, which profile prod protects by "RUN" (guard.protect)'
    )
    rules = Policy(protect=["j-*"])
    plan = protect_work(
        plan_action("stop", make_notebook(1), make_notebook(2), policy=rules), "prod", work, rules
    )
    assert [target.protected for target in plan.targets] == ["j-*", ""]


def test_facts_say_whose_and_how_long():
    assert list_facts(make_notebook(owner="li", duration_ms=7_200_000), 0) == [
        "owner li",
        "running for 2h00m",
    ]
    assert list_facts(make_stopped(duration_ms=60_000), 0) == ["ran for 1m00s"]
    assert list_facts(make_notebook(created_at=0), 86_400_000.0) == ["age 24h"]


def test_an_endless_name_is_cut_with_its_length():
    shown = format_name(replace(make_notebook(), name="x" * 10_000))
    assert len(shown) < 250
    assert "10,000 characters" in shown
