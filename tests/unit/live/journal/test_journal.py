"""The journal keeps notes, spans and limits, and no fault of the disk costs more than the journal."""

from __future__ import annotations

import ast
import builtins
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from matui.base.clock import ManualClock
from matui.live.journal import connection as connection_module
from matui.live.journal.change import Change, Span
from matui.live.journal.change_views import find_unwatched
from matui.live.journal.connection import connect, connect_read_only, find_file_system, prune
from matui.live.journal.journal import Journal, Limits
from matui.resources.model import Phase
from tests.unit.live.journal.readings import ACCOUNT, T0, make_job, make_reading

MINUTE = 60_000


class Usage(NamedTuple):
    """The bytes of a file system."""

    total: int
    used: int
    free: int


def make(file: Path | None, **values: Any) -> tuple[Journal, list[str]]:
    said: list[str] = []
    journal = Journal(file, clock=ManualClock(T0 / 1000 + 5000), on_problem=said.append, **values)
    journal.accounts.add("prod", lambda: ACCOUNT)
    return journal, said


def change_once(journal: Journal) -> tuple[Change, ...]:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(5, make_job("1", "JOBSTAT_FAILED")))
    journal.flush()
    return journal.reader.read_changes()


def test_the_file_is_readable_by_its_owner_alone_and_uses_wal(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "state" / "journal.db")
    assert len(change_once(journal)) == 1
    for each in (tmp_path / "state").iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert (tmp_path / "state" / "journal.db-wal").exists()
    journal.close()


