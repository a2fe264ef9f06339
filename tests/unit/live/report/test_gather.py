"""A hand-over says why something failed out of its capsule, and is limited to the profiles that are named."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.base.log_lines.errors import ErrorRules
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.cloud import explain_capsule
from matui.live.capsules.manifest import LogPart, Manifest
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import Journal, open_temporary_journal
from matui.live.notify.watches import Watches
from matui.live.report.gather import ReportSources, read_report
from matui.live.report.page import format_report
from matui.live.triage.state_times import StateChange, StateTimes
from matui.resources.codec import encode_resource
from matui.resources.model import Phase, Resource

START = 1_764_300_000
HOUR = 3_600_000
ACCOUNTS = {"prod": Account("modelarts", "e", "p", "r"), "dev": Account("modelarts", "e", "q", "r")}
JOB = Resource("jobs", "7", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "prod", owner="li")
FAILED = replace(JOB, status="JOBSTAT_FAILED", phase=Phase.FAILED)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def journal(clock: ManualClock) -> Iterator[Journal]:
    journal = open_temporary_journal(clock=clock)
    for profile, account in ACCOUNTS.items():
        journal.accounts.add(profile, lambda account=account: account)  # type: ignore[misc]
    yield journal
    journal.close()


async def poll(journal: Journal, clock: ManualClock, profile: str, *rows: Resource) -> None:
    scope = ListScope(ACCOUNTS[profile], profile, "jobs")
    now = int(clock.now() * 1000)
    journal.record(Reading(scope, now, rows, is_complete=True, keep=[row.id for row in rows]))
    journal.flush()
    await clock.advance(60)


async def fail(journal: Journal, clock: ManualClock) -> None:
    await poll(journal, clock, "prod", JOB)
    await poll(journal, clock, "prod", FAILED)


def save_capsule(folder: Path, at: int) -> None:
    log = b"step 1\nTraceback (most recent call last):\nRuntimeError: CUDA out of memory\n"
    manifest = Manifest(
        "c1", at, "prod", "modelarts", "r", "jobs", "7", "train", "JOBSTAT_FAILED",
        (LogPart("worker-0", "logs/000.log", 3, len(log)),),
    )  # fmt: skip
    entries = {"resource.json": json.dumps(encode_resource(FAILED)).encode(), "logs/000.log": log}
    CapsuleStore(folder / "capsules", limit_bytes=10**9).write(manifest, entries)


async def test_the_reason_comes_from_the_capsule(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    await fail(journal, clock)
    save_capsule(tmp_path, START * 1000 + 70_000)
    report = await asyncio.to_thread(read_report, journal, tmp_path, START * 1000 - HOUR, START * 1000 + HOUR)
    assert "CUDA out of memory" in report.failed[0].why
    assert "CUDA out of memory" in report.open[0].why
    assert "job train (li) " in format_report(report)


async def test_without_a_capsule_the_status_is_explained(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    await fail(journal, clock)
    report = read_report(journal, tmp_path, START * 1000 - HOUR, START * 1000 + HOUR)
    assert report.failed[0].why.startswith("The training process ended with an error")


@pytest.mark.parametrize(("ahead_ms", "clock_of"), [(420_000, "7m00s behind"), (-8 * HOUR, "8h00m ahead of")])
async def test_every_time_is_by_the_clock_of_this_machine(
    clock: ManualClock, tmp_path: Path, ahead_ms: int, clock_of: str
) -> None:
    journal, at = Journal(tmp_path / "journal.db", clock=clock), START * 1000 + 50_000
    journal.accounts.add("prod", lambda: ACCOUNTS["prod"], lambda: ahead_ms)
    listed = replace(FAILED, id="8", kind="notebooks", updated_at=START * 1000 - HOUR + ahead_ms)
    scope = ListScope(ACCOUNTS["prod"], "prod", "notebooks")
    journal.record(Reading(scope, START * 1000, [listed], is_complete=True, keep=["8"]))
    await poll(journal, clock, "prod", JOB)
    await poll(journal, clock, "prod", replace(FAILED, facts={"ended_at": at + ahead_ms}))
    report = read_report(journal, tmp_path, START * 1000 - HOUR, START * 1000 + HOUR)
    assert {one.id: one.since for one in report.open} == {"7": at, "8": START * 1000 - HOUR}
    assert report.failed[0].change.dated_at == at
    page = " ".join(format_report(report).split())
    assert f"Times are by this machine's clock, which is {clock_of} the cloud's." in page
    journal.close()


async def test_what_is_waited_for_has_the_name_and_the_state_last_read(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    await poll(journal, clock, "prod", JOB)
    Watches(tmp_path / "watches.json").toggle(ACCOUNTS["prod"], "jobs", "7")
    report = read_report(journal, tmp_path, START * 1000 - HOUR, START * 1000 + HOUR)
    assert [(one.name, one.state, one.is_watched) for one in report.open] == [("train", JOB.status, True)]
    assert "- job train (li) RUNNING" in format_report(report)


async def test_what_is_first_seen_failed_has_failed(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    await poll(journal, clock, "prod", JOB)
    await poll(journal, clock, "prod", JOB, replace(FAILED, id="8", created_at=START * 1000 + 30_000))
    report = read_report(journal, tmp_path, START * 1000 - HOUR, START * 1000 + HOUR)
    assert [one.change.id for one in report.failed] == ["8"]


async def test_a_profile_is_watched_by_its_own_polls_alone(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    for _ in range(30):
        await poll(journal, clock, "prod", JOB)
    until = int(clock.now() * 1000)
    await poll(journal, clock, "dev")
    both = read_report(journal, tmp_path, START * 1000, until)
    dev = read_report(journal, tmp_path, START * 1000, until, profiles={"dev"})
    assert "watched 100%" in format_report(both)
    assert "watched 0%" in format_report(dev)


async def test_the_reason_that_triage_found_is_kept_for_the_report(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    await fail(journal, clock)
    await poll(journal, clock, "prod", FAILED, replace(FAILED, id="8", status="JOBSTAT_LOST"))
    journal.note_reason(FAILED, "NCCL: no route to host")
    journal.note_reason(replace(FAILED, id="8"), "of another state")
    journal.flush()
    report = read_report(journal, tmp_path, START * 1000 - HOUR, START * 1000 + HOUR)
    whys = {one.id: one.why for one in report.open}
    assert whys["7"] == "NCCL: no route to host"
    assert whys["8"].startswith("The cloud has lost the job")
    assert {one.change.id: one.why for one in report.failed}["7"] == "NCCL: no route to host"


async def test_a_failure_before_the_first_poll_is_open_where_triage_knows_its_time(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    """The list does not state when the newest of several versions ended."""
    began = START * 1000 - 20 * HOUR
    row = replace(FAILED, created_at=began, duration_ms=60_000, facts={"version_count": 3})
    await poll(journal, clock, "prod", row)
    times = StateTimes()
    span = (START * 1000 - HOUR, START * 1000 + HOUR)
    unknown = read_report(journal, tmp_path, *span, sources=ReportSources(date_row=times.add_to))
    assert ([one.id for one in unknown.open], unknown.earlier) == ([], 1)
    times.load([StateChange(row.key, START * 1000 - 540_000, None, row.status)])
    known = read_report(journal, tmp_path, *span, sources=ReportSources(date_row=times.add_to))
    assert [(one.id, one.since) for one in known.open] == [("7", START * 1000 - 540_000)]
    assert known.earlier == 0


async def test_the_end_that_triage_read_is_kept_for_a_report_without_a_network(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    """A job with several versions, and one that waited: neither list row states its end."""
    began, span = START * 1000 - 20 * HOUR, (START * 1000 - HOUR, START * 1000 + HOUR)
    several = replace(FAILED, created_at=began, duration_ms=60_000, facts={"version_count": 3})
    waited = replace(FAILED, id="8", created_at=began, duration_ms=60_000)
    await poll(journal, clock, "prod", several, waited)
    assert read_report(journal, tmp_path, *span).open == ()
    for row in (several, waited):
        journal.note_end(row, START * 1000 - 540_000)
    journal.flush()
    report = read_report(journal, tmp_path, *span)
    assert [(one.id, one.since) for one in report.open] == [
        ("7", START * 1000 - 540_000),
        ("8", START * 1000 - 540_000),
    ]
    assert report.earlier == 0


async def test_a_failure_is_dated_by_its_details_everywhere(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    await fail(journal, clock)
    seen = journal.reader.read_changes("jobs", FAILED.id)[0]
    assert (seen.after, seen.happened_at) == (FAILED.status, None)
    journal.note_end(FAILED, seen.seen_at - 9000)
    journal.flush()
    assert journal.reader.read_changes("jobs", FAILED.id)[0].shown_at == seen.seen_at - 9000
    report = read_report(journal, tmp_path, START * 1000 - HOUR, START * 1000 + HOUR)
    assert [one.since for one in report.open] == [seen.seen_at - 9000]


async def test_the_reason_in_a_capsule_is_found_by_the_settings_of_logs(
    journal: Journal, clock: ManualClock, tmp_path: Path
) -> None:
    await fail(journal, clock)
    save_capsule(tmp_path, START * 1000 + 70_000)
    find_why = partial(explain_capsule, rules=ErrorRules.compile(["^step 1"], []))
    report = await asyncio.to_thread(
        read_report,
        journal,
        tmp_path,
        START * 1000 - HOUR,
        START * 1000 + HOUR,
        sources=ReportSources(find_why),
    )
    assert report.failed[0].why.startswith("step 1")


def test_a_journal_that_cannot_be_read_is_stated_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    broken = Journal(tmp_path / "journal.db", clock=ManualClock(START))
    report = read_report(broken, tmp_path, START * 1000 - HOUR, START * 1000)
    assert report.problem.startswith("The journal cannot be read")
    assert f"{report.problem} This page may lack what happened." in " ".join(format_report(report).split())
