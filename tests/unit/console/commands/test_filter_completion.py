"""Completing a filter."""

from __future__ import annotations

import pytest

from matui.console.commands.command_line import complete_filter

FIELDS = ["owner", "phase", "started", "status"]


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("sta", ["started:", "status:"]),
        ("bert !ow", ["bert !owner:"]),
        ("phase:fa", ["phase:failed"]),
        ("x phase:failed,un", ["x phase:failed,unknown"]),
        ("", []),
        ("bert ", []),
        ("status:RUN", []),
        ("/sta", []),
    ],
)
def test_fields_and_phases_are_completed(text: str, completed: list[str]) -> None:
    assert complete_filter(text, FIELDS) == completed
