"""A list that lacks rows which the cloud counts is said to, in every command that reads one."""

from __future__ import annotations

import pytest

from matui.clouds.protocols import ListRequest, Page


@pytest.fixture
def short(line, monkeypatch):
    """Count one job more than the list holds."""
    whole = line.cloud.list_page

    async def list_page(request: ListRequest) -> Page:
        page = await whole(request)
        return Page(page.resources, 4, page.newest_first) if request.kind == "jobs" else page

    monkeypatch.setattr(line.cloud, "list_page", list_page)
    return line


@pytest.mark.parametrize(
    "words",
    [
        ("get", "jobs"),
        ("get", "all"),
        ("get", "triage"),
        ("get", "jobs", "no-such-name"),
        ("delete", "jobs", "--filter", "phase:failed", "--dry-run"),
    ],
)
def test_a_list_that_lacks_rows_exits_6_and_says_how_many(short, words) -> None:
    said = short(*words)
    assert said.code == 6
    assert "The list of jobs is incomplete: 3 of at least 4" in said.err


@pytest.mark.parametrize(
    ("words", "said_of_the_rows"),
    [((), "None of 4 jobs came."), (("--filter", "phase:failed"), "No job came; 4 more did not come")],
)
def test_a_list_that_holds_no_row_speaks_of_matches_only_where_there_is_a_filter(
    line, monkeypatch, words, said_of_the_rows
) -> None:
    async def list_page(request: ListRequest) -> Page:
        return Page((), 4, newest_first=False)

    monkeypatch.setattr(line.cloud, "list_page", list_page)
    said = line("get", "jobs", *words)
    assert said.code == 6
    assert said_of_the_rows in said.err
    assert said.err.count("None of") == (0 if words else 1)


@pytest.mark.parametrize("words", [("get", "jobs"), ("delete", "jobs", "--dry-run")])
def test_a_filter_on_a_list_cut_short_says_that_one_that_is_missing_may_match(short, words) -> None:
    said = short(*words, "--filter", "phase:pending")
    assert said.code == 6
    assert "None of the 3 jobs that came matches; 1 more did not come, and one may match." in said.err
