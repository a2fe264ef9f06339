"""The tasks of an incident: few keys, as the guide says, and each of them works."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

import matui.guide
from tests.bench.oncall import TASKS, Task, format_table, play


def test_they_take_few_keys() -> None:
    assert [task.letter for task in TASKS] == list("abcdefghijkl")
    assert median(task.keys for task in TASKS) <= 4
    assert max(task.keys for task in TASKS) <= 8


def test_the_guide_has_them() -> None:
    guide = Path(matui.guide.__file__).parent / "incident.md"
    assert format_table(TASKS) in guide.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.letter)
def test_the_answer_is_on_the_screen(task: Task, tmp_path: Path) -> None:
    play(task, tmp_path)
