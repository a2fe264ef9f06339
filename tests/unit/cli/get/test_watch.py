"""``matui get --watch``: the list once, then each change."""

from __future__ import annotations

import json

import pytest

from matui.base.errors import RateLimitedError
from matui.clouds.protocols import ListRequest, Page
from matui.resources.model import Phase


def test_a_watch_cannot_be_one_document(line):
    assert line("get", "jobs", "--watch", "-o", "json").code == 2


def watch_changes(line, *arguments: str, changes) -> list[str]:
    """Watch while ``changes`` are made, one a poll, and return the lines written."""

    def step(count: int) -> None:
        if count > 8 * len(changes):
            raise KeyboardInterrupt
        if count % 8 == 0:
            changes[count // 8 - 1]()

    line.clock.on_sleep = step
    said = line("get", "nb", "--watch", *arguments)
    assert said.code == 130
    return said.out.splitlines()


def test_a_watch_appends_what_changed(line):
    lines = watch_changes(
        line,
        changes=[
            lambda: line.cloud.turn(1, "STOPPING", Phase.PENDING),
            lambda: line.cloud.rows.pop("id-2"),
            lambda: None,
        ],
    )
    assert lines[0].startswith("NAME")
    assert [text.split()[0] for text in lines[1:4]] == ["nb-1", "nb-2", "nb-3"]
    assert "STOPPING" in lines[4]
    assert lines[5].endswith("(gone)")
    assert len(lines) == 6


def test_a_watch_as_jsonl_is_one_item_a_change(line):
    lines = watch_changes(
        line,
        "-o",
        "jsonl",
        "id-1",
        changes=[lambda: line.cloud.turn(1, "STOPPING", Phase.PENDING), lambda: line.cloud.rows.pop("id-1")]
        * 1
        + [lambda: None],
    )
    items = [json.loads(text) for text in lines]
    assert [item["status"] for item in items] == ["RUNNING", "STOPPING", "STOPPING"]
    assert [item.get("gone") for item in items] == [None, None, True]


def test_a_watch_of_an_unknown_id_is_refused(line):
    assert line("get", "nb", "nope", "--watch").code == 1


def test_a_watch_with_a_field_that_the_kind_lacks_is_refused(line):
    line.clock.on_sleep = _stop_after(10)
    said = line("get", "nb", "--watch", "--filter", "duration>1h")
    assert said.code == 2
    assert "notebooks have no such field here" in said.err
    assert not said.out


def _stop_after(most: int):
    def step(count: int) -> None:
        if count > most:
            raise KeyboardInterrupt

    return step


@pytest.fixture
def throttled(line, monkeypatch):
    """Let the cloud refuse the first two requests of the list; it asks for two minutes, then for nothing."""
    whole, asked_at = line.cloud.list_page, []

    async def list_page(request: ListRequest) -> Page:
        asked_at.append(line.clock.time)
        if len(asked_at) < 3:
            raise RateLimitedError("Too many requests.", retry_after_s=120.0 if len(asked_at) == 1 else None)
        return await whole(request)

    monkeypatch.setattr(line.cloud, "list_page", list_page)
    line.asked_at = asked_at
    return line


@pytest.mark.parametrize("words", [(), ("nb-1",)])
def test_a_watch_waits_out_a_cloud_that_takes_no_more_requests(throttled, words):
    """The first list that was refused ended the command, though it waits anyway."""
    throttled.clock.on_sleep = _stop_after(20)
    said = throttled("get", "nb", *words, "--watch")
    assert said.code == 130
    assert "nb-1" in said.out
    assert throttled.asked_at[1] - throttled.asked_at[0] >= 120
    assert said.err.count("Too many requests.") == 1
    assert "Still waiting" in said.err
    assert "stale" not in said.err


def test_a_watched_list_cut_short_says_that_one_that_is_missing_may_match(line, monkeypatch):
    whole = line.cloud.list_page

    async def list_page(request: ListRequest) -> Page:
        page = await whole(request)
        return Page(page.resources, 4, page.newest_first)

    monkeypatch.setattr(line.cloud, "list_page", list_page)
    line.clock.on_sleep = _stop_after(20)
    said = line("get", "nb", "--watch", "--filter", "phase:pending")
    assert "None of the 3 notebooks that came matches; 1 more did not come, and one may match." in said.err
