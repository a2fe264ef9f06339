"""What the last start showed is found again for the same configuration and arguments only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.cli.options import Options
from matui.console.changes.last_start import (
    FILE_NAME,
    LastStart,
    describe_start,
    find_last_start,
    keep_last_start,
    mark_last,
    read_list,
    read_rows,
)
from matui.live.journal.change import Account, LastRows
from matui.live.journal.journal import Journal
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase, Resource, is_unconfirmed
from matui.resources.times import get_state_since
from tests.unit.live.journal.readings import T0, make_job, make_reading

ACCOUNT = Account("modelarts", "https://m.example.com", "p1", "cn-north-4")
START = LastStart("jobs", (("prod", "jobs", ""),), {"prod": ACCOUNT})


@pytest.fixture
def options(tmp_path: Path) -> Options:
    file = tmp_path / "config.toml"
    file.write_text("profile = 'prod'")
    return Options(config=file)


def make_member(profile: str = "prod", account: Account = ACCOUNT, workspace: str = "") -> Any:
    return SimpleNamespace(
        cloud=SimpleNamespace(profile=profile, kinds=("jobs", "notebooks", "flavors")),
        pollers=SimpleNamespace(workspace=workspace),
        journal=SimpleNamespace(accounts=SimpleNamespace(get_account=lambda _profile: account)),
    )


def test_a_start_is_found_again(options: Options, tmp_path: Path) -> None:
    assert find_last_start(options, tmp_path, {}) is None
    keep_last_start(START, options, tmp_path, {})
    assert find_last_start(options, tmp_path, {}) == START
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "changed", [{"profile": "test"}, {"screen": "pools"}, {"all_profiles": True}, {"workspace": "7"}]
)
def test_not_for_other_arguments(options: Options, tmp_path: Path, changed: dict[str, Any]) -> None:
    keep_last_start(START, options, tmp_path, {})
    assert find_last_start(options._replace(**changed), tmp_path, {}) is None


def test_not_for_another_profile_in_the_environment(options: Options, tmp_path: Path) -> None:
    keep_last_start(START, options, tmp_path, {})
    assert find_last_start(options, tmp_path, {"MATUI_PROFILE": "test"}) is None


def test_not_for_a_configuration_that_was_edited(options: Options, tmp_path: Path) -> None:
    assert options.config is not None
    keep_last_start(START, options, tmp_path, {})
    found = options.config.stat()
    os.utime(options.config, ns=(found.st_atime_ns, found.st_mtime_ns + 1))
    assert find_last_start(options, tmp_path, {}) is None


def test_not_without_a_configuration_file(tmp_path: Path) -> None:
    without = Options(config=tmp_path / "none.toml")
    keep_last_start(START, without, tmp_path, {})
    assert find_last_start(without, tmp_path, {}) is None
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "x",
        {},
        {"screen": 1},
        {"screen": "jobs", "lists": [], "accounts": {}},
        {"screen": "jobs", "lists": [["prod", "jobs"]], "accounts": {"prod": ["a", "b", "c", "d"]}},
        {"screen": "jobs", "lists": [["prod", "jobs", ""]], "accounts": {}},
        {"screen": "jobs", "lists": [["prod", "jobs", ""]], "accounts": {"prod": "abcd"}},
        {"screen": "jobs", "lists": [["prod", "jobs", 7]], "accounts": {"prod": ["a", "b", "c", "d"]}},
        {"screen": "jobs", "lists": [["prod", "jobs", "\ud800"]], "accounts": {"prod": ["a", "b", "c", "d"]}},
        {"screen": "jobs", "lists": [["prod", "jobs", ""]], "accounts": {"prod": ["a", "b", "c", "\ud800"]}},
        {"screen": "jobs", "lists": "abc", "accounts": {"prod": ["a", "b", "c", "d"]}},
    ],
)
def test_an_entry_of_another_shape_is_none(options: Options, tmp_path: Path, wrong: object) -> None:
    keep_last_start(START, options, tmp_path, {})
    file = tmp_path / FILE_NAME
    (name,) = json.loads(file.read_text())["starts"]
    file.write_text(json.dumps({"starts": {name: wrong}}))
    assert find_last_start(options, tmp_path, {}) is None


def test_a_damaged_file_is_replaced(options: Options, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    assert find_last_start(options, tmp_path, {}) is None
    keep_last_start(START, options, tmp_path, {})
    assert find_last_start(options, tmp_path, {}) == START


def test_eight_starts_are_kept(options: Options, tmp_path: Path) -> None:
    for number in range(10):
        keep_last_start(START, options._replace(profile=f"p{number}"), tmp_path, {})
    found = [find_last_start(options._replace(profile=f"p{number}"), tmp_path, {}) for number in range(10)]
    assert found == [None, None] + [START] * 8


def test_it_holds_for_the_same_accounts() -> None:
    assert describe_start("jobs", [make_member()]) == START
    assert START.holds_for(["prod"], [make_member()])
    assert not START.holds_for(["prod"], [make_member(account=ACCOUNT._replace(project="p2"))])
    assert not START.holds_for(["prod"], [make_member(workspace="7")])
    assert not START.holds_for(["test"], [make_member("test")])


def test_it_holds_while_other_profiles_are_being_opened() -> None:
    start = describe_start("triage", [make_member(), make_member("test")])
    assert [each[:2] for each in start.lists] == [
        ("prod", "jobs"),
        ("prod", "notebooks"),
        ("test", "jobs"),
        ("test", "notebooks"),
    ]
    assert start.is_multi
    assert start.holds_for(["prod", "test"], [make_member()])
    assert not start.holds_for(["prod"], [make_member()])


def test_rows_in_trouble_are_marked_for_triage() -> None:
    rows = [
        Resource("jobs", phase.value, phase.value, phase.value, phase, "modelarts", "prod")
        for phase in (Phase.FAILED, Phase.RUNNING)
    ]
    last = LastRows(tuple(rows), 1_000)
    assert [row.id for row in mark_last(last, "triage")] == [Phase.FAILED.value]
    assert all(is_unconfirmed(row) for row in mark_last(last, "jobs"))
    assert len(mark_last(last, "jobs")) == 2
    assert mark_last(LastRows(), "jobs") == []


def test_triage_shows_what_the_journal_knows_of_each_row(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", clock=ManualClock(T0 / 1000 + 1000))
    journal.accounts.add("prod", lambda: ACCOUNT)
    journal.record(make_reading(0, make_job("1"), make_job("2"), account=ACCOUNT))
    journal.record(
        make_reading(
            5, make_job("1", "JOBSTAT_FAILED", facts={"failure": "no disk"}), make_job("2"), account=ACCOUNT
        )
    )
    journal.record(
        make_reading(6, make_job("1", "JOBSTAT_FAILED"), make_job("2", "JOBSTAT_FAILED"), account=ACCOUNT)
    )
    journal.note_reason(replace(make_job("2", "JOBSTAT_FAILED"), profile="prod"), "CUDA error", "log")
    journal.flush()
    row, other = read_list(journal.reader, ("prod", "jobs", ""), "triage")
    assert (row.get_text("why"), get_state_since(row)) == ("no disk", T0 + 5000)
    assert (other.get_text("why"), other.get_text("why_source")) == ("CUDA error", "log")
    assert len(read_list(journal.reader, ("prod", "jobs", ""), "jobs")) == 2
    journal.close()


def test_triage_shows_ends_and_acknowledgements_that_the_journal_knows(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", clock=ManualClock(T0 / 1000 + 1000))
    journal.accounts.add("prod", lambda: ACCOUNT)
    seen, other = make_job("1", "JOBSTAT_FAILED"), make_job("2", "JOBSTAT_FAILED")
    journal.record(make_reading(0, seen, other, account=ACCOUNT))
    journal.note_end(seen, T0 - 60_000)
    journal.acknowledge(other, "li", "known", about="failed")
    journal.flush()
    rows = {row.id: row for row in read_list(journal.reader, ("prod", "jobs", ""), "triage")}
    journal.close()
    assert get_state_since(rows["1"]) == T0 - 60_000
    columns = {column.id: column for column in TRIAGE.columns}
    assert columns["why"].text(rows["2"], T0) == "known (acknowledged by li)"
    place = columns["what"].sort
    assert place(rows["2"]) > place(replace(rows["1"], phase=Phase.DEGRADED))


def test_a_damaged_journal_is_reported_when_the_rows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    file.write_bytes(b"no database " * 100)
    problems: list[str] = []
    assert read_rows(START, file, problems.append) == []
    assert len(problems) == 1
    assert "damaged" in problems[0]


def test_reading_the_rows_imports_nothing_that_writes(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.db", clock=ManualClock(T0 / 1000)).flush()
    code = f"""
import sys
from dataclasses import replace
from pathlib import Path
from matui.console.changes.last_start import LastStart, read_rows
from matui.live.journal.change import Account
start = LastStart("jobs", (("p", "jobs", ""),), {{"p": Account("modelarts")}})
read_rows(start, Path({str(tmp_path)!r}) / "journal.db", print)
print([name for name in sys.modules if name.endswith(("journal.recording", "redaction.masking"))])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"
