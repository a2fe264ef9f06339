"""Resources, phases and raw records."""

from __future__ import annotations

import gc
import json

import pytest

from matui.resources.model import (
    Phase,
    RawPage,
    RawRecord,
    Resource,
    build_empty_record,
    build_status_table,
    explain_unconfirmed,
    format_moment,
    get_phase,
    is_unconfirmed,
    mark_unconfirmed,
)

ROW = Resource("jobs", "1", "train", "RUNNING", Phase.RUNNING, "modelarts", "prod", facts={"step": 3})


def test_an_unknown_status_word_has_the_phase_unknown() -> None:
    table = build_status_table(running="RUNNING Scaling", failed="ERROR")
    assert [get_phase(word, table) for word in ("running", "SCALING", "Error", "new")] == [
        Phase.RUNNING,
        Phase.RUNNING,
        Phase.FAILED,
        Phase.UNKNOWN,
    ]


def test_final_phases_have_ended() -> None:
    assert [phase.value for phase in Phase if phase.ended] == ["done", "stopped", "failed"]


def test_a_raw_record_is_parsed_when_it_is_read_and_follows_a_newer_answer() -> None:
    record = RawRecord(RawPage(b'{"jobs": [{"id": 1}]}', json.loads), ("jobs", 0))
    assert record.parse_value() == {"id": 1}
    record.renew(RawRecord(RawPage(b'[{"id": 2}]', json.loads), (0,)))
    assert record.parse_value() == {"id": 2}
    assert build_empty_record().parse_value() == {}


def test_a_long_answer_is_kept_compressed_until_it_is_read() -> None:
    body = json.dumps([{"job_name": f"job-{number}", "status": 8} for number in range(5000)]).encode()
    page = RawPage(body, json.loads)
    kept = [part for part in gc.get_referents(page) if isinstance(part, bytes)]
    assert sum(map(len, kept)) < len(body) / 4
    assert RawRecord(page, (4999,)).parse_value() == {"job_name": "job-4999", "status": 8}


@pytest.mark.parametrize(
    ("value", "text", "number"), [(3, "3", 3), ("x", "x", None), (None, "", None), (True, "True", None)]
)
def test_a_fact_is_read_as_text_and_as_a_number(
    value: str | int | None, text: str, number: float | None
) -> None:
    row = Resource("jobs", "1", "a", "", Phase.DONE, "modelarts", "p", facts={"f": value})
    assert (row.get_text("f"), row.get_number("f")) == (text, number)
    assert row.key == ("p", "jobs", "1")


def test_a_marked_row_says_when_it_was_read() -> None:
    marked = mark_unconfirmed(ROW, 7_800_000)
    assert is_unconfirmed(marked)
    assert marked.facts["step"] == 3
    assert explain_unconfirmed(marked) == (
        f"it is as of {format_moment(7_800_000)}, and the cloud has not answered yet"
    )


def test_a_row_of_the_cloud_is_not_marked() -> None:
    assert not is_unconfirmed(ROW)
    assert explain_unconfirmed(ROW) is None
