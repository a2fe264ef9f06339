"""Earlier entries of the prompt."""

from __future__ import annotations

from typing import Any

from matui.console.kept_state import HistoryWalk, PromptHistory


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
