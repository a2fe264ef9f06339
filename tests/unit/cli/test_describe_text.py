"""The details of a resource as text."""

from __future__ import annotations

from matui.cli.describe_text import format_text
from matui.resources.detail import Detail, Event, Section
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "j1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "prod", owner="li")


def test_labels_are_aligned_and_empty_values_left_out() -> None:
    text = format_text(Detail(JOB, (Section("Data", (("In", "/a"), ("Output", "/b"))),)), (), (), 0)
    lines = text.splitlines()
    assert lines[0] == "Name     train"
    assert not any(line.startswith(("Workspace", "Created")) for line in lines)
    assert text.endswith("\n\nData\n  In      /a\n  Output  /b")


def test_an_abnormal_event_is_marked() -> None:
    text = format_text(Detail(JOB, ()), (), (Event(None, "ok"), Event(None, "lost", True, "node")), 0)
    ok, lost = text.splitlines()[-2:]
    assert ok.startswith("  ")
    assert lost.startswith("! ")
    assert lost.endswith("node: lost")


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = format_text(Detail(JOB, (Section("A\x1b[2J", (("b\x1b", "c\x1b[0m"),)),)), (), (), 0)
    assert "\x1b" not in text
