"""``matui describe``: everything in text for people, and in JSON for scripts."""

from __future__ import annotations

import json

import pytest

from matui.base.errors import RefusedError, ServerFaultError
from matui.cli.describe import format_detail
from matui.resources.detail import Detail, Event, Instant, Section
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "j1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "prod", owner="li")


def test_labels_are_aligned_and_empty_values_left_out() -> None:
    text = format_detail(Detail(JOB, (Section("Data", (("In", "/a"), ("Output", "/b"))),)), (), (), 0)
    lines = text.splitlines()
    assert lines[0] == "Name     train"
    assert not any(line.startswith(("Workspace", "Created")) for line in lines)
    assert text.endswith("\n\nData\n  In      /a\n  Output  /b")


def test_a_resource_without_a_status_leaves_no_gap() -> None:
    row = Resource("models", "1", "bert", "", Phase.DONE, "modelarts", "prod")
    assert "✓ (done)\n" in format_detail(Detail(row, ()), (), (), 0)


def test_an_abnormal_event_is_marked() -> None:
    text = format_detail(Detail(JOB, ()), (), (Event(None, "ok"), Event(None, "lost", True, "node")), 0)
    ok, lost = text.splitlines()[-2:]
    assert ok.startswith("  ")
    assert lost.startswith("! ")
    assert lost.endswith("node: lost")


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = format_detail(Detail(JOB, (Section("A\x1b[2J", (("b\x1b", "c\x1b[0m"),)),)), (), (), 0)
    assert "\x1b" not in text


@pytest.fixture
def told(line):
    """Give the cloud details, versions and events."""
    sections = (Section("Data", (("Path", "/a/大\x1b"), ("Since", Instant(1_599_990_000_000)))),)
    version = Resource("versions", "10/1", "V1", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "prod")

    async def describe(_self, resource):
        return Detail(resource, sections)

    async def fetch_versions(_self, _job):
        return (version,)

    async def fetch_events(_self, _resource):
        return (Event(1_599_990_000_000, "pulled image", source="deploy"), Event(None, "died", abnormal=True))

    # A class of its own: isinstance() of a protocol keeps its answer for a class after the methods are gone.
    methods = {method.__name__: method for method in (describe, fetch_versions, fetch_events)}
    line.cloud.__class__ = type("DescribingCloud", (type(line.cloud),), methods)
    line.cloud.rows["s"] = Resource("services", "s", "svc", "running", Phase.RUNNING, "modelarts", "prod")
    return line


def test_text_shows_sections_versions_and_no_control_characters(told):
    out = told("describe", "job", "train").out
    for shown in ("JOBSTAT_RUNNING (running)", "Data", "/a/大", "2020-09-13", "Versions", "10/1"):
        assert shown in out
    assert "\x1b" not in out


def test_text_marks_abnormal_events(told):
    out = told("describe", "svc", "s").out
    assert "! –  died" in out
    assert "deploy: pulled image" in out


def test_json_is_the_item_and_more(told):
    tree = json.loads(told("describe", "job", "10", "-o", "json").out)
    assert list(tree)[:5] == ["kind", "id", "name", "status", "phase"]
    assert tree["sections"][0]["rows"][1] == {"label": "Since", "value": "2020-09-13T09:40:00Z"}
    assert tree["versions"][0]["id"] == "10/1"
    assert json.loads(told("describe", "svc", "s", "-o", "json").out)["events"][1]["abnormal"] is True


def test_what_cannot_be_read_leaves_the_rest(told, monkeypatch):
    async def broken(_self, _job):
        raise ServerFaultError("The cloud failed.", status=500)

    monkeypatch.setattr(type(told.cloud), "fetch_versions", broken)
    said = told("describe", "job", "10")
    assert said.code == 0
    assert "versions could not be read" in said.err
    assert "Data" in said.out


def test_a_pane_that_the_cloud_lacks_is_no_failure(told):
    class WithoutVersions(type(told.cloud)):
        async def fetch_versions(self, _job):
            raise RefusedError("Jobs have no versions.")

        def explain_unsupported(self, _kind, action):
            return "jobs have no versions" if action == "versions" else None

    told.cloud = WithoutVersions(*told.cloud.rows.values())
    said = told("describe", "job", "10")
    assert (said.code, said.err) == (0, "")


def test_an_unknown_id_exits_1(told):
    said = told("describe", "job", "nope")
    assert (said.code, said.out) == (1, "")


def test_what_is_in_trouble_begins_with_why(told):
    told.cloud.rows["bad"] = Resource("services", "bad", "bad", "failed", Phase.FAILED, "modelarts", "prod")
    tree = json.loads(told("describe", "services", "bad", "-o", "json").out)
    assert [section["title"] for section in tree["sections"]] == ["Why", "Data"]
    assert tree["sections"][0]["rows"][0] == {"label": "Last bad event", "value": "died"}
    assert "Why" not in told("describe", "services", "s").out
