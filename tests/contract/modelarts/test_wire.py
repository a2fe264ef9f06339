"""What the reference contradicts itself about, and what servers really send: all of it is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.base.errors import BadAnswerError
from matui.clouds.protocols import ListRequest
from matui.clouds.wire_types import MOST
from matui.resources.kinds.triage import get_trouble_since
from matui.resources.model import Phase
from matui.resources.times import find_earliest_end, find_earliest_since, find_end
from tests.contract.modelarts.rows import LIST_FIELD, make_job, make_one_of, map_list
from tests.contract.modelarts.samples import answer, build_cloud, run

# Numbers.


@pytest.mark.parametrize(
    ("sent", "want"),
    [
        ("1524189990635", 1524189990635),
        (1524189990635, 1524189990635),
        (1524189990635.0, 1524189990635),
        (" 1524189990635 ", 1524189990635),
        (1524189990, 1524189990000),
        ("1524189990", 1524189990000),
        (15099239923, None),
        ("2018-04-20T02:06:30Z", 1524189990000),
        ("2018-04-20T02:06:30", 1524189990000),
        ("", None),
        (None, None),
        (0, None),
        ("0", None),
        (-1, None),
        (True, None),
        ("soon", None),
        ("１２", None),
        ("1_000", None),
        (10**30, None),
        ("9" * 5000, None),
        ([], None),
        ({"a": 1}, None),
    ],
)
def test_a_time_is_taken_in_every_shape(sent: Any, want: int | None) -> None:
    assert make_job(create_time=sent).created_at == want


@pytest.mark.parametrize(
    ("sent", "want"), [("532003", 532003), ("12.5", 12), (12.9, 12), ("", None), ("1e400", None)]
)
def test_a_duration_is_ms_whatever_its_shape(sent: Any, want: int | None) -> None:
    assert make_job(duration=sent).duration_ms == want


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_json_does_not_know_are_nothing(word: str) -> None:
    body = json.dumps(answer("5.1.2")).replace("532003", word).encode()
    row = map_list("jobs", body)[0]
    assert (row.id, row.duration_ms) == ("10", None)


def test_a_number_too_large_for_a_float_is_nothing() -> None:
    assert make_job(version_count=MOST + 1).facts.get("version_count") is None
    assert make_job(version_count=MOST).facts["version_count"] == MOST


def test_durations_have_three_units() -> None:  # jobs ms, auto-stop s, stop time ms since the epoch
    notebook = map_list("notebooks", answer("4.2"))[0]
    assert notebook.facts["auto_stop_left_s"] == 3450
    assert make_job().duration_ms == 532003


# Statuses (5.5, 10).


@pytest.mark.parametrize(
    ("sent", "status", "phase"),
    [
        (8, "JOBSTAT_RUNNING", Phase.RUNNING),
        ("8", "JOBSTAT_RUNNING", Phase.RUNNING),
        (" 8 ", "JOBSTAT_RUNNING", Phase.RUNNING),
        ("JOBSTAT_RUNNING", "JOBSTAT_RUNNING", Phase.RUNNING),
        (11, "JOBSTAT_FAILED", Phase.FAILED),
        (13, "JOBSTAT_CANCELED", Phase.STOPPED),
        (21, "JOBSTAT_CHECK_FAILED", Phase.FAILED),
        (0, "JOBSTAT_UNKNOWN", Phase.UNKNOWN),
        (99, "99", Phase.UNKNOWN),
        (-1, "-1", Phase.UNKNOWN),
        ("HIBERNATING", "HIBERNATING", Phase.UNKNOWN),
        ("\x1b[2Jx", "␛[2Jx", Phase.UNKNOWN),
        (None, "", Phase.UNKNOWN),
    ],
)
def test_a_jobs_status_is_named_and_an_unknown_one_kept(sent: Any, status: str, phase: Phase) -> None:
    row = make_job(status=sent)
    assert (row.status, row.phase) == (status, phase)


@pytest.mark.parametrize("word", ["running", "RUNNING", "Running"])
def test_status_words_know_no_case(word: str) -> None:
    row = make_one_of("services", status=word)
    assert (row.status, row.phase) == (word, Phase.RUNNING)


# Texts and ids.


def test_ids_are_exactly_the_clouds() -> None:
    assert make_job(job_id="0010").id == "0010"
    assert make_job(job_id=10).id == "10"
    assert make_job(job_id=2**70).id == str(2**70)
    assert make_job(job_id="a/../b\x1b").id == "a/../b\x1b"
    assert make_job(version_id="007").facts["version_id"] == "007"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("[red]x[/b]", "[red]x[/b]"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("two\nlines", "two␊lines"),
        ("训练🚀", "训练🚀"),
        ("\u202ergb", "<202e>rgb"),
        (12, "12"),
        (None, "10"),
        ("", "10"),
        (["a", 1], '["a",1]'),
        (True, "true"),
    ],
)
def test_a_name_is_safe_to_show(sent: Any, name: str) -> None:
    assert make_job(job_name=sent).name == name


def test_half_a_character_pair_does_not_lose_the_page() -> None:
    body = json.dumps(answer("5.1.2")).replace("testModelArtsJob", "cut\\ud83d").encode()
    assert map_list("jobs", body)[0].name == "cut<d83d>"


def test_wrong_utf8_and_a_byte_order_mark_do_not_lose_the_page() -> None:
    body = json.dumps(answer("5.1.2")).encode()
    assert (
        map_list("jobs", b"\xef\xbb\xbf" + body.replace(b"testModelArtsJob", b"t\xff"))[0].name == "t\ufffd"
    )


# Rows.


def test_one_wrong_field_does_not_lose_its_row() -> None:
    row = make_one_of(
        "notebooks", profile=7, spec="x", user=[], workspace=None, flavor_details=True, pool=[1]
    )
    assert (row.name, row.status, row.owner) == ("notebook-c6fd", "RUNNING", "")


@pytest.mark.parametrize("kind", list(LIST_FIELD))
@pytest.mark.parametrize("junk", [None, 5, "x", [], True, {}])
def test_a_row_that_cannot_be_read_is_shown_and_its_neighbours_live(kind: str, junk: Any) -> None:
    section, field, _ = LIST_FIELD[kind]
    body = answer(section)
    rows = map_list(kind, {**body, field: [junk, body[field][0]]})
    assert rows[0].phase is Phase.UNKNOWN
    assert (rows[0].id, rows[0].name, rows[0].raw.parse_value()) == ("?0", "unreadable row", junk)
    assert rows[1].raw.parse_value() == body[field][0]
    assert not rows[1].id.startswith("?")


@pytest.mark.parametrize("nobody", [None, "", {}, {"id": 1}, [], [1]])
def test_an_id_that_is_an_object_or_nothing_is_nobodys(nobody: Any) -> None:
    row = make_job(job_id=nobody)
    assert (row.id, row.name) == ("?0", "unreadable row")


@pytest.mark.parametrize("action", ["stop", "delete"])
def test_nothing_is_done_to_a_row_that_cannot_be_read(action: str) -> None:
    cloud = build_cloud({"is_success": True, "jobs": [None]})
    row = run(cloud.list_page(ListRequest("jobs"))).resources[0]
    asked = list(cloud._session.calls)  # type: ignore[attr-defined]
    assert len(asked) == 3  # without a total rows may follow, behind the page or behind a hole
    acted = run(cloud.act(action, [row]))[0]
    assert "could not be read" in str(acted.error)
    assert cloud._session.calls == asked  # type: ignore[attr-defined]


def test_unknown_fields_are_ignored_and_still_raw() -> None:
    row = make_job(shiny={"new": 1})
    assert row.raw.parse_value()["shiny"] == {"new": 1}


@pytest.mark.parametrize("kind", list(LIST_FIELD))
def test_a_single_object_or_a_text_in_place_of_the_list_is_taken(kind: str) -> None:
    section, field, _ = LIST_FIELD[kind]
    body = answer(section)
    first = body[field][0]
    for shape in (first, [first], json.dumps([first]), json.dumps(first)):
        rows = map_list(kind, {**body, field: shape})
        assert len(rows) == 1
        assert rows[0].raw.parse_value() == first


# Answers.


@pytest.mark.parametrize("kind", list(LIST_FIELD))
def test_no_list_is_an_empty_page_only_when_the_rest_is_the_apis(kind: str) -> None:
    _, field, total = LIST_FIELD[kind]
    for body in ({total: 0}, {total: "0", field: None}, {total: 0, field: []}, {field: [], "x": 1}):
        assert map_list(kind, body) == ()
    for body in ({}, {"ok": True}, {field: None}, {field: 5, total: 1}, {field: "abc", total: 1}):
        with pytest.raises(BadAnswerError):
            map_list(kind, body)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"1", b'"x"', b"{", b'{"jobs":[' * 20000, b"\xff\xfe", b'{"a":' * 5000],
)
def test_what_is_not_the_apis_answer_is_said_to_be_so(body: bytes) -> None:
    with pytest.raises(BadAnswerError) as caught:
        map_list("jobs", body)
    assert caught.value.request_id == "req-1"


@pytest.mark.parametrize("total", ["2", 2, "2.0", " 2 "])
def test_a_total_may_be_a_text(total: Any) -> None:  # 4.2
    page = run(build_cloud({**answer("4.2"), "total_count": total}).list_page(ListRequest("notebooks")))
    assert page.total == 2


@pytest.mark.parametrize("total", [None, "many", -5, []])
def test_a_page_without_a_total_counts_itself(total: Any) -> None:
    page = run(build_cloud({**answer("4.2"), "total_count": total}).list_page(ListRequest("notebooks")))
    assert page.total == 2


def test_a_job_of_several_versions_ended_when_its_newest_version_did() -> None:
    versions = [
        {"version_id": 1, "status": 10, "create_time": 1_700_001_000_000, "duration": 50_000},
        {
            "version_id": 2,
            "status": 11,
            "create_time": 1_700_009_000_000,
            "start_time": 1_700_009_100_000,
            "duration": 70_000,
        },
    ]
    body = {"job_id": 7, "job_name": "j", "version_count": 2, "versions": versions, "is_success": True}
    read = run(build_cloud(body).read("jobs", "7"))
    assert (read.created_at, get_trouble_since(read)) == (1_700_001_000_000, 1_700_009_170_000)
    versions[-1]["start_time"] = None
    unstarted = run(build_cloud(body).read("jobs", "7"))
    assert (get_trouble_since(unstarted), find_earliest_since(unstarted)) == (None, 1_700_009_070_000)
    assert get_trouble_since(make_job(status=11, version_count=5, duration=532003)) is None
    listed = make_job(status=11, version_count=1, create_time=1_700_000_001_000, duration=500)
    assert (get_trouble_since(listed), find_earliest_end(listed)) == (None, 1_700_000_001_500)


def test_the_end_of_a_version_without_a_start_is_not_stated() -> None:
    version = {"version_id": 1, "status": 11, "create_time": 1_700_000_001_000, "duration": 500}
    body = {"job_id": 7, "job_name": "j", "version_count": 1, "versions": [version], "is_success": True}
    read = run(build_cloud(body).read("jobs", "7"))
    assert (get_trouble_since(read), find_earliest_end(read)) == (None, 1_700_000_001_500)


def test_a_batch_service_has_ended_when_its_task_did() -> None:
    row = make_one_of("services", status="finished", publish_at=1000, start_time=5000, finished_time=9000)
    assert find_end(row) == 9000


@pytest.mark.parametrize("kind", LIST_FIELD)
def test_a_list_that_is_null_though_rows_are_counted_is_a_wrong_answer(kind: str) -> None:
    section, field, total = LIST_FIELD[kind]
    with pytest.raises(BadAnswerError, match=f"no list of {field} although it counts 5"):
        map_list(kind, {**answer(section), field: None, total: 5})
    assert map_list(kind, {**answer(section), field: None, total: 0}) == ()
    assert map_list(kind, {**answer(section), field: [], total: 5}) == ()
