"""Resources, phases and raw records."""

from __future__ import annotations

import json

import pytest

from matui.resources.model import (
    Phase,
    RawPage,
    RawRecord,
    Resource,
    build_status_table,
    empty_record,
    phase_of,
)


def test_an_unknown_status_word_has_the_phase_unknown() -> None:
    table = build_status_table(running="RUNNING Scaling", failed="ERROR")
    assert [phase_of(word, table) for word in ("running", "SCALING", "Error", "new")] == [
        Phase.RUNNING,
        Phase.RUNNING,
        Phase.FAILED,
        Phase.UNKNOWN,
    ]


def test_final_phases_have_ended() -> None:
    assert [phase.value for phase in Phase if phase.ended] == ["done", "stopped", "failed"]


def test_a_raw_record_is_parsed_when_it_is_read_and_follows_a_newer_answer() -> None:
    record = RawRecord(RawPage(b'{"jobs": [{"id": 1}]}', json.loads), ("jobs", 0))
    assert record.value() == {"id": 1}
    record.renew(RawRecord(RawPage(b'[{"id": 2}]', json.loads), (0,)))
    assert record.value() == {"id": 2}
    assert empty_record().value() == {}


@pytest.mark.parametrize(
    ("value", "text", "number"), [(3, "3", 3), ("x", "x", None), (None, "", None), (True, "True", None)]
)
def test_a_fact_is_read_as_text_and_as_a_number(
    value: str | int | None, text: str, number: float | None
) -> None:
    row = Resource("jobs", "1", "a", "", Phase.DONE, "modelarts", "p", facts={"f": value})
    assert (row.text_fact("f"), row.number_fact("f")) == (text, number)
    assert row.key == ("p", "jobs", "1")
