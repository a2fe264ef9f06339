"""The hand-over: what failed and recovered, what was done, what is open, when nothing watched."""

from __future__ import annotations

from dataclasses import replace

from matui.base.text.formatting import format_local_time
from matui.live.audit.entry import AuditEntry
from matui.live.capsules.manifest import Manifest
from matui.live.journal.change import LastState, Span, StoredAcknowledgement
from matui.live.report.build import ReportRecords, build_report
from matui.live.report.page import format_report
from matui.resources.model import Phase, Resource
from tests.unit.live.report.samples import ACCOUNT, HOUR, NOW, SINCE, make_change, make_sample


def test_failures_are_newest_first_with_what_ended_them() -> None:
    report = make_sample()
    rows = [(one.change.id, one.recovered is not None, one.is_deleted, one.capsule) for one in report.failed]
    assert rows == [
        ("5", False, False, ""),
        ("2", False, False, "c1"),
        ("4", False, True, ""),
        ("1", True, False, ""),
    ]
    assert [one.id for one in report.recovered] == ["1"]


def test_open_is_what_still_is_in_trouble_or_waited_for() -> None:
    items = {item.id: item for item in make_sample().open}
    assert set(items) == {"2", "5", "9"}
    assert items["2"].acknowledged is not None
    assert items["9"].is_watched


def test_a_failure_is_open_since_the_cloud_states_that_it_ended() -> None:
    changes = [
        make_change(1, "1", Phase.FAILED, None, SINCE + HOUR),
        make_change(2, "1", None, Phase.FAILED, SINCE + 2 * HOUR),
        make_change(3, "2", Phase.RUNNING, Phase.FAILED, SINCE + 2 * HOUR)._replace(happened_at=SINCE + HOUR),
    ]
    row = Resource("jobs", "1", "job-1", "FAILED", Phase.FAILED, "modelarts", "prod")
    states = [LastState(ACCOUNT, replace(row, facts={"ended_at": SINCE - HOUR}))]
    report = build_report(SINCE, NOW, ReportRecords(changes=changes, spans=[], entries=[], in_trouble=states))
    assert {one.id: one.since for one in report.open} == {"1": SINCE - HOUR, "2": SINCE + HOUR}


def test_a_failure_has_the_time_at_which_it_ended_not_that_at_which_it_was_created_or_seen() -> None:
    new = make_change(1, "1", None, Phase.FAILED, SINCE + 7 * HOUR)._replace(happened_at=SINCE + HOUR)
    new = new._replace(reason="killed")
    found = make_change(2, "2", Phase.RUNNING, Phase.FAILED, SINCE + 7 * HOUR)
    row = Resource("jobs", "2", "job-2", "FAILED", Phase.FAILED, "modelarts", "prod")
    states = [LastState(ACCOUNT, replace(row, facts={"ended_at": SINCE + 3 * HOUR}))]
    records = ReportRecords(changes=[new, found], spans=[], entries=[], in_trouble=states)
    report = build_report(SINCE, NOW, records)
    assert {one.change.id: one.at for one in report.failed} == {"1": None, "2": SINCE + 3 * HOUR}
    assert {one.id: one.since for one in report.open} == {"1": None, "2": SINCE + 3 * HOUR}
    clock = format_local_time(SINCE + 7 * HOUR)[11:16]
    assert f"- ≤{clock} job job-1" in format_report(report)


def test_what_failed_before_the_window_is_open_with_its_note() -> None:
    def last(ident: str, status: str, phase: Phase, updated_at: int) -> LastState:
        row = Resource(
            "services", ident, f"svc-{ident}", status, phase, "modelarts", "prod", updated_at=updated_at
        )
        return LastState(ACCOUNT, row)

    failed_run = Resource(
        "jobs", "3", "old", "FAILED", Phase.FAILED, "modelarts", "prod", updated_at=SINCE - HOUR
    )
    report = build_report(
        SINCE,
        NOW,
        ReportRecords(
            changes=[],
            spans=[],
            entries=[],
            in_trouble=[
                last("1", "concerning", Phase.DEGRADED, SINCE - 2 * HOUR),
                last("2", "failed", Phase.FAILED, SINCE - HOUR),
                LastState(ACCOUNT, failed_run),
            ],
            acknowledgements=[
                StoredAcknowledgement(ACCOUNT, "services", "1", "", "concerning", "wang", "known", NOW)
            ],
        ),
    )
    assert [(one.name, one.state, one.since) for one in report.open] == [
        ("svc-2", "failed", SINCE - HOUR),
        ("svc-1", "concerning", SINCE - 2 * HOUR),
    ]
    assert report.open[1].acknowledged is not None
    assert report.failed == ()


