"""What is wrong with a journal is reported once."""

from __future__ import annotations

import subprocess
import sys

from matui.live.journal.worker import JournalProblems


def test_a_problem_is_reported_once() -> None:
    reported: list[str] = []
    problems = JournalProblems(reported.append)
    for words in ("locked", "full", "locked"):
        problems.report(words)
    assert (reported, problems.last) == (["locked", "full"], "full")


def test_a_loss_is_reported_once_until_something_is_written() -> None:
    reported: list[str] = []
    problems = JournalProblems(reported.append)
    problems.report_loss("cannot be read")
    problems.report_loss("cannot be written")
    assert (reported, problems.last, problems.is_losing) == (["cannot be read"], "cannot be written", True)
    problems.end_loss()
    problems.report_loss("is locked")
    assert (reported, problems.is_losing) == (["cannot be read", "is locked"], True)


def test_a_python_without_sqlite3_has_a_journal_that_keeps_nothing() -> None:
    program = "import sys; sys.modules['sqlite3'] = None; import matui.live.journal.journal"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
