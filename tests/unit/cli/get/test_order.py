"""Rows are sorted by a column."""

from __future__ import annotations


def test_rows_are_sorted_by_a_column_either_way(line):
    assert line("get", "nb", "--sort", "name", "-o", "name").out.split() == [
        "notebook/id-1",
        "notebook/id-2",
        "notebook/id-3",
    ]
    assert line("get", "nb", "--sort=-NAME", "-o", "name").out.split()[0] == "notebook/id-3"
    assert line("get", "nb", "--sort", "status", "-o", "name").out.split()[0] == "notebook/id-3"


def test_an_unknown_column_is_a_usage_error(line):
    said = line("get", "nb", "--sort", "size")
    assert said.code == 2
    assert "Columns: name status" in said.err
