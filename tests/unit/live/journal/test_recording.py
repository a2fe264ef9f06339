"""A change is written once, whoever saw it, and nothing is invented."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.base.redaction.known import remember_secret
from matui.live.journal.change import Account, Change
from matui.live.journal.change_views import build_change_row, serialize_change
from matui.live.journal.journal import Journal
from matui.resources.detail import Event
from matui.resources.kinds.changes import CHANGES
from tests.unit.live.journal.readings import ACCOUNT, T0, make_job, make_reading


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(T0 / 1000 + 1000)  # after every reading


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock) -> Iterator[Journal]:
    made = Journal(tmp_path / "state" / "journal.db", clock=clock)
    made.accounts.add("prod", lambda: ACCOUNT)
    yield made
    made.close()
    assert not made.problem


def read_steps(journal: Journal, rid: str | None = None) -> list[tuple[str | None, str | None]]:
    """Return the states from and to, oldest first."""
    journal.flush()
    return [(each.before, each.after) for each in reversed(journal.reader.read_changes(id=rid))]


def test_the_first_listing_is_no_change(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2")))
    assert read_steps(journal) == []


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_reading_of_many_rows_is_compared_with_the_states_of_them_all(
    journal: Journal, is_complete: bool
) -> None:
    journal.record(make_reading(0, *(make_job(str(number)) for number in range(1300))))
    ended = [make_job(str(number), "JOBSTAT_COMPLETED") for number in (0, 499, 500, 1200)]
    others = [make_job(str(number)) for number in range(1300) if number not in (0, 499, 500, 1200, 1299)]
    journal.record(make_reading(10, *ended, *others, missing=["1299"], complete=is_complete))
    assert len(read_steps(journal)) == 5
    assert read_steps(journal, "1200") == [("JOBSTAT_RUNNING", "JOBSTAT_COMPLETED")]
    assert read_steps(journal, "1299") == [("JOBSTAT_RUNNING", None)]


@pytest.mark.parametrize("missing", [(), ("2",)])
def test_an_unreadable_row_is_no_resource_and_the_list_with_it_not_whole(
    journal: Journal, missing: tuple[str, ...]
) -> None:
    unread = make_job("?1", "", name="unreadable row", facts={"unreadable": True})
    journal.record(make_reading(0, make_job("1"), make_job("2")))
    journal.record(make_reading(5, make_job("1"), unread, missing=missing))
    journal.record(make_reading(10, make_job("1"), make_job("2")))
    assert read_steps(journal) == []


@pytest.mark.parametrize("ahead_ms", [420_000, 28_800_000, -28_800_000])
def test_times_of_the_cloud_are_kept_by_the_clock_of_this_machine(
    tmp_path: Path, clock: ManualClock, ahead_ms: int
) -> None:
    journal = Journal(tmp_path / "journal.db", clock=clock)
    journal.accounts.add("prod", lambda: ACCOUNT, lambda: ahead_ms)
    running = make_job("1", created_at=T0 + ahead_ms)
    failed = make_job(
        "1", "JOBSTAT_FAILED", created_at=T0 + ahead_ms, facts={"ended_at": T0 + 4_000 + ahead_ms}
    )
    journal.record(make_reading(0, running))
    journal.record(make_reading(5, failed, make_job("2", created_at=T0 + 3_000 + ahead_ms)))
    journal.record(
        make_reading(10, failed, make_job("2", "JOBSTAT_FAILED", created_at=T0 + 3_000 + ahead_ms))
    )
    journal.flush()
    journal.note_end(make_job("2", "JOBSTAT_FAILED"), T0 + 9_000 + ahead_ms)
    journal.flush()
    found = {(one.id, one.before): one.dated_at for one in journal.reader.read_changes()}
    status = running.status
    assert found == {("1", status): T0 + 4_000, ("2", None): T0 + 3_000, ("2", status): T0 + 9_000}
    assert journal.reader.read_clocks() == {ACCOUNT: ahead_ms}
    journal.close()


def test_a_change_of_state_is_one_row_with_both_states(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1")))
    ended = T0 + 4_000
    journal.record(
        make_reading(
            5,
            make_job("1", "JOBSTAT_FAILED", facts={"ended_at": ended, "failure": "ModelArts.0102: no quota"}),
        )
    )
    journal.flush()
    (change,) = journal.reader.read_changes("jobs", "1")
    assert change == Change(
        1, ACCOUNT, T0 + 5_000, ended, "prod", "jobs", "1", "job-1", "li", "", "JOBSTAT_RUNNING",
        "JOBSTAT_FAILED", change.before_phase, change.after_phase, "ModelArts.0102: no quota",
        "ModelArts.0102",
    )  # fmt: skip
    assert (change.before_phase, change.after_phase) == ("running", "failed")


def test_what_the_cloud_does_not_date_has_no_time(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1", duration_ms=1000, facts={"version_count": 3})))
    journal.record(
        make_reading(5, make_job("1", "JOBSTAT_COMPLETED", duration_ms=1000, facts={"version_count": 3}))
    )
    journal.flush()
    assert [each.happened_at for each in journal.reader.read_changes()] == [None]


def test_two_processes_that_see_the_same_change_write_one_row(journal: Journal, tmp_path: Path) -> None:
    other = Journal(tmp_path / "state" / "journal.db", clock=journal.clock)
    for each in (journal, other):
        each.record(make_reading(0, make_job("1")))
        each.flush()
    for at, each in enumerate((other, journal)):
        each.record(make_reading(5 + at, make_job("1", "JOBSTAT_FAILED")))
        each.flush()
    other.close()
    assert read_steps(journal) == [("JOBSTAT_RUNNING", "JOBSTAT_FAILED")]


def test_an_answer_that_is_older_than_the_journal_changes_nothing(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(9, make_job("1", "JOBSTAT_FAILED")))
    journal.record(make_reading(8, make_job("1")))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", "JOBSTAT_FAILED")]


def test_a_process_that_missed_states_continues_from_the_journal(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(5, make_job("1", "JOBSTAT_FAILED")))
    journal.record(make_reading(9, make_job("1", "JOBSTAT_COMPLETED")))
    assert read_steps(journal)[-1] == ("JOBSTAT_FAILED", "JOBSTAT_COMPLETED")


def test_what_appears_after_a_whole_listing_is_new_at_its_creation(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(5, make_job("1"), make_job("2", created_at=T0 + 3000)))
    journal.flush()
    (change,) = journal.reader.read_changes()
    assert (change.id, change.before, change.after) == ("2", None, "JOBSTAT_RUNNING")
    assert change.happened_at == T0 + 3000


def test_the_first_page_of_a_longer_list_is_no_news(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), complete=False))
    journal.record(make_reading(1, make_job("2"), complete=False))
    assert read_steps(journal) == []


def test_only_a_whole_listing_says_that_something_is_gone(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2")))
    journal.record(make_reading(5, make_job("1"), complete=False))
    assert read_steps(journal) == []
    journal.record(make_reading(6, make_job("1")))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", None)]


def test_what_a_page_proves_absent_is_gone_once(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2")))
    journal.record(make_reading(5, complete=False, missing=["2"]))
    journal.record(make_reading(6, make_job("1")))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", None)]


def test_something_gone_while_not_watched_is_found_at_the_next_start(tmp_path: Path) -> None:
    file, clock = tmp_path / "journal.db", ManualClock(T0 / 1000 + 1000)
    first = Journal(file, clock=clock)
    first.record(make_reading(0, make_job("1"), make_job("2")))
    first.close()
    second = Journal(file, clock=clock)
    second.record(make_reading(100, make_job("1")))
    assert read_steps(second) == [("JOBSTAT_RUNNING", None)]
    second.close()


def test_a_job_that_fails_recovers_and_is_deleted_between_two_polls_is_just_gone(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(60))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", None)]


def test_an_id_that_comes_back_is_new(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(5))
    journal.record(make_reading(9, make_job("1", "JOBSTAT_INIT", created_at=T0 + 8000)))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", None), (None, "JOBSTAT_INIT")]


def test_an_id_given_to_another_resource_between_two_polls_is_gone_and_new(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(9, make_job("1", created_at=T0 + 8000)))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", None), (None, "JOBSTAT_RUNNING")]


def test_an_end_that_an_earlier_version_wrote_after_what_has_its_id_now_is_read_before_it(
    journal: Journal, tmp_path: Path
) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(5, make_job("1", created_at=T0 + 2_000)))
    journal.record(make_reading(9, make_job("1", "JOBSTAT_FAILED", created_at=T0 + 2_000)))
    journal.flush()
    with sqlite3.connect(tmp_path / "state" / "journal.db") as old:
        for to, number in ((-1, 1), (1, 2), (2, -1)):
            old.execute("UPDATE changes SET id=? WHERE id=?", (to, number))
    ends = [("JOBSTAT_RUNNING", None), (None, "JOBSTAT_RUNNING"), ("JOBSTAT_RUNNING", "JOBSTAT_FAILED")]
    assert read_steps(journal) == ends
    assert [change.number for change in journal.reader.read_changes()] == [3, 2, 1]


def test_a_resource_whose_id_was_given_away_is_gone_under_its_own_name(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1", name="old", owner="li")))
    journal.record(make_reading(5, make_job("1", name="new", owner="wu", created_at=T0 + 4_000)))
    journal.flush()
    appeared, gone = journal.reader.read_changes(id="1")
    assert (gone.name, gone.owner, gone.after) == ("old", "li", None)
    assert (appeared.name, appeared.owner, appeared.before) == ("new", "wu", None)
    assert gone.shown_at < appeared.shown_at < gone.seen_at  # tables order equal times by name
    assert (gone.is_exact, appeared.is_exact) == (False, True)
    assert serialize_change(gone)["happened_at"] is None
    assert [CHANGES.columns[0].text(build_change_row(each), 0.0)[0] for each in (gone, appeared)] == [
        "≤",
        " ",
    ]


def test_an_id_given_to_a_resource_that_was_created_earlier_is_gone_and_new_at_times_not_known(
    journal: Journal,
) -> None:
    journal.record(make_reading(0, make_job("1", name="old")))
    journal.record(make_reading(5, make_job("1", name="new", created_at=T0 - 90_000_000)))
    journal.flush()
    appeared, gone = journal.reader.read_changes(id="1")
    assert (gone.name, gone.after, gone.happened_at) == ("old", None, None)
    assert (appeared.name, appeared.before, appeared.happened_at) == ("new", None, None)


def test_an_earlier_creation_under_the_same_name_is_the_version_that_is_left(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1", facts={"version_count": 2})))
    journal.record(make_reading(5, make_job("1", created_at=T0 - 90_000_000, facts={"version_count": 1})))
    assert read_steps(journal) == []


def test_a_new_name_is_no_change_and_the_next_one_has_it(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1", name="old"))._replace(keep=()))
    journal.record(make_reading(5, make_job("1", name="new"))._replace(keep=()))
    journal.record(make_reading(9))
    journal.flush()
    [gone] = journal.reader.read_changes(id="1")
    assert (gone.name, gone.after) == ("new", None)


def test_a_new_version_of_a_job_is_no_other_job(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1", "JOBSTAT_FAILED", facts={"version_count": 2})))
    journal.record(make_reading(9, make_job("1", created_at=T0 + 8000, facts={"version_count": 3})))
    assert read_steps(journal) == [("JOBSTAT_FAILED", "JOBSTAT_RUNNING")]


def test_two_profiles_of_one_account_write_one_row(journal: Journal) -> None:
    for profile in ("prod", "oncall"):
        journal.record(make_reading(0, make_job("1"), profile=profile))
    for at, profile in enumerate(("prod", "oncall")):
        journal.record(make_reading(5 + at, make_job("1", "JOBSTAT_FAILED"), profile=profile))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", "JOBSTAT_FAILED")]


def test_the_same_id_in_two_accounts_is_two_resources(journal: Journal) -> None:
    other = Account("modelarts", "https://ma.example", "p2", "cn-north-4")
    journal.record(make_reading(0, make_job("1")))
    journal.record(make_reading(0, make_job("1", "JOBSTAT_FAILED"), account=other))
    journal.record(make_reading(5, make_job("1", "JOBSTAT_FAILED")))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", "JOBSTAT_FAILED")]
    assert journal.reader.read_changes(accounts=[other]) == ()


def test_a_profile_that_sees_less_does_not_remove_what_another_sees(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2"), profile="admin"))
    journal.record(make_reading(1, make_job("1"), profile="guest"))
    journal.record(make_reading(2, make_job("1"), profile="guest"))
    assert read_steps(journal) == []


def test_a_workspace_is_a_list_of_its_own(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2", workspace="w")))
    journal.record(make_reading(1, make_job("2", workspace="w"), workspace="w"))
    assert read_steps(journal) == []


def test_a_machine_whose_clock_is_ahead_does_not_silence_the_others(journal: Journal) -> None:
    journal.record(make_reading(86_400, make_job("1")))
    journal.record(make_reading(5, make_job("1", "JOBSTAT_FAILED")))
    assert read_steps(journal) == [("JOBSTAT_RUNNING", "JOBSTAT_FAILED")]


def test_what_follows_an_action_says_so_once(journal: Journal, clock: ManualClock) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2")))
    clock.jump(-996)
    journal.note_action("prod", "jobs", "1")
    journal.record(
        make_reading(3, make_job("1", "JOBSTAT_INIT"), make_job("2"))
    )  # was requested before the action
    journal.record(make_reading(5, make_job("1", "JOBSTAT_KILLED"), make_job("2", "JOBSTAT_FAILED")))
    journal.record(make_reading(6, make_job("1", "JOBSTAT_DELETED"), make_job("2")))
    journal.flush()
    assert [(each.id, each.source) for each in reversed(journal.reader.read_changes())] == [
        ("1", "poll"), ("1", "action"), ("2", "poll"), ("1", "poll"), ("2", "poll")
    ]  # fmt: skip


def test_a_change_seen_before_the_answer_to_the_action_follows_from_it(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2")))
    journal.record(make_reading(5, make_job("1", "JOBSTAT_KILLED"), make_job("2", "JOBSTAT_KILLED")))
    journal.note_action("prod", "jobs", "1", T0 / 1000 + 4)
    journal.note_action("prod", "jobs", "2", T0 / 1000 + 6)
    journal.record(make_reading(7, make_job("1", "JOBSTAT_DELETED"), make_job("2", "JOBSTAT_DELETED")))
    journal.flush()
    assert {(each.id, each.after): each.source for each in journal.reader.read_changes()} == {
        ("1", "JOBSTAT_KILLED"): "action", ("1", "JOBSTAT_DELETED"): "poll",
        ("2", "JOBSTAT_KILLED"): "poll", ("2", "JOBSTAT_DELETED"): "action",
    }  # fmt: skip


def test_what_follows_too_late_does_not_follow_from_the_action(journal: Journal, clock: ManualClock) -> None:
    journal.record(make_reading(0, make_job("1")))
    clock.jump(-996)
    journal.note_action("prod", "jobs", "1")
    journal.record(make_reading(700, make_job("1", "JOBSTAT_KILLED")))
    journal.flush()
    assert [each.source for each in journal.reader.read_changes()] == ["poll"]


def test_secrets_are_removed_before_they_are_stored(journal: Journal, tmp_path: Path) -> None:
    remember_secret("S3cr3tOfTheAccount99")
    facts = {"failure": "login with password=hunter2222 and S3cr3tOfTheAccount99", "api_token": "tok-1234567"}
    journal.record(make_reading(0, make_job("1", facts=facts)))
    journal.record(
        make_reading(5, make_job("1", "JOBSTAT_FAILED", name="x S3cr3tOfTheAccount99", facts=facts))
    )
    journal.flush()
    stored = b"".join(each.read_bytes() for each in (tmp_path / "state").iterdir())
    for secret in (b"S3cr3tOfTheAccount99", b"hunter2222", b"tok-1234567"):
        assert secret not in stored
    assert b"JOBSTAT_FAILED" in stored


def test_the_last_rows_come_back_without_raw_records(journal: Journal) -> None:
    rows = (
        make_job("2", created_at=T0 - 5),
        make_job("1", "JOBSTAT_FAILED", duration_ms=7, facts={"version_count": 2.0}),
    )
    journal.record(make_reading(0, *rows))
    journal.flush()
    last = journal.reader.read_last_rows("jobs", "prod")
    assert last.rows == rows
    assert last.read_at == T0


def test_the_last_rows_of_a_project_that_is_looked_up_later_are_those_of_the_profile(
    journal: Journal,
) -> None:
    journal.record(make_reading(0, make_job("1")))
    journal.flush()
    journal.accounts.add("prod", lambda: Account("modelarts", "https://ma.example", "", "cn-north-4"))
    assert [row.id for row in journal.reader.read_last_rows("jobs", "prod").rows] == ["1"]
    assert journal.reader.read_last_rows("jobs", "other").read_at is None


def test_the_newest_change_of_each_resource_is_found(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1"), make_job("2"), make_job("3")))
    journal.record(
        make_reading(5, make_job("1", "JOBSTAT_FAILED"), make_job("2", "JOBSTAT_FAILED"), make_job("3"))
    )
    journal.record(make_reading(9, make_job("1"), make_job("2", "JOBSTAT_FAILED"), make_job("3")))
    journal.flush()
    found = journal.reader.read_last_changes("jobs", "prod", ["1", "2", "3", "4"])
    assert {rid: change.after for rid, change in found.items()} == {
        "1": "JOBSTAT_RUNNING",
        "2": "JOBSTAT_FAILED",
    }
    assert journal.reader.read_last_changes("jobs", "other", ["1"]) == {}


def test_the_same_name_in_two_profiles_is_two_resources(journal: Journal) -> None:
    other = Account("modelarts", "https://ma.example", "p2", "cn-north-4")
    for account, profile, rid in ((ACCOUNT, "prod", "1"), (other, "dev", "2")):
        journal.record(make_reading(0, make_job(rid, name="train"), account=account, profile=profile))
    journal.record(
        make_reading(5, make_job("2", "JOBSTAT_FAILED", name="train"), account=other, profile="dev")
    )
    journal.flush()
    found = journal.reader.read_changes()
    assert [(each.profile, each.id, each.name) for each in found] == [("dev", "2", "train")]


def test_a_clock_that_is_set_back_goes_on_with_what_was_seen(journal: Journal, clock: ManualClock) -> None:
    journal.record(make_reading(500, make_job("1")))
    clock.jump(-900)
    journal.record(make_reading(101, make_job("1", "JOBSTAT_FAILED")))
    journal.record(make_reading(102, make_job("1")))
    assert read_steps(journal) == [
        ("JOBSTAT_RUNNING", "JOBSTAT_FAILED"),
        ("JOBSTAT_FAILED", "JOBSTAT_RUNNING"),
    ]


def test_no_text_of_a_row_its_events_and_notes_is_stored_with_a_secret(tmp_path: Path) -> None:
    secret = "password=hunter2SECRETx99"
    journal = Journal(tmp_path / "journal.db", clock=ManualClock(T0 / 1000 + 50))
    journal.accounts.add("prod", lambda: ACCOUNT)
    bad = {"name": secret, "owner": secret, "workspace": secret, "facts": {"failure": secret}}
    journal.record(make_reading(0, make_job("1", **bad)))
    failed = make_job("1", f"FAILED {secret}", **bad)
    journal.record(make_reading(5, failed))
    journal.record(make_reading(6, failed))
    journal.acknowledge(failed, "me", secret, about="failed")
    journal.note_reason(failed, secret, "log")
    journal.add_finding(failed, "nan", secret)
    journal.note_end(failed, T0 + 4000)
    journal.record_events(failed, [Event(at=T0 + 4000, text=secret, status=f"Deploying {secret}")])
    journal.flush()
    assert [change.source for change in journal.reader.read_changes()].count("poll") == 1
    journal.close()
    assert b"hunter2" not in (tmp_path / "journal.db").read_bytes()


def test_a_secret_that_becomes_known_later_is_removed_from_words_seen_before(journal: Journal) -> None:
    journal.record(make_reading(0, make_job("1", "WAITING qm7xK2pLw9Zt4Rv1")))
    journal.flush()
    remember_secret("qm7xK2pLw9Zt4Rv1")
    journal.record(make_reading(5, make_job("1", "RUNNING")))
    journal.record(make_reading(10, make_job("1", "WAITING qm7xK2pLw9Zt4Rv1")))
    assert read_steps(journal)[-1] == ("RUNNING", "WAITING <hidden>")
