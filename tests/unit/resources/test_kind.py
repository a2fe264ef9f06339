"""Actions and labels of a kind."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from matui.resources.kind import Action, build_consequence
from matui.resources.kinds.audit import AUDIT
from matui.resources.kinds.capsules import CAPSULES
from matui.resources.kinds.changes import CHANGES
from matui.resources.kinds.devservers import DEVSERVERS
from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.models import MODELS
from matui.resources.kinds.services import SERVICES
from matui.resources.model import Phase, Resource
from matui.resources.registry import INNER_KINDS, KINDS

JOB = Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")


def test_an_acronym_keeps_its_case_in_a_sentence() -> None:
    assert (JOBS.label, DEVSERVERS.label) == ("training jobs", "DevServers")


def test_an_action_names_its_object() -> None:
    action = MODELS.find_action("delete-versions")
    assert action is not None
    assert action.name_with("model resnet") == "delete all versions of model resnet"
    assert MODELS.find_action("stop") is None
    assert MODELS.find_column("nothing") is None


def test_a_consequence_counts_and_an_expected_status_may_depend_on_the_resource() -> None:
    action = Action(
        "x", "x", lambda _r: None, build_consequence("One.", "{count} of them."), becomes=lambda r: r.id
    )
    assert action.describe_consequence([JOB]) == "One."
    assert action.describe_consequence([JOB, JOB]) == "2 of them."
    assert action.expect_status(JOB) == "1"


def test_every_label_is_a_word_that_a_sentence_can_go_on_from() -> None:
    labels = [action.label for kind in (*KINDS.values(), *INNER_KINDS.values()) for action in kind.actions]
    assert [label for label in labels if label.endswith((" to", " of", " on"))] == []


def test_an_expected_status_is_in_capitals_where_the_present_one_is() -> None:
    start = SERVICES.find_action("start")
    assert start is not None
    stopped = Resource("services", "1", "a", "STOPPED", Phase.STOPPED, "modelarts", "p")
    assert start.expect_status(stopped) == "DEPLOYING"
    assert start.expect_status(replace(stopped, status="stopped")) == "deploying"
    assert start.why_not(replace(stopped, status="RUNNING")) == "it is already running"


@pytest.mark.parametrize(
    ("zone", "named"),
    [("Asia/Shanghai", "CST"), ("Asia/Kathmandu", "+0545"), ("UTC", "UTC"), ("No/Where", "UTC"), ("", "UTC")],
)
def test_a_column_of_local_times_names_their_zone(monkeypatch, zone: str, named: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    for kind, title in ((AUDIT, "WHEN"), (CAPSULES, "SAVED"), (CHANGES, "WHEN")):
        column = kind.columns[0]
        assert (column.title, column.format_heading(column.width)) == (title, f"{title} {named}")
        assert column.format_heading(len(title)) == title
    monkeypatch.undo()
    time.tzset()


def test_the_zone_is_named_in_brief_and_wide_columns_too() -> None:
    assert CHANGES.columns[0].brief is not None
    assert CHANGES.columns[0].brief.format_heading(13) != "WHEN"
    assert next(c for c in JOBS.columns if c.id == "eta_at").format_heading(11) != "ENDS"


def test_the_verb_agrees_with_the_title_of_every_kind() -> None:
    singular = {
        kind.title
        for kind in (*KINDS.values(), *INNER_KINDS.values(), AUDIT, CHANGES, CAPSULES)
        if kind.verb == "has"
    }
    assert singular == {"Maintenance", "Audit"}
    assert KINDS["maintenance"].explain_no_action("stop") == "Maintenance has no action stop."
    assert KINDS["jobs"].explain_no_action("scale") == "Training jobs have no action scale."