def test_the_identities_of_what_was_seen_are_known(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    assert journal.reader.read_identities() == ()
    change_once(journal)
    (row,) = journal.reader.read_identities()
    assert (row.kind, row.id, row.name) == ("jobs", "1", make_job("1").name)
    journal.close()


def test_what_is_in_trouble_is_known_while_its_list_is_watched(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    change_once(journal)
    (last,) = journal.reader.read_last_in_phases((Phase.FAILED,), T0)
    assert (last.account, last.resource.id, last.resource.profile) == (ACCOUNT, "1", "prod")
    assert journal.reader.read_last_in_phases((Phase.DEGRADED,), T0) == ()
    assert journal.reader.read_last_in_phases((Phase.FAILED,), T0 + 60 * MINUTE) == ()
    journal.close()


def test_a_second_connection_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """Without its lock another process that closes the file removes the WAL as the last one."""
    file = tmp_path / "journal.db"
    connect(file).close()
    reader = connect_read_only(file)
    reader.execute("SELECT count(*) FROM changes").fetchall()
    writer = connect(file)
    writer.execute("INSERT INTO claims VALUES('a', 1)")
    other = f"import sqlite3; c = sqlite3.connect({str(file)!r}); c.execute('SELECT * FROM claims')"
    subprocess.run([sys.executable, "-c", other], check=True, timeout=30)
    assert (tmp_path / "journal.db-wal").exists()
    writer.close()
    reader.close()


def test_on_a_network_file_system_the_rollback_journal_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matui.live.journal.connection.is_on_network", lambda _file: True)
    journal, said = make(tmp_path / "journal.db")
    assert len(change_once(journal)) == 1
    assert not (tmp_path / "journal.db-wal").exists()
    assert not said


def test_the_file_system_is_that_of_the_longest_mount_point() -> None:
    mounts = (
        "22 1 8:1 / / rw - ext4 /dev/sda rw\n"
        "30 22 0:40 / /home/my\\040user rw - nfs4 server:/home rw\n"
        "31 22 0:41 / /home rw shared:1 - xfs /dev/sdb rw\n"
    )
    assert find_file_system("/home/my user/.local", mounts) == "nfs4"
    assert find_file_system("/home/other", mounts) == "xfs"
    assert find_file_system("/homes", mounts) == "ext4"


def test_a_damaged_file_is_set_aside_and_a_new_one_begins(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    file.write_bytes(b"this is no database" * 500)
    journal, said = make(file)
    assert len(change_once(journal)) == 1
    (aside,) = tmp_path.glob("journal.damaged-*.db")
    assert aside.read_bytes() == b"this is no database" * 500
    assert said == [f"The journal was damaged and is set aside as {aside.name}; a new one has begun."]
    journal.close()


def test_a_fifo_in_place_of_the_file_costs_only_the_journal(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "journal.db")
    journal, said = make(tmp_path / "journal.db")
    assert journal.reader.read_changes() == ()
    assert change_once(journal) == ()
    assert said == ["The journal cannot be read (not a regular file); it may not be written either."]
    journal.close()


def test_a_file_damaged_while_it_is_open_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    journal, said = make(file)
    for at in range(300):
        journal.record(make_reading(at, make_job("1", f"S{at}"), make_job(str(at))))
    journal.flush()
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:
        opened.seek(8192)
        opened.write(os.urandom(file.stat().st_size - 8192))
    for at in range(300, 320):
        journal.record(make_reading(at, make_job("1", f"S{at}")))
        journal.flush()
        journal.reader.read_changes()
    assert len(list(tmp_path.glob("journal.damaged-*.db"))) == 1
    assert len(said) == 1
    assert journal.reader.read_changes()
    journal.close()


def test_a_folder_that_cannot_be_written_costs_the_journal_and_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    journal, said = make(tmp_path / "state" / "journal.db")
    assert change_once(journal) == ()
    assert change_once(journal) == ()
    assert len(said) == 1
    assert "cannot be written" in said[0]
    assert journal.claim_names(["first"]) == {"first"}
    assert journal.claim_names(["first"]) == set()
    journal.close()


def test_a_full_disk_is_said_once_and_loses_only_what_was_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect_small(file: Path) -> sqlite3.Connection:
        connection = connect(file)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
        return connection

    monkeypatch.setattr("matui.live.journal.connection.connect", connect_small)
    journal, said = make(tmp_path / "journal.db")
    journal.record(make_reading(0, *(make_job(str(n), name="n" * 200) for n in range(500))))
    journal.record(make_reading(1, *(make_job(str(n), "JOBSTAT_FAILED") for n in range(500))))
    journal.flush()
    assert said == ["The journal cannot be written (database or disk is full); what changes now is not kept."]
    journal.close()


def test_a_file_that_stays_locked_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without locks every read would wait for ten seconds, one after the other."""
    journal, problems = make(tmp_path / "journal.db")
    change_once(journal)
    journal.reader.close()
    waits: list[float] = []

    def refuse(_file: Path, *, busy_s: float = 10.0) -> sqlite3.Connection:
        waits.append(busy_s)
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as context:
        context.setattr(connection_module, "connect_read_only", refuse)
        assert [journal.reader.read_changes() for _ in range(3)] == [()] * 3
    assert waits == [10.0, 0.1, 0.1]
    assert len(problems) == 1
    assert journal.reader.read_changes()
    journal.close()


def test_a_file_that_stays_locked_until_the_end_is_no_silent_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command closes its journal sooner than SQLite gives up waiting."""
    monkeypatch.setattr("matui.live.journal.journal._CLOSE_S", 0.05)
    journal, problems = make(tmp_path / "journal.db")
    change_once(journal)
    other = sqlite3.connect(tmp_path / "journal.db")
    other.execute("BEGIN IMMEDIATE")
    journal.record(make_reading(9, make_job("1")))
    journal.close()
    other.close()
    assert problems == ["The journal stays locked; what was last seen is not kept."]


def test_a_full_disk_is_named_where_sqlite_speaks_of_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module.shutil, "disk_usage", lambda _path: Usage(100, 100, 0))
    words = connection_module.explain_error(sqlite3.OperationalError("disk I/O error"), tmp_path / "j.db")
    assert words == "the disk is full"


def test_without_sqlite_there_is_no_journal_and_it_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **values: Any) -> Any:
        if name == "sqlite3":
            raise ImportError(name)
        return real(name, *args, **values)

    monkeypatch.setattr(builtins, "__import__", refuse)
    journal, said = make(tmp_path / "journal.db")
    assert change_once(journal) == ()
    assert said == ["There is no journal: this Python has no sqlite3."]
    journal.close()
    reader, said = make(tmp_path / "none.db")  # nothing has been written yet
    assert reader.reader.read_changes() == ()
    assert said == ["There is no journal: this Python has no sqlite3."]
    reader.close()


def test_only_what_opens_the_file_needs_sqlite() -> None:
    """A module that imports it would end the command where Python has none, before that can be reported."""
    folder = Path(connection_module.__file__).parent
    importers = {
        file.name
        for file in folder.glob("*.py")
        for statement in ast.parse(file.read_text("utf-8")).body
        if isinstance(statement, ast.Import) and any(name.name == "sqlite3" for name in statement.names)
    }
    assert importers == {"connection.py"}


def test_a_journal_of_a_newer_matui_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version=99")
    journal, said = make(file)
    assert change_once(journal) == ()
    assert len(said) == 1  # neither written nor read
    assert not list(tmp_path.glob("*damaged*"))
    journal.close()


def test_a_journal_of_an_earlier_version_is_continued(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    journal, _said = make(file)
    assert len(change_once(journal)) == 1
    journal.close()
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "DROP TABLE actions; DROP TABLE reasons; DROP TABLE clocks; PRAGMA user_version=1"
        )
    journal, said = make(file)
    journal.note_action("prod", "jobs", "1")
    journal.flush()
    assert (len(journal.reader.read_changes()), said) == (1, [])
    journal.close()


def test_a_reason_is_kept_in_place_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    journal, said = make(file)
    change_once(journal)
    journal.note_reason(make_job("1", "JOBSTAT_FAILED"), "out of memory", "log")
    journal.note_reason(make_job("1", "JOBSTAT_FAILED"), "password=hunter2hunter2 was refused")
    journal.flush()
    (found,) = journal.reader.read_reasons()
    assert (found.kind, found.id, found.status) == ("jobs", "1", "JOBSTAT_FAILED")
    assert "hunter2" not in found.words
    assert not said
    journal.close()


def test_a_journal_whose_reasons_have_no_source_is_continued(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    journal, _said = make(file)
    change_once(journal)
    journal.close()
    with sqlite3.connect(file) as connection:
        connection.executescript("ALTER TABLE reasons DROP COLUMN source; PRAGMA user_version=3")
    journal, said = make(file)
    assert journal.reader.read_reasons() == ()
    journal.note_reason(make_job("1", "JOBSTAT_FAILED"), "out of memory", "log")
    journal.flush()
    assert [(one.words, one.source) for one in journal.reader.read_reasons()] == [("out of memory", "log")]
    assert journal.reader.read_reasons(since=2**60) == ()
    assert not said
    journal.close()


def test_a_journal_without_reasons_that_cannot_be_written_has_none(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    journal, _said = make(file)
    change_once(journal)
    journal.close()
    with sqlite3.connect(file) as connection:
        connection.executescript("DROP TABLE reasons; DROP TABLE clocks; PRAGMA user_version=2")
    journal, said = make(file)
    assert (journal.reader.read_reasons(), journal.reader.read_clocks(), said) == ((), {}, [])
    journal.close()


def test_a_journal_that_is_off_holds_nothing() -> None:
    journal, said = make(None)
    assert change_once(journal) == ()
    assert journal.reader.read_last_rows("jobs", "prod").read_at is None
    assert not said


def test_listeners_get_the_changes_of_every_process(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    other, _ = make(tmp_path / "journal.db")
    heard: list[Change] = []
    journal.record(make_reading(0, make_job("1"), make_job("2")))
    journal.flush()
    journal.add_listener(heard.extend)
    other.record(make_reading(5, make_job("1", "JOBSTAT_FAILED"), complete=False))
    other.flush()
    journal.record(make_reading(6, make_job("2", "JOBSTAT_FAILED"), complete=False))
    journal.flush()
    assert [each.id for each in heard] == ["2", "1"]
    journal.close()
    other.close()


def test_spans_are_extended_and_joined_and_gaps_are_known(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    for at in (0, 30, 60):
        journal.record(make_reading(at, make_job("1")))
    journal.close()
    later, _ = make(tmp_path / "journal.db")
    for at in (100, 130, 3000, 3600):
        later.record(make_reading(at, make_job("1")))
    later.flush()
    spans = later.reader.read_watched(T0, T0 + 60 * MINUTE)
    assert spans == (Span(T0, T0 + 130_000), Span(T0 + 3_000_000, T0 + 3_600_000))
    assert find_unwatched(spans, T0 - MINUTE, T0 + 61 * MINUTE) == (
        Span(T0 - MINUTE, T0),
        Span(T0 + 130_000, T0 + 3_000_000),
        Span(T0 + 60 * MINUTE, T0 + 61 * MINUTE),
    )
    assert later.reader.read_watched(T0, T0 + MINUTE, "services") == ()
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        assert connection.execute("SELECT count(*) FROM spans").fetchone() == (2,)
    later.close()


def test_an_acknowledgement_holds_its_note_and_the_state_it_is_about(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    journal.acknowledge(make_job("1", "JOBSTAT_FAILED"), "li", "asked wang, token=abcd12345", about="failed")
    made = journal.reader.read_acknowledgements()["prod", "jobs", "1", "failed"]
    assert (made.by, made.note, made.status) == ("li", "asked wang, token=***", "JOBSTAT_FAILED")
    journal.withdraw(make_job("1"), about="failed")
    assert journal.reader.read_acknowledgements() == {}
    journal.close()


def test_a_name_is_claimed_once_by_all_processes(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    other, _ = make(tmp_path / "journal.db")
    assert journal.claim_names(["capsule 1"]) == {"capsule 1"}
    assert other.claim_names(["capsule 1", "capsule 2"]) == {"capsule 2"}
    journal.close()
    other.close()


def test_a_finding_is_stored_once(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    for _ in range(2):
        journal.add_finding(make_job("1"), "nan", "loss is NaN", since=T0, line=7)
        journal.add_finding(make_job("1"), "silent", "no line for 12 min")
    journal.flush()
    assert {(each.finding, each.since, each.line) for each in journal.reader.read_findings("jobs", "1")} == {
        ("nan", T0, 7),
        ("silent", None, None),
    }
    assert len(journal.reader.read_findings()) == 2
    journal.close()


def test_old_changes_go_and_the_file_stays_below_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (
        ("journal._CALL_S", 600.0),
        ("journal._CLOSE_S", 600.0),
        ("worker._PRUNE_PAUSE_S", 0.0),
    ):
        monkeypatch.setattr(f"matui.live.journal.{name}", seconds)
    file = tmp_path / "journal.db"
    journal, _ = make(file)
    for at in range(400):
        journal.record(make_reading(at, *(make_job(str(n), f"S{at}", name="n" * 100) for n in range(20))))
    journal.flush()
    assert len(journal.reader.read_changes()) == 399 * 20
    journal.close()
    small, _ = make(file, limits=Limits(megabytes=0.5))
    small.record(make_reading(500, make_job("1", "S399")))
    small.flush()
    assert small.reader.read_changes()[0].after is None
    small.close()
    assert file.stat().st_size < 700_000
    old, _ = make(file, limits=Limits(days=0.001))
    old.record(make_reading(4999, make_job("1", "S1")))
    old.close()
    kept, _ = make(file)
    assert {each.seen_at for each in kept.reader.read_changes()} == {T0 + 4_999_000}
    kept.close()


def test_a_held_journal_writes_what_is_waited_for_and_the_rest_once_released(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    journal.hold()
    journal.record(make_reading(0, make_job("1")))
    assert journal.is_writing
    assert not (tmp_path / "journal.db").exists()
    journal.release()
    journal.record(make_reading(5, make_job("1", "JOBSTAT_FAILED")))
    journal.flush()
    assert len(journal.reader.read_changes()) == 1
    journal.close()


def test_closing_a_held_journal_writes_what_is_queued(tmp_path: Path) -> None:
    journal, _ = make(tmp_path / "journal.db")
    journal.hold()
    journal.record(make_reading(0, make_job("1")))
    journal.close()
    assert (tmp_path / "journal.db").exists()


def test_old_changes_go_a_few_at_a_time_and_other_processes_write_between(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    journal, _ = make(file)
    change_once(journal)
    journal.close()
    connection, other = connect(file), connect(file)
    other.execute("PRAGMA busy_timeout=0")
    connection.execute(
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 2500) INSERT INTO changes(account, seen_at,"
        " profile, kind, rid, name, owner, workspace, reason, code, source)"
        " SELECT 1, i, 'prod', 'jobs', i, '', '', '', '', '', 'poll' FROM n"
    )
    left = []
    for _ in prune(connection, now=T0, days=30, megabytes=200):
        other.execute("INSERT INTO claims VALUES(?, ?)", (f"claim {len(left)}", T0))
        left.append(other.execute("SELECT count(*) FROM changes").fetchone()[0])
    assert left[:3] == [1501, 501, 1]
    connection.close()
    other.close()
