"""``matui get --watch``: the list once, then each change."""

from __future__ import annotations

import json

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
