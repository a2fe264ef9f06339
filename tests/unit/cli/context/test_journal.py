"""What headless commands read goes to the journal of the user."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from matui.live.journal.change import Change
from matui.live.journal.journal import Journal
from matui.resources.model import Phase


def read_changes(line, tmp_path: Path) -> list[Change]:
    journal = Journal(tmp_path / "state" / "matui" / "journal.db", clock=line.clock)
    found = journal.reader.read_changes()
    journal.close()
    return list(found)


def fail(line, rid: str) -> None:
    line.cloud.rows[rid] = replace(line.cloud.rows[rid], status="JOBSTAT_FAILED", phase=Phase.FAILED)
    line.clock.time += 60


def test_two_lists_show_what_changed_between_them(line, tmp_path):
    assert line("get", "jobs").code == 0
    fail(line, "10")
    assert line("get", "jobs").code == 0
    assert line("get", "all").code == 0
    assert [(each.id, each.before, each.after, each.profile) for each in read_changes(line, tmp_path)] == [
        ("10", "JOBSTAT_RUNNING", "JOBSTAT_FAILED", "prod")
    ]


def test_a_wait_records_what_it_waits_for(line, tmp_path):
    line.clock.on_sleep = lambda count: fail(line, "10") if count == 2 else None
    assert line("wait", "job", "10", "--for", "failed").code == 0
    assert [(each.id, each.after) for each in read_changes(line, tmp_path)] == [("10", "JOBSTAT_FAILED")]


def test_a_folder_that_cannot_be_written_is_said_once_and_changes_nothing_else(line, tmp_path):
    (tmp_path / "state").write_text("no folder")
    said = line("get", "all")
    assert said.code == 0
    assert said.err.count("journal") == 1


def test_a_headless_action_is_the_source_of_what_follows(line, tmp_path):
    line.cloud.on_act = lambda: line.cloud.turn(1, "STOPPING", Phase.PENDING)
    assert line("stop", "nb", "id-1", "--yes").code == 0
    assert [(each.id, each.after, each.source) for each in read_changes(line, tmp_path)] == [
        ("id-1", "STOPPING", "action")
    ]


def test_what_a_headless_action_changes_later_is_seen_by_others_as_its_effect(line, tmp_path):
    assert line("stop", "nb", "id-1", "--yes").code == 0
    line.clock.time += 30
    line.cloud.turn(1, "STOPPED", Phase.STOPPED)
    assert line("get", "nb").code == 0
    assert [(each.after, each.source) for each in read_changes(line, tmp_path)] == [("STOPPED", "action")]
