"""Reasons that are found, weak ones that are asked for again, and those of other processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import Journal
from matui.live.poll.rows import Diff
from matui.live.triage.board import TriageBoard
from matui.live.triage.from_records import SharedReasons, find_acknowledgements, read_steps
from matui.live.triage.item import Why
from matui.live.triage.reasons import FoundReason, KnownReasons, is_weak
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase, Resource
from tests.unit.live.triage.samples import MINUTE, NOW, make_row

FAILED = make_row("JOBSTAT_FAILED", Phase.FAILED)
SECOND = 1000.0
EXIT = make_row("JOBSTAT_FAILED", Phase.FAILED, failure="worker-0: exit code 1")
ACCOUNT = Account("modelarts", "https://x", "project", "r")


def open_board(*rows: Resource) -> TriageBoard:
    board = TriageBoard()
    board.times.observe(Diff(added=rows), NOW)
    board.apply(Diff(added=rows), NOW)
    return board


def format_why(board: TriageBoard, shown: Resource) -> str:
    (column,) = (one for one in TRIAGE.columns if one.id == "why")
    return column.text(board.rows[shown.key], NOW)


@pytest.mark.parametrize(
    "text",
    [
        "worker-0: exit code 1",
        "worker-0: exit code 1 – The program ended with an error.",
        "The training job failed: worker-3 exited with code 137.",
        "Job failed, exit status=1",
        "[task: worker-0][Failed] Training job is now failed.",
        "worker-0: exit code 137 (SIGKILL) the main process has ended – The process was killed.",
        "训练作业失败，退出码：1",
    ],
)
def test_that_a_process_failed_explains_nothing(text: str) -> None:
    assert is_weak(Why(text, "cloud"))


@pytest.mark.parametrize(
    "text",
    ["worker-0: OOMKilled, exit code 137", "no node has 8 free cards", "image not found", "KeyError: 'x'"],
)
def test_what_failed_explains(text: str) -> None:
    assert not is_weak(Why(text, "event"))


def test_the_first_error_of_the_log_replaces_an_exit_code_in_the_row() -> None:
    board = open_board(EXIT)
    assert format_why(board, EXIT).startswith("worker-0: exit code 1 – ")
    assert board.lacks_why(board.rows[EXIT.key])
    board.set_why(EXIT, Why("worker-0: exit code 1", "cloud"), NOW)
    assert not board.lacks_why(board.rows[EXIT.key])
    board.refresh(NOW + 20 * SECOND, [])
    assert board.lacks_why(board.rows[EXIT.key])
    board.set_why(EXIT, Why("KeyError: 'x' (worker-0)", "log"), NOW + 21 * SECOND)
    assert format_why(board, EXIT) == "KeyError: 'x' (worker-0)"
    board.refresh(NOW + 60 * MINUTE, [])
    assert not board.lacks_why(board.rows[EXIT.key])


def test_a_log_that_comes_after_the_failure_is_asked_for_again_and_not_without_end() -> None:
    known = KnownReasons()
    asked, now = [], NOW
    while now < NOW + 60 * MINUTE:
        if known.is_due(FAILED, now):
            known.note(FAILED, None, now)
            asked.append((now - NOW) / SECOND)
        now += 10 * SECOND
    assert asked == [0, 20, 60, 140, 300, 620, 1260]


def test_that_nothing_was_found_is_shown() -> None:
    board = open_board(FAILED)
    assert format_why(board, FAILED) == "–"
    board.set_why(FAILED, None, NOW)
    assert format_why(board, FAILED) == "no reason found"


def test_a_worse_answer_later_replaces_no_reason() -> None:
    known = KnownReasons()
    known.note(FAILED, Why("KeyError", "log"), NOW)
    known.note(FAILED, None, NOW + MINUTE)
    assert known.find(FAILED) == Why("KeyError", "log")


def test_the_place_in_a_queue_is_read_again() -> None:
    known, waits = KnownReasons(), make_row("WAITING", Phase.PENDING)
    known.note(waits, Why("place 3 in the queue", "cloud"), NOW)
    assert [known.is_due(waits, NOW + minutes * MINUTE) for minutes in (4, 5)] == [False, True]


def test_what_is_gone_is_forgotten() -> None:
    board = open_board(FAILED)
    board.set_why(FAILED, Why("KeyError", "log"), NOW)
    board.apply(Diff(removed=(FAILED,)), NOW)
    board.apply(Diff(added=(FAILED,)), NOW)
    assert board.lacks_why(board.rows[FAILED.key])


def test_a_reason_of_another_process_needs_no_request() -> None:
    board = open_board(FAILED)
    other = make_row("JOBSTAT_LOST", Phase.FAILED, ident="2")
    board.load_reasons(
        [FoundReason(one.key, "JOBSTAT_FAILED", Why("KeyError", "log"), NOW) for one in (FAILED, other)], NOW
    )
    assert (format_why(board, FAILED), board.lacks_why(board.rows[FAILED.key])) == ("KeyError", False)
    assert other.key not in board.rows


def test_a_reason_from_before_the_state_was_entered_again_is_not_used() -> None:
    board = open_board(make_row("JOBSTAT_RUNNING", Phase.RUNNING))
    board.times.observe(Diff(changed=(FAILED,)), NOW + MINUTE)
    board.apply(Diff(changed=(FAILED,)), NOW + MINUTE)
    board.load_reasons([FoundReason(FAILED.key, FAILED.status, Why("KeyError", "log"), NOW)], NOW + MINUTE)
    assert format_why(board, FAILED) == "–"


def test_reasons_steps_and_acknowledgements_count_for_every_name_of_the_account(tmp_path: Path) -> None:
    clock = ManualClock(1_000.0)
    journal = Journal(tmp_path / "journal.db", clock=clock)
    for name in ("prod", "prod-again"):
        journal.accounts.add(name, lambda: ACCOUNT)
    failed = make_row("JOBSTAT_FAILED", Phase.FAILED, profile="prod")
    for at, one in ((10, make_row("JOBSTAT_RUNNING", Phase.RUNNING, profile="prod")), (20, failed)):
        journal.record(Reading(ListScope(ACCOUNT, "prod", "jobs"), at, (one,), is_complete=True))
    journal.note_reason(failed, "KeyError", "log")
    journal.acknowledge(failed, "li", "known")
    journal.flush()
    shared = SharedReasons()
    shared.read([journal])
    keys = [("prod", "jobs", "1"), ("prod-again", "jobs", "1")]
    assert [one.why for one in shared.iterate_known(keys)] == [Why("KeyError", "log")] * 2
    assert set(find_acknowledgements(journal)) == set(keys)
    assert [step.key for step in read_steps(journal)] == keys
    journal.close()


def test_the_newest_reasons_of_other_processes_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matui.live.triage.from_records._MOST_REASONS", 1)
    journal = Journal(tmp_path / "journal.db", clock=ManualClock(1_000.0))
    journal.accounts.add("p", lambda: ACCOUNT)
    for ident in ("1", "2"):
        journal.note_reason(make_row("JOBSTAT_FAILED", Phase.FAILED, ident=ident), "KeyError", "log")
    journal.flush()
    shared = SharedReasons()
    shared.read([journal])
    assert len(list(shared.iterate_known([("p", "jobs", "1"), ("p", "jobs", "2")]))) == 1
    journal.close()
