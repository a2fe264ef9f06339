"""Why a resource is in trouble, from what is known of it."""

from __future__ import annotations

import pytest

from matui.resources.detail import Event, Instant, Section
from matui.resources.model import Phase, Resource
from matui.resources.why import explain_codes, find_why


def make_job(phase: Phase = Phase.FAILED, status: str = "Failed", **facts: str) -> Resource:
    return Resource("jobs", "1", "train", status, phase, "modelarts", "p", facts=facts)


def test_the_last_bad_event_comes_first_and_its_code_is_explained() -> None:
    events = (
        Event(1000, "pulled", False),
        Event(2000, "first trouble", True),
        Event(3000, "container ended with exit code 137", True),
        Event(4000, "cleaned up", False),
    )
    section = find_why(make_job(), (), events)
    assert section is not None
    assert section.title == "Why"
    assert section.rows[:2] == (
        ("Last bad event", Instant(3000)),
        ("Event", "container ended with exit code 137"),
    )
    label, text = section.rows[2]
    assert label == "Code"
    assert str(text).startswith("SIGKILL")
    assert section.rows[3][0] == "What to do"


def test_a_failure_text_is_taken_where_there_is_no_event() -> None:
    section = find_why(
        make_job(failure="ModelArts.6305 no quota"), (Section("State", (("Error", "no disk"),)),), ()
    )
    assert section is not None
    assert [row for row in section.rows if row[0] == "Failure"] == [
        ("Failure", "ModelArts.6305 no quota"),
        ("Failure", "no disk"),
    ]
    assert any(label == "Code" and str(text).startswith("ModelArts.6305") for label, text in section.rows)


def test_nothing_is_said_of_what_is_well() -> None:
    assert find_why(make_job(Phase.RUNNING), (), (Event(1, "bad", True),)) is None
    assert find_why(make_job(status="odd"), (), ()) is None


def test_a_status_that_says_nothing_else_is_explained() -> None:
    section = find_why(make_job(status="JOBSTAT_IMAGE_FAILED"), (), ())
    assert section is not None
    assert "image" in str(section.rows[0][1])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("exit code: 139", ["SIGSEGV"]),
        ("exitcode=-9 pid 88", ["SIGKILL"]),
        ("return code 1", ["exit 1"]),
        ("container exited with code 137 (OOMKilled), restarted 3 times", ["SIGKILL"]),
        ("process 12 exited with status 1", ["exit 1"]),
        ("容器的退出码：137", ["SIGKILL"]),
        ("instances restarted 3 times, exited 2 times", []),
        ("died with SIGABRT", ["SIGABRT"]),
        ("[ERROR] EI0006: getting socket times out", ["EI0006"]),
        ("error_code ModelArts.0103", ["ModelArts.0103"]),
        ("epoch 137 of 404", []),
        ("step 12 loss 1.5", []),
    ],
)
def test_codes_are_found_where_they_are_said_to_be_codes(text: str, codes: list[str]) -> None:
    assert [entry.code.split(" (")[0] for entry in explain_codes(text)] == codes


def test_a_pool_in_trouble_names_the_nodes_that_are_missing() -> None:
    facts = {"nodes_available": 13, "nodes": 16}
    pool = Resource("pools", "1", "a", "concerning", Phase.DEGRADED, "modelarts", "p", facts=facts)
    section = find_why(pool, (), ())
    assert section is not None
    assert section.rows == (("Nodes", "13 of 16 nodes are available"),)
