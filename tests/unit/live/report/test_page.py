"""The hand-over as a page of Markdown, and as JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from matui.base.text.cells import measure_width
from matui.live.journal.change import LastState
from matui.live.report.build import ReportRecords, build_report
from matui.live.report.page import format_report, serialize_report
from matui.resources.model import Phase, Resource
from matui.resources.times import STATE_SINCE
from tests.unit.live.report.samples import ACCOUNT, HOUR, NOW, SINCE, make_change, make_entry, make_sample


def test_the_document_has_the_fields_of_the_interface() -> None:
    document = serialize_report(make_sample())
    assert list(document) == [
        "since", "until", "failed", "recovered", "actions", "open", "unwatched", "capsules",
    ]  # fmt: skip
    assert document["open"][1]["acknowledged"]["note"] == "disk full"
    assert (document["open"][1]["why"], document["open"][1]["owner"]) == ("out | of memory", "li")
    assert document["failed"][1]["capsule"] == "c1"
    assert document["failed"][1]["why"] == "out | of memory"


def test_the_markdown_is_a_page_with_a_section_for_each_question() -> None:
    text = format_report(make_sample())
    assert "4 failures · 1 recovered · 1 action · 3 open · watched 88% of the time" in text
    assert "- job job-2 (li) FAILED since 22:20: acknowledged by wang: disk full\n" in text
    assert "→ 1/20100" in text
    for title in ("Open", "Failed", "Recovered", "Done", "Not watched", "Capsules"):
        assert f"\n## {title}\n" in text


def test_an_outcome_that_a_later_read_confirms_stands_once() -> None:
    stop = make_entry("stop", "2025-11-28T01:00:00.000Z", "done")._replace(settled={"verdict": "done"})
    lost = make_entry("start", "2025-11-28T01:00:00.000Z", "unknown")._replace(settled={"verdict": "done"})
    text = format_report(build_report(SINCE, NOW, ReportRecords(changes=(), spans=(), entries=[stop, lost])))
    assert "stop job job-1: done\n" in text
    assert "start job job-1: unknown, done\n" in text


def test_commands_are_printed_as_they_are_run() -> None:
    assert "`matui capsule show ID`" in format_report(make_sample())
    assert "`matui --demo capsule show ID`" in format_report(make_sample(), demo=True)


def test_an_owner_that_is_only_known_by_id_is_left_out() -> None:
    failed = make_change(1, "1", Phase.RUNNING, Phase.FAILED, SINCE + HOUR)
    changes = [failed, failed._replace(number=2, id="2", name="job-2", owner="3e95c375" * 4)]
    text = format_report(build_report(SINCE, NOW, ReportRecords(changes=changes, spans=(), entries=())))
    assert "job job-1 (li), job job-2: out" in text
    assert "3e95c375" not in text


def test_a_quiet_shift_has_no_sections_without_entries() -> None:
    text = format_report(build_report(SINCE, NOW, ReportRecords(changes=(), spans=(), entries=())))
    assert re.findall("^## .*", text, re.MULTILINE) == ["## Not watched"]
    assert "watched 0%" in text


def make_row(kind: str, name: str, since: int, **facts: str) -> LastState:
    known = {"failure": "", **facts}
    found = Resource(
        kind, name, name, "concerning", Phase.DEGRADED, "modelarts", "prod", created_at=since, facts=known
    )
    return LastState(ACCOUNT, replace(found, facts={**known, STATE_SINCE: since}))


def test_a_storm_is_one_entry_with_its_number_some_names_and_one_reason() -> None:
    storm = [
        make_change(number, str(number), Phase.RUNNING, Phase.FAILED, SINCE + number * 60_000)._replace(
            reason=f"worker-{number} kernel: GPU {number} has fallen off the bus", code=""
        )
        for number in range(1, 201)
    ]
    other = make_change(300, "300", Phase.RUNNING, Phase.FAILED, SINCE)._replace(reason="disk full", code="")
    report = build_report(SINCE, NOW, ReportRecords(changes=[*storm, other], spans=(), entries=()))
    text = " ".join(format_report(report).split())
    assert "200 jobs RUNNING → FAILED, open: job job-200 (li), job job-199 (li), job job-198 (li)" in text
    assert "and 197 more: for example worker-200 kernel: GPU 200 has fallen off the bus - " in text
    assert "job job-300 (li) RUNNING → FAILED, open: disk full" in text
    assert "- 201 of the failures above: job job-200, job job-199, job job-198 and 198 more" in text
    assert len(serialize_report(report)["failed"]) == 201


def test_a_busy_shift_is_a_page_and_states_how_to_list_the_rest() -> None:
    changes = [
        make_change(number, str(number), Phase.RUNNING, Phase.FAILED, SINCE + HOUR)._replace(
            name=f"a-very-long-name-of-a-training-job-of-the-vision-team-{chr(97 + number % 26)}{number}",
            reason=f"{chr(97 + number % 26) * 5} failed in a way that takes many words to state " * 4,
        )
        for number in range(1, 27)
    ]
    pools = [make_row("pools", f"{chr(97 + number) * 4}-pool", SINCE) for number in range(26)]
    records = ReportRecords(changes=changes, spans=(), entries=(), in_trouble=pools)
    lines = format_report(build_report(SINCE, NOW, records)).splitlines()
    assert len(lines) <= 55
    assert max(map(measure_width, lines)) <= 80
    assert sum("a-very-long-name-of-a-training-job-of-the-vision-team-" in line for line in lines) >= 8
    assert "- 18 more: `matui changes --since 8h`" in lines
    assert "- 17 more: `matui get triage`" in lines


def test_times_have_the_date_where_the_title_has_not_and_old_ones_their_year() -> None:
    day = 86_400_000
    states = [make_row("pools", str(days), NOW - HOUR - days * day) for days in (0, 3, 700)]
    records = ReportRecords((), (), (), in_trouble=states)
    build = partial(build_report, until=NOW, records=records)
    shown = format_report(build(SINCE)).splitlines()
    lines = [line.split(" since ")[1] for line in shown if "concerning" in line]
    assert [len(time) for time in lines] == [len("03:00"), len("11-25 03:00"), len("2023-12-29")]
    week = format_report(build(NOW - 7 * day))
    assert all(len(line.split(" since ")[1]) >= 10 for line in week.splitlines() if "concerning" in line)
