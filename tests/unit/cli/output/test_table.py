"""The table of ``matui get``: aligned, whole in a pipe, cut on a terminal."""

from __future__ import annotations

import io
import sys

import pytest

from matui.cli.output.table import Table
from matui.resources.kinds.notebooks import NOTEBOOKS
from tests.unit.live.acting import make_notebook

NOW = 1_600_000_000_000
LONG = type(make_notebook())(
    "notebooks", "x", "n" * 500, "RUNNING", make_notebook().phase, "modelarts", "prod"
)


def format_lines(room: int | None, *rows, wide: bool = False) -> list[str]:
    table = Table.fit_rows(NOTEBOOKS, rows, NOW, wide=wide, room=room)
    return [table.format_header(), *(table.format_row(row, NOW) for row in rows)]


def test_a_pipe_gets_every_cell_whole_under_its_head():
    header, first, second = format_lines(None, LONG, make_notebook(1))
    assert "n" * 500 in first
    assert header.index("STATUS") == first.index("● RUNNING") == second.index("●")


def test_a_terminal_cuts_a_name_and_keeps_the_columns_after_it():
    _header, first, _second = format_lines(120, LONG, make_notebook(1))
    assert "…  ● RUNNING" in first


def test_the_least_needed_columns_go_first():
    assert "OWNER" in format_lines(120, make_notebook(1))[0]
    assert format_lines(19, make_notebook(1))[0].split() == ["NAME", "STATUS"]


def test_no_line_is_wider_than_the_terminal():
    assert all(len(line) <= 12 for line in format_lines(12, make_notebook(1)))
    assert all(len(line) <= 50 for line in format_lines(50, make_notebook(1), wide=True))


@pytest.mark.parametrize("errors", ["backslashreplace", "replace"])
def test_cells_that_stdout_cannot_encode_do_not_move_the_columns(errors, monkeypatch):
    chinese = type(LONG)("notebooks", "x", "客户流失", "RUNNING", LONG.phase, "modelarts", "prod")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors=errors))
    written = [
        line.encode("ascii", errors).decode() for line in format_lines(None, chinese, make_notebook(1))
    ]
    assert written[1].index("RUNNING") == written[2].index("RUNNING")
