"""Steps and acknowledgements of the journal, by the profile that is open now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from matui.base.clock import ManualClock
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import Journal
from matui.live.triage.from_records import find_acknowledgements, read_steps
from matui.resources.model import Phase
from tests.unit.live.triage.samples import make_row

ACCOUNT = Account("modelarts", "https://x", "project", "r")


def open_journal(folder: Path) -> Journal:
    journal = Journal(folder / "journal.db", clock=ManualClock(1_000.0))
    journal.accounts.add("renamed", lambda: ACCOUNT)
    return journal


def test_steps_are_the_oldest_first_under_the_name_of_the_open_profile(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    for at, status in ((10, "INIT"), (20, "WAITING"), (30, "RUNNING")):
        one = make_row(status, Phase.RUNNING, profile="old-name")
        journal.record(
            Reading(ListScope(ACCOUNT, "old-name", "jobs"), at, (one,), is_complete=True, keep={"1"})
        )
    journal.flush()
    steps = read_steps(journal)
    assert [(step.key, step.before, step.after, step.exact) for step in steps] == [
        (("renamed", "jobs", "1"), "INIT", "WAITING", True),
        (("renamed", "jobs", "1"), "WAITING", "RUNNING", True),
    ]
    journal.close()


def test_what_is_new_and_has_ended_did_not_end_at_its_creation(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    scope = ListScope(ACCOUNT, "old-name", "jobs")
    journal.record(Reading(scope, 10, (), is_complete=True))
    rows = [
        replace(make_row("JOBSTAT_FAILED", Phase.FAILED, ident="1"), created_at=20),
        replace(make_row("JOBSTAT_WAITING", Phase.PENDING, ident="2"), created_at=20),
    ]
    journal.record(Reading(scope, 90, rows, is_complete=True))
    journal.flush()
    assert {(step.key[2], step.at, step.exact) for step in read_steps(journal)} == {
        ("1", 90.0, False),
        ("2", 20.0, True),
    }
    journal.close()


def test_an_acknowledgement_has_the_status_it_was_made_in(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.acknowledge(
        make_row("JOBSTAT_FAILED", Phase.FAILED, profile="renamed"), "li", "known", about="failed"
    )
    found = find_acknowledgements(journal)
    made, status = found[("renamed", "jobs", "1")]
    assert (made.by, made.note, status) == ("li", "known", "JOBSTAT_FAILED")
    journal.close()


def test_without_a_journal_there_is_nothing() -> None:
    journal = Journal(None, clock=ManualClock(0.0))
    assert (read_steps(journal), find_acknowledgements(journal)) == ([], {})
