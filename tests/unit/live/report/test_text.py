"""The hand-over as Markdown and JSON."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from matui.live.journal.change import LastState
from matui.live.report.build import ReportRecords, build_report
from matui.live.report.text import report_json, report_markdown
from matui.resources.model import Phase, Resource
from matui.resources.times import STATE_SINCE
from tests.unit.live.report.samples import ACCOUNT, HOUR, NOW, SINCE, change, sample


def test_the_document_has_the_fields_of_the_interface() -> None:
    document = report_json(sample())
    assert list(document) == [
        "since", "until", "failed", "recovered", "actions", "open", "unwatched", "capsules",
    ]  # fmt: skip
    assert document["open"][1]["acknowledged"]["note"] == "disk full"
    assert (document["open"][1]["why"], document["open"][1]["owner"]) == ("out | of memory", "li")
    assert document["failed"][1]["capsule"] == "c1"
    assert document["failed"][1]["why"] == "out | of memory"


def test_the_markdown_is_a_page_with_tables() -> None:
    text = report_markdown(sample())
    assert "3 open · 4 failures · 1 recovered · 1 action · watched 88% of the time" in text
    assert "out \\| of memory (137)" in text
    assert "acknowledged by wang: disk full" in text
    assert "→ 1/20100" in text
    for title in ("Open", "Failed", "Recovered", "Done", "Not watched", "Capsules"):
        assert f"\n## {title}\n" in text


def test_commands_are_printed_as_they_are_run() -> None:
    assert "`matui capsule show c1`" in report_markdown(sample())
    assert "`matui --demo capsule show c1`" in report_markdown(sample(), demo=True)


def test_an_owner_that_is_only_known_by_id_is_left_out() -> None:
    failed = change(1, "1", Phase.RUNNING, Phase.FAILED, SINCE + HOUR)
    changes = [failed, failed._replace(number=2, id="2", name="job-2", owner="3e95c375" * 4)]
    text = report_markdown(build_report(SINCE, NOW, ReportRecords(changes=changes, spans=(), entries=())))
    assert "job job-1 (li)" in text
    assert "job job-2 |" in text
    assert "3e95c375" not in text


def test_a_quiet_shift_names_the_sections_without_entries() -> None:
    text = report_markdown(build_report(SINCE, NOW, ReportRecords(changes=(), spans=(), entries=())))
    assert text.endswith("\nNo entries: Open, Failed, Recovered, Done, Capsules.\n")
    assert "watched 0%" in text


def row(kind: str, name: str, since: int, **facts: str) -> LastState:
    known = {"failure": "", **facts}
    found = Resource(
        kind, name, name, "concerning", Phase.DEGRADED, "modelarts", "prod", created_at=since, facts=known
    )
    return LastState(ACCOUNT, replace(found, facts={**known, STATE_SINCE: since}))


def test_a_reason_is_whole_where_no_other_table_has_it() -> None:
    long = "word " * 30
    states = [row("services", "a", SINCE + HOUR, failure=long)]
    text = report_markdown(
        build_report(SINCE, NOW, ReportRecords(changes=(), spans=(), entries=(), in_trouble=states))
    )
    assert long.strip() in text


def test_without_notes_there_is_no_column_for_them() -> None:
    states = [row("services", "a", SINCE + HOUR)]
    text = report_markdown(
        build_report(SINCE, NOW, ReportRecords(changes=(), spans=(), entries=(), in_trouble=states))
    )
    assert "| what | state | since | why |\n" in text
    assert "| what | state | since | why | note |" in report_markdown(sample())


def test_times_have_the_date_where_the_title_has_not_and_old_ones_their_year() -> None:
    day = 86_400_000
    states = [row("pools", str(days), NOW - HOUR - days * day) for days in (0, 3, 700)]
    records = ReportRecords((), (), (), in_trouble=states)
    build = partial(build_report, until=NOW, records=records)
    lines = [
        line.split(" | ")[2] for line in report_markdown(build(SINCE)).splitlines() if "concerning" in line
    ]
    assert [len(time) for time in lines] == [len("03:00"), len("11-25 03:00"), len("2023-12-29")]
    week = report_markdown(build(NOW - 7 * day))
    assert all(len(line.split(" | ")[2]) >= 10 for line in week.splitlines() if "concerning" in line)
