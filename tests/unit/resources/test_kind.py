"""Actions and labels of a kind."""

from __future__ import annotations

from matui.resources.kind import Action, consequence
from matui.resources.kinds.devservers import DEVSERVERS
from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.models import MODELS
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")


def test_an_acronym_keeps_its_case_in_a_sentence() -> None:
    assert (JOBS.label, DEVSERVERS.label) == ("training jobs", "DevServers")


def test_an_action_names_its_object() -> None:
    action = MODELS.action("delete-versions")
    assert action is not None
    assert action.of("model resnet") == "delete all versions of model resnet"
    assert MODELS.action("stop") is None
    assert MODELS.column("nothing") is None


def test_a_consequence_counts_and_an_expected_status_may_depend_on_the_resource() -> None:
    action = Action(
        "x", "x", lambda _r: None, consequence("One.", "{count} of them."), becomes=lambda r: r.id
    )
    assert action.consequence_for([JOB]) == "One."
    assert action.consequence_for([JOB, JOB]) == "2 of them."
    assert action.expected(JOB) == "1"
