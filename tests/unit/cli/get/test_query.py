"""What is listed: a kind by any of its names, every kind, or what needs attention."""

from __future__ import annotations

import json

import pytest


def test_rows_are_sorted_by_a_column_either_way(line):
    assert line("get", "nb", "--sort", "name", "-o", "name").out.split() == [
        "notebook/id-1",
        "notebook/id-2",
        "notebook/id-3",
    ]
    assert line("get", "nb", "--sort=-NAME", "-o", "name").out.split()[0] == "notebook/id-3"
    assert line("get", "nb", "--sort", "-name", "-o", "name").out.split()[0] == "notebook/id-3"
    assert line("get", "nb", "--sort", "status", "-o", "name").out.split()[0] == "notebook/id-3"


def test_an_unknown_column_is_a_usage_error(line):
    said = line("get", "nb", "--sort", "size")
    assert said.code == 2
    assert "Columns: name status" in said.err


def test_a_mistyped_column_is_answered_with_the_nearest(line):
    assert "Did you mean duration?" in line("get", "jobs", "--sort", "duratoin").err


@pytest.mark.parametrize("name", ["notebooks", "notebook", "nb", "NB"])
def test_a_kind_has_several_names(line, name):
    assert "nb-1" in line("get", name).out


@pytest.mark.parametrize("kind", ["triage", "all"])
def test_every_kind_is_listed_at_once(line, kind):
    tree = json.loads(line("get", kind, "-o", "json").out)
    assert tree["kind"] == kind
    phases = {item["phase"] for item in tree["items"]}
    assert phases == {"failed"} if kind == "triage" else phases > {"failed"}
    assert {item["kind"] for item in tree["items"]} == {"notebooks", "jobs"}
    table = line("get", kind).out.splitlines()
    assert table[0].split()[:2] == ["KIND", "NAME"]
    assert len(table) == len(tree["items"]) + 1
    assert len(line("get", kind, "-o", "name").out.splitlines()) == len(tree["items"])


@pytest.mark.parametrize(("typed", "meant"), [("jbos", "jobs"), ("notebok", "notebook"), ("triag", "triage")])
def test_a_mistyped_kind_is_answered_with_the_nearest(line, typed, meant):
    said = line("get", typed)
    assert said.code == 2
    assert f"Did you mean {meant}?" in said.err


def test_names_are_taken_as_they_are_printed(line):
    names = line("get", "jobs", "-o", "name").out.split()
    assert line("get", *names, "-o", "name").out.split() == names