def test_a_failure_within_the_hours_counts_by_the_clouds_time_where_nothing_polled() -> None:
    def job(ident: str, ended_at: int) -> LastState:
        row = Resource("jobs", ident, f"job-{ident}", "FAILED", Phase.FAILED, "modelarts", "prod")
        return LastState(ACCOUNT, replace(row, facts={"ended_at": ended_at}))

    jobs = [job("1", SINCE + HOUR), job("2", SINCE - HOUR), job("3", SINCE + 2 * HOUR)]
    seen = make_change(1, "3", Phase.RUNNING, Phase.FAILED, SINCE + 3 * HOUR)
    report = build_report(SINCE, NOW, ReportRecords(changes=[seen], spans=[], entries=[], in_trouble=jobs))
    assert {one.id: one.is_unwatched for one in report.open} == {"1": True, "3": False}
    page = format_report(report)
    assert "2 failures, 1 of them not watched" in page
    [_, section] = page.split("## Failed while not watched")
    assert "job job-1" in section
    assert f"since {format_local_time(SINCE + HOUR)[11:16]}" in section
    assert "2 of the failures above: job job-3, job job-1" in section


def test_old_jobs_that_failed_at_an_unknown_time_are_counted_alone() -> None:
    def job(ident: str, created_at: int) -> LastState:
        row = Resource("jobs", ident, f"job-{ident}", "FAILED", Phase.FAILED, "modelarts", "prod")
        return LastState(ACCOUNT, replace(row, created_at=created_at))

    jobs = [job("1", SINCE + HOUR), job("2", SINCE - HOUR), job("3", SINCE - HOUR), job("4", SINCE - HOUR)]
    noted = StoredAcknowledgement(ACCOUNT, "jobs", "4", "", "FAILED", "wang", "known", NOW)
    report = build_report(
        SINCE, NOW, ReportRecords(changes=[], spans=[], entries=[], in_trouble=jobs, acknowledgements=[noted])
    )
    assert ([one.id for one in report.open], report.earlier) == (["1", "4"], 2)
    assert "2 older jobs have failed" in format_report(report)


def test_gaps_and_actions_belong_to_the_window() -> None:
    report = make_sample()
    assert report.unwatched == (Span(SINCE + 5 * HOUR, SINCE + 6 * HOUR),)
    assert [one.get_text("action") for one in report.actions] == ["rerun"]


def test_a_capsule_is_that_of_the_failure_and_of_its_account() -> None:
    failed = make_change(1, "1", Phase.RUNNING, Phase.FAILED, SINCE + HOUR)
    again = make_change(3, "1", Phase.RUNNING, Phase.FAILED, SINCE + HOUR + 1_200_000)
    other = failed._replace(number=4, profile="dev", account=ACCOUNT._replace(project="q"))
    capsules = [
        Manifest(ident, at + 5000, profile, "m", "r", "jobs", "1", "job-1", "FAILED")
        for ident, at, profile in (
            ("second", again.seen_at, "prod"),
            ("of-dev", failed.seen_at, "dev"),
            ("first", failed.seen_at, "prod"),
        )
    ]  # fmt: skip
    recovered = make_change(2, "1", Phase.FAILED, Phase.RUNNING, SINCE + HOUR + 600_000)
    records = ReportRecords(
        changes=[failed, recovered, again, other], spans=[], entries=[], capsules=capsules
    )
    report = build_report(SINCE, NOW, records)
    assert f"recovered ≤{format_local_time(recovered.seen_at)[11:16]}" in format_report(report)
    found = report.failed
    assert {one.change.number: one.capsule for one in found} == {1: "first", 3: "second", 4: "of-dev"}


def test_an_action_names_its_profile_where_there_are_several() -> None:
    entries = [
        AuditEntry("a", {"action": "stop", "kind": "jobs", "name": "job-1", "profile": profile, "user": "li",
                         "utc": "2025-11-28T01:00:00Z"}, {"outcome": "done"})
        for profile in ("prod", "dev")
    ]  # fmt: skip
    text = format_report(build_report(SINCE, NOW, ReportRecords(changes=[], spans=[], entries=entries)))
    assert "job job-1 (prod)" in text
    assert "job job-1 (dev)" in text


def test_a_failure_that_was_deleted_is_not_open_where_its_id_is_in_use_again() -> None:
    changes = [
        make_change(1, "1", Phase.RUNNING, Phase.FAILED, SINCE + HOUR),
        make_change(2, "1", Phase.FAILED, None, SINCE + 2 * HOUR),
        make_change(3, "1", None, Phase.RUNNING, SINCE + 2 * HOUR),
    ]
    report = build_report(SINCE, NOW, ReportRecords(changes=changes, spans=[], entries=[]))
    assert [one.is_deleted for one in report.failed] == [True]
    assert report.open == ()
