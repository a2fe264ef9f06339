"""What is asked and refused where an action is about several profiles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matui.console.commands.actions import _format_refusals
from matui.console.screens.confirm import _find_change
from matui.console.screens.confirm_text import ProfileBadge, format_answers, format_question, format_targets
from matui.live.actions.guard import Plan, Target
from matui.live.poll.rows import Diff
from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.poolnodes import POOLNODES as POOL_NODES
from matui.resources.model import Phase, Resource

SCENES = [
    ProfileBadge("prod", "cn-north-4", "red"),
    ProfileBadge("lab", "", "#ff8800"),
    ProfileBadge("idle", "x", "cyan"),
]


def plan(*refusals: tuple[str, str | None]) -> Plan:
    stop: Any = JOBS.find_action("stop")
    jobs = [
        Target(Resource("jobs", "1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", name), refusal)
        for name, refusal in refusals
    ]
    return Plan(stop, tuple(jobs))


def test_the_dialog_names_every_profile_it_is_about_in_its_colour() -> None:
    asked = format_question(plan(("prod", None), ("lab", None)), SCENES)
    assert asked.plain == "Stop 2 jobs on  prod  cn-north-4   lab  "
    styles = [str(span.style) for span in asked.spans]
    assert "bold $background on $profile-red" in styles
    assert "bold #000000 on #ff8800" in styles


def test_what_is_left_out_is_counted_where_the_list_does_not_hide_it() -> None:
    asked = format_question(plan(("prod", None), ("lab", "read-only")), SCENES)
    assert asked.plain.endswith("  1 left out")


def test_each_line_names_its_profile_where_there_are_several() -> None:
    both = plan(("prod", None), ("lab", "profile lab is read-only here"))
    lines = format_targets(both, 0.0, SCENES).plain.splitlines()
    assert lines[0].startswith(" prod  train")
    assert lines[-1] == " lab  not train: profile lab is read-only here"
    assert format_targets(plan(("prod", None)), 0.0, SCENES[:1]).plain.startswith("train")


def test_facts_of_a_target_are_broken_between_facts() -> None:
    one = plan(("prod", None))
    assert format_targets(one, 0.0, SCENES[:1], width=10).plain.splitlines()[1] == "  id 1"
    assert format_targets(one, 0.0, SCENES[:1], width=5).plain.splitlines()[1] == "  1"


def test_a_target_without_a_status_is_its_symbol_alone() -> None:
    row = Resource("models", "1", "bert", "", Phase.DONE, "modelarts", "prod")
    one = Plan(plan().action, (Target(row, None),))
    assert format_targets(one, 0.0, SCENES[:1]).plain.splitlines()[0] == "bert  ✓"


def test_answers_that_do_not_fit_stand_one_below_the_other() -> None:
    one = plan(("prod", None))
    whole = format_answers(one).plain
    assert "\n" not in whole
    yes, no = format_answers(one, len(whole) - 1).plain.splitlines()
    assert (yes.split()[-1], no.split()[-1]) == ("confirm", "cancel")


def test_a_refusal_says_which_profile_only_where_there_are_several() -> None:
    both = plan(("prod", "profile prod is read-only here"), ("lab", "it has completed"))
    assert _format_refusals(both) == "Cannot stop train of prod: profile prod is read-only here. Nor 1 more."
    assert _format_refusals(plan(("lab", "it has completed"))) == "Cannot stop train: it has completed."


def test_what_will_be_interrupted_stands_before_a_long_list_of_targets() -> None:
    drain: Any = POOL_NODES.find_action("drain")
    nodes = [
        Target(
            Resource("poolnodes", f"pool/{name}", name, "Available", Phase.RUNNING, "modelarts", "prod"), None
        )
        for name in ("node-1", "node-2")
    ]
    several = Plan(drain, tuple(nodes), notes=("node-1: 1 workload on it will be interrupted:",))
    assert format_targets(several, 0.0).plain.startswith("node-1: 1 workload")
    assert format_question(several, SCENES).plain.startswith("Drain 2 nodes on")
    one = Plan(drain, tuple(nodes[:1]), notes=("node-1: nothing runs on it.",))
    assert format_targets(one, 0.0).plain.endswith("nothing runs on it.")


def test_a_target_of_which_another_version_runs_by_now_has_changed() -> None:
    (target,), stop = plan(("prod", None)).ready, JOBS.find_action("stop")
    assert stop is not None
    job = replace(target.resource, facts={"version_id": "1007", "version_count": 1})
    same = replace(job, duration_ms=5, facts={"version_id": "1007"})
    assert _find_change([job], Diff(changed=(same,)), stop) == ""
    other = Diff(changed=(replace(job, facts={"version_id": "2222"}),))
    assert _find_change([job], other, stop).endswith("has changed: its version was 1007 and is now 2222.")
