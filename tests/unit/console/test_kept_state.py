"""What is kept from run to run, a file that cannot be used, and earlier entries of the prompt."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from matui.console.kept_state import HistoryWalk, PromptHistory, StateFile
from matui.console.panes.split import Shares, read_shares


def test_a_value_is_there_in_the_next_run_and_its_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "state" / "console.json"
    file = StateFile(path)
    file.put("split", {"below": 0.5})
    file.write()
    assert StateFile(path).get("split") == {"below": 0.5}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["console.json"]


@pytest.mark.parametrize("content", ["", "{", "[1]", "[" * 100_000, '{"split": 1}' + " " * 300_000])
def test_a_file_that_cannot_be_read_counts_as_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "console.json"
    path.write_text(content)
    assert StateFile(path).get("split") is None


def test_a_pipe_does_not_hang_and_a_full_disk_is_no_failure(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "console.json")
    assert StateFile(tmp_path / "console.json").get("split") is None
    StateFile(tmp_path / "file" / "console.json").write()
    (tmp_path / "blocked").write_text("")
    StateFile(tmp_path / "blocked" / "console.json").write()


@pytest.mark.parametrize("kept", [None, 3, [], {"below": "x"}, {"below": 0}, {"below": 7, "beside": None}])
def test_shares_that_make_no_sense_are_the_default_ones(kept: object) -> None:
    assert read_shares(kept) == Shares()


def test_shares_are_taken_from_an_earlier_run() -> None:
    assert read_shares({"below": 0.4, "other": 1}) == Shares(below=0.4)


def test_entries_are_kept_by_mode_and_a_repeated_one_moves_to_the_end() -> None:
    kept: list[Any] = []
    history = PromptHistory(lambda entries: kept.append({mode: list(e) for mode, e in entries.items()}))
    for text in ("a", "b", " a ", "", "  ", "x" * 501):
        history.add("filter", text)
    history.add("command", "jobs")
    assert history.list_entries("filter") == ["b", "a"]
    assert kept[-1] == {"filter": ["b", "a"], "command": ["jobs"]}


def test_entries_of_earlier_runs_come_first_and_nonsense_is_ignored() -> None:
    history = PromptHistory()
    history.add("filter", "new")
    for kept in (None, 7, {"filter": 3}, {"filter": ["old", 4, None]}):
        history.load(kept)
    assert history.list_entries("filter") == ["old", "new"]


def test_only_the_latest_are_kept() -> None:
    history = PromptHistory()
    for number in range(150):
        history.add("filter", str(number))
    assert history.list_entries("filter")[0] == "50"


def test_a_walk_goes_back_and_returns_to_the_draft() -> None:
    walk = HistoryWalk(["one", "two"], "dra")
    assert [walk.step(-1), walk.step(-1), walk.step(-1)] == ["two", "one", None]
    assert [walk.step(1), walk.step(1), walk.step(1)] == ["two", "dra", None]
