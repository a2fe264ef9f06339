"""What needs a person without having failed stands under Open, also without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import Journal, open_temporary_journal
from matui.live.report.build import OpenItem
from matui.live.report.gather import ReportSources, read_report
from matui.live.report.page import format_report, serialize_report
from matui.live.triage.fetch_usage import pack_usage
from matui.live.triage.item import QuotaUse, Thresholds, Usage
from matui.resources.kinds.triage import LISTS
from matui.resources.model import Phase, Resource

START = 1_764_300_000_000
MINUTE, HOUR = 60_000, 3_600_000
ACCOUNT = Account("modelarts", "e", "p", "r")


def make_row(kind: str, ident: str, status: str, phase: Phase, **facts: object) -> Resource:
    return Resource(
        kind, ident, f"{kind[:3]}-{ident}", status, phase, "modelarts", "prod", owner="li",
        created_at=START - 9 * HOUR, facts=facts,
    )  # fmt: skip


DEPLOYING = replace(make_row("services", "1", "deploying", Phase.PENDING), updated_at=START - 3 * HOUR)
SILENT = make_row(
    "jobs", "2", "JOBSTAT_RUNNING", Phase.RUNNING,
    last_line_at=START - 40 * MINUTE, log_read_at=START,
)  # fmt: skip
ENDING = make_row("notebooks", "3", "RUNNING", Phase.RUNNING, auto_stop_at=START + 20 * MINUTE)
POOL = make_row("pools", "4", "running", Phase.RUNNING)
WAITING = replace(
    make_row("jobs", "5", "JOBSTAT_WAITING", Phase.PENDING, flavor="gpu"), created_at=START - 5 * MINUTE
)
FAILED = replace(make_row("services", "6", "failed", Phase.FAILED), updated_at=START - HOUR)
QUIET = make_row("jobs", "7", "JOBSTAT_RUNNING", Phase.RUNNING)
ROWS = (DEPLOYING, SILENT, ENDING, POOL, WAITING, FAILED, QUIET)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START / 1000)


@pytest.fixture
def journal(clock: ManualClock) -> Iterator[Journal]:
    journal = open_temporary_journal(clock=clock)
    journal.accounts.add("prod", lambda: ACCOUNT)
    yield journal
    journal.close()


def poll(journal: Journal, *rows: Resource) -> None:
    for kind in dict.fromkeys(row.kind for row in rows):
        own = [row for row in rows if row.kind == kind]
        scope = ListScope(ACCOUNT, "prod", kind)
        journal.record(
            Reading(scope, journal.get_now_ms(), own, is_complete=True, keep=[row.id for row in own])
        )
    journal.note_usage(POOL, pack_usage(Usage(cards=(15.0, 16.0))))
    lists = Resource(LISTS.id, "quotas", "quotas", "", Phase.UNKNOWN, "modelarts", "prod")
    journal.note_usage(lists, pack_usage(Usage((QuotaUse("prod", "Jobs", 490, 500),))))
    flavors = replace(lists, id="flavors of jobs")
    journal.note_usage(flavors, pack_usage(Usage(sold_out=frozenset({"gpu"}))))
    journal.flush()


def read_open(journal: Journal, folder: Path, until: int = START + MINUTE) -> dict[str, OpenItem]:
    report = read_report(journal, folder, START - 8 * HOUR, until)
    return {item.name: item for item in report.open}


def test_what_is_stuck_silent_ending_full_or_sold_out_is_open_ranked_as_in_triage(
    journal: Journal, tmp_path: Path
) -> None:
    poll(journal, *ROWS)
    items = read_open(journal, tmp_path)
    assert [(name, item.what, item.why) for name, item in items.items()] == [
        ("ser-6", "failed", ""),
        ("ser-1", "stuck", "deploying for 3h"),
        ("job-2", "silent", "no line in the log for 40m, read 60s ago"),
        ("not-3", "ending", "auto-stop in 19m"),
        ("poo-4", "full", "15 of 16 cards in use (94%)"),
        ("Jobs", "full", "490 of 500 of the quota in use"),
        ("job-5", "sold out", "flavor gpu is sold out"),
    ]
    assert (items["ser-1"].since, items["ser-1"].owner) == (START - 3 * HOUR, "li")


def test_the_page_has_the_word_of_triage(journal: Journal, tmp_path: Path) -> None:
    poll(journal, *ROWS)
    report = read_report(journal, tmp_path, START - 8 * HOUR, START + MINUTE)
    page = format_report(report)
    assert "- service ser-1 (li) stuck since " in page
    assert "- notebook not-3 (li) ending: auto-stop in 19m" in page
    assert "7 open" in page
    assert [one["what"] for one in serialize_report(report)["open"]][:2] == ["failed", "stuck"]


def test_what_was_read_long_ago_is_judged_as_of_then_and_its_age_is_stated(
    journal: Journal, tmp_path: Path
) -> None:
    poll(journal, *ROWS)
    items = read_open(journal, tmp_path, START + 2 * HOUR)
    assert items["ser-1"].why == "deploying for 3h, read 2h ago"
    assert items["poo-4"].why == "15 of 16 cards in use (94%), read 2h ago"
    assert items["job-5"].why == "flavor gpu is sold out, read 2h ago"
    assert items["job-2"].why == "no line in the log for 40m, read 2h ago"
    assert "not-3" not in items  # it was stopped meanwhile, or it was given more time


def test_the_thresholds_are_those_of_the_settings(journal: Journal, tmp_path: Path) -> None:
    poll(journal, SILENT, POOL)
    sources = ReportSources(limits=Thresholds(silent_minutes=60, full_percent=99))
    report = read_report(journal, tmp_path, START - HOUR, START + MINUTE, sources=sources)
    assert report.open == ()


def test_what_an_acknowledgement_names_comes_last_with_its_note(journal: Journal, tmp_path: Path) -> None:
    poll(journal, *ROWS)
    journal.acknowledge(DEPLOYING, "wang", "waits for the image", about="stuck")
    journal.flush()
    items = read_open(journal, tmp_path)
    assert list(items)[-1] == "ser-1"
    page = format_report(read_report(journal, tmp_path, START - 8 * HOUR, START + MINUTE))
    assert "acknowledged by wang: waits for the image; deploying for 3h" in " ".join(page.split())


def test_an_open_console_has_its_own_rows(journal: Journal, tmp_path: Path) -> None:
    poll(journal, *ROWS)
    shown = replace(DEPLOYING, facts={"what": "stuck", "why": "deploying for 3h, usually 4m"})
    sources = ReportSources(triage={ACCOUNT: [shown]})
    report = read_report(journal, tmp_path, START - HOUR, START + MINUTE, sources=sources)
    assert {item.name: item.why for item in report.open if item.what == "stuck"} == {
        "ser-1": "deploying for 3h, usually 4m"
    }
    assert {item.name for item in report.open} == {"ser-1", "ser-6"}


def test_the_clock_of_the_cloud_makes_nothing_late(clock: ManualClock, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", clock=clock)
    journal.accounts.add("prod", lambda: ACCOUNT, lambda: 10 * MINUTE)
    poll(journal, replace(ENDING, facts={"auto_stop_at": START + 35 * MINUTE}), DEPLOYING)
    items = read_open(journal, tmp_path, START)
    assert items["not-3"].why == "auto-stop in 25m"
    assert items["ser-1"].since == START - 3 * HOUR - 10 * MINUTE
    journal.close()
