"""What the reference contradicts itself about, and what servers really send: all of it is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.clouds.modelarts.lenient import MOST
from matui.clouds.port import PageAsk
from matui.errors import BadAnswerError
from matui.resources.model import Phase, Resource
from tests.contract.modelarts.samples import answer, cloud_of, run, told

LIST_FIELD = {
    "notebooks": ("4.2", "instances", "total_count"),
    "jobs": ("5.1.2", "jobs", "job_total_count"),
    "services": ("7.2", "services", "total_count"),
    "workspaces": ("8.2", "workspaces", "total_count"),
    "visualizations": ("5.3.2", "jobs", "job_total_count"),
    "models": ("6.1.2", "models", "total_count"),
    "pools": ("7.11", "clusters", "total_count"),
}


def listed(kind: str, body: Any) -> tuple[Resource, ...]:
    return run(cloud_of(body).list_page(PageAsk(kind))).resources


def one_of(kind: str, **fields: Any) -> Resource:
    """Return the first row of a sample list with some fields replaced."""
    section, field, _ = LIST_FIELD[kind]
    body = answer(section)
    return listed(kind, {**body, field: [{**body[field][0], **fields}]})[0]


def job(**fields: Any) -> Resource:
    return one_of("jobs", **fields)


# Numbers.


@pytest.mark.parametrize(
    ("sent", "want"),
    [
        ("1524189990635", 1524189990635),
        (1524189990635, 1524189990635),
        (1524189990635.0, 1524189990635),
        (" 1524189990635 ", 1524189990635),
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
    assert job(create_time=sent).created_at == want


@pytest.mark.parametrize(
    ("sent", "want"), [("532003", 532003), ("12.5", 12), (12.9, 12), ("", None), ("1e400", None)]
)
def test_a_duration_is_ms_whatever_its_shape(sent: Any, want: int | None) -> None:
    assert job(duration=sent).duration_ms == want


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_json_does_not_know_are_nothing(word: str) -> None:
    body = json.dumps(answer("5.1.2")).replace("532003", word).encode()
    row = listed("jobs", body)[0]
    assert (row.id, row.duration_ms) == ("10", None)


def test_a_number_too_large_for_a_float_is_nothing() -> None:
    assert job(version_count=MOST + 1).facts.get("version_count") is None
    assert job(version_count=MOST).facts["version_count"] == MOST


def test_durations_have_three_units() -> None:  # jobs ms, auto-stop s, stop time ms since the epoch
    notebook = listed("notebooks", answer("4.2"))[0]
    assert notebook.facts["auto_stop_left_s"] == 3450
    assert job().duration_ms == 532003


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
        ({}, "{}", Phase.UNKNOWN),
    ],
)
def test_a_jobs_status_is_named_and_an_unknown_one_kept(sent: Any, status: str, phase: Phase) -> None:
    row = job(status=sent)
    assert (row.status, row.phase) == (status, phase)


@pytest.mark.parametrize("word", ["running", "RUNNING", "Running"])
def test_status_words_know_no_case(word: str) -> None:
    row = one_of("services", status=word)
    assert (row.status, row.phase) == (word, Phase.RUNNING)


# Texts and ids.


def test_ids_are_exactly_the_clouds() -> None:
    assert job(job_id="0010").id == "0010"
    assert job(job_id=10).id == "10"
    assert job(job_id=2**70).id == str(2**70)
    assert job(job_id="a/../b\x1b").id == "a/../b\x1b"
    assert job(version_id="007").facts["version_id"] == "007"


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
    assert job(job_name=sent).name == name


def test_half_a_character_pair_does_not_lose_the_page() -> None:
    body = json.dumps(answer("5.1.2")).replace("testModelArtsJob", "cut\\ud83d").encode()
    assert listed("jobs", body)[0].name == "cut<d83d>"


def test_wrong_utf8_and_a_byte_order_mark_do_not_lose_the_page() -> None:
    body = json.dumps(answer("5.1.2")).encode()
    assert listed("jobs", b"\xef\xbb\xbf" + body.replace(b"testModelArtsJob", b"t\xff"))[0].name == "t\ufffd"


# Rows.


def test_one_wrong_field_does_not_lose_its_row() -> None:
    row = one_of("notebooks", profile=7, spec="x", user=[], workspace=None, flavor_details=True, pool=[1])
    assert (row.name, row.status, row.owner) == ("notebook-c6fd", "RUNNING", "")


@pytest.mark.parametrize("kind", list(LIST_FIELD))
@pytest.mark.parametrize("junk", [None, 5, "x", [], True, {}])
def test_a_row_that_cannot_be_read_is_shown_and_its_neighbours_live(kind: str, junk: Any) -> None:
    section, field, _ = LIST_FIELD[kind]
    body = answer(section)
    rows = listed(kind, {**body, field: [junk, body[field][0]]})
    assert rows[0].phase is Phase.UNKNOWN
    assert (rows[0].id, rows[0].name, rows[0].raw.value()) == ("?0", "unreadable row", junk)
    assert rows[1].raw.value() == body[field][0]
    assert not rows[1].id.startswith("?")


@pytest.mark.parametrize("action", ["stop", "delete"])
def test_nothing_is_done_to_a_row_that_cannot_be_read(action: str) -> None:
    cloud = cloud_of({"is_success": True, "jobs": [None]})
    row = run(cloud.list_page(PageAsk("jobs"))).resources[0]
    acted = run(cloud.act(action, [row]))[0]
    assert "could not be read" in str(acted.error)
    assert len(cloud._session.calls) == 1  # type: ignore[attr-defined]


def test_unknown_fields_are_ignored_and_still_raw() -> None:
    row = job(shiny={"new": 1})
    assert row.raw.value()["shiny"] == {"new": 1}


@pytest.mark.parametrize("kind", list(LIST_FIELD))
def test_a_single_object_or_a_text_in_place_of_the_list_is_taken(kind: str) -> None:
    section, field, _ = LIST_FIELD[kind]
    body = answer(section)
    first = body[field][0]
    for shape in (first, [first], json.dumps([first]), json.dumps(first)):
        rows = listed(kind, {**body, field: shape})
        assert len(rows) == 1
        assert rows[0].raw.value() == first


# Answers.


@pytest.mark.parametrize("kind", list(LIST_FIELD))
def test_no_list_is_an_empty_page_only_when_the_rest_is_the_apis(kind: str) -> None:
    _, field, total = LIST_FIELD[kind]
    for body in ({total: 0}, {total: "0", field: None}, {total: 0, field: []}, {field: [], "x": 1}):
        assert listed(kind, body) == ()
    for body in ({}, {"ok": True}, {field: None}, {field: 5, total: 1}, {field: "abc", total: 1}):
        with pytest.raises(BadAnswerError):
            listed(kind, body)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"1", b'"x"', b"{", b'{"jobs":[' * 20000, b"\xff\xfe", b'{"a":' * 5000],
)
def test_what_is_not_the_apis_answer_is_said_to_be_so(body: bytes) -> None:
    with pytest.raises(BadAnswerError) as caught:
        listed("jobs", body)
    assert caught.value.request_id == "req-1"


@pytest.mark.parametrize("total", ["2", 2, "2.0", " 2 "])
def test_a_total_may_be_a_text(total: Any) -> None:  # 4.2
    page = run(cloud_of({**answer("4.2"), "total_count": total}).list_page(PageAsk("notebooks")))
    assert page.total == 2


@pytest.mark.parametrize("total", [None, "many", -5, []])
def test_a_page_without_a_total_counts_itself(total: Any) -> None:
    page = run(cloud_of({**answer("4.2"), "total_count": total}).list_page(PageAsk("notebooks")))
    assert page.total == 2


# Fields that come in two shapes.


def test_failure_reasons_are_a_fact_and_null_is_none() -> None:  # 4.1: null in samples
    spec = answer("4.2")["instances"][0]["spec"]
    assert "failure" not in one_of("notebooks").facts
    failed = {**spec, "failed_reasons": {"code": "ModelArts.6302", "message": "sold\nout", "detail": None}}
    assert one_of("notebooks", spec=failed).facts["failure"] == "ModelArts.6302: sold␊out"


@pytest.mark.parametrize(("sent", "want"), [(True, True), ("true", True), ("False", False), (None, None)])
def test_auto_stop_is_on_off_or_unknown(sent: Any, want: bool | None) -> None:
    spec = {"auto_stop": {"enable": sent, "remain_time": "60"}}
    row = one_of("notebooks", spec=spec)
    assert row.facts.get("auto_stop") is want
    assert row.facts.get("auto_stop_left_s") == (None if want is False else 60)


@pytest.mark.parametrize("spelling", ["time_unit", "timeUnit"])
@pytest.mark.parametrize("in_a_list", [True, False])
def test_a_schedule_is_an_object_or_a_list_in_two_spellings(spelling: str, in_a_list: bool) -> None:  # 5.3.2
    one = {"type": "stop", spelling: "HOURS", "duration": "1"}
    row = one_of("visualizations", schedule=[one] if in_a_list else one)
    assert row.facts["schedule"] == "stop after 1 hours"


@pytest.mark.parametrize(("left", "want"), [(None, None), (3600, 3600), ("3600", 3600), (3_600_000, 3600)])
def test_remaining_time_is_seconds_unless_it_cannot_be(left: Any, want: float | None) -> None:
    assert one_of("visualizations", remaining_duration=left).facts.get("auto_stop_left_s") == want


@pytest.mark.parametrize("flag", ["false", False, 0])
def test_a_flag_may_be_a_text(flag: Any) -> None:  # 7.2
    assert one_of("services", is_opened_sample_collection=flag).facts["sampling"] is False


def test_swapped_types_of_a_service_are_taken() -> None:  # 7.3
    row = one_of("services", failed_times=False, is_shared=0, invocation_times="7")
    assert "failures" not in row.facts
    assert row.facts["shared"] is False
    assert row.facts["calls"] == 7


def test_nodes_of_a_pool_are_an_object_or_a_list() -> None:  # 7.11
    node = {"specification": "a", "count": "3", "available_count": 2}
    for nodes in (node, [node]):
        facts = one_of("pools", nodes=nodes).facts
        assert (facts["nodes_available"], facts["nodes"], facts["flavor"]) == (2, 3, "a")


@pytest.mark.parametrize("word", ["public", "PUBLIC", "Public"])
def test_the_authorization_is_told_in_capitals(word: str) -> None:  # 8.1
    assert one_of("workspaces", auth_type=word).facts["auth_type"] == "PUBLIC"


def test_a_parameter_is_a_label_or_a_key_with_a_number_or_a_text() -> None:  # 5.1.3, 5.2.3
    body = {**answer("5.1.3"), "parameter": [{"label": "lr", "value": 0.01}, {"key": "n", "value": "32"}]}
    detail = told(run(cloud_of(body).describe(run(cloud_of(body).read("versions", "1/1")))))
    assert (detail["Parameters", "lr"], detail["Parameters", "n"]) == ("0.01", "32")


def test_a_vm_may_be_described_in_texts_or_numbers() -> None:  # 5.1.3: core and cpu
    for core in (2, "2"):
        body = {**answer("5.1.3"), "core": core, "spec_code": None}
        version = run(cloud_of(body).read("versions", "10/10"))
        assert version.facts["flavor"] == "2 cores 2×P100"


def test_interfaces_and_install_types_of_a_model_come_in_two_shapes() -> None:  # 6.1
    body = answer("6.1.3")
    listed_apis = {**body, "apis": json.loads(body["apis"]), "install_type": '["real-time"]'}
    for each in (body, listed_apis):
        detail = told(run(cloud_of(each).describe(run(cloud_of(each).read("models", "m")))))
        assert detail["Interface http POST /", "Request"].startswith("{")
        assert detail["Overview", "Deploys as"] in ("real-time", "realtime, batch, edge")


def test_memory_of_an_edge_node_is_under_a_name_in_words() -> None:  # 7.3
    node = {"id": "n", "name": "edge-1", "Memory size, in MBs": "2048", "enable_gpu": "true"}
    body = {**answer("7.3"), "config": {"model_name": "m", "nodes": node}}
    detail = told(run(cloud_of(body).describe(run(cloud_of(body).read("services", "s")))))
    assert detail["Edge node edge-1", "Memory"] == "2.0 GiB"


def test_a_notebook_acted_on_answers_with_its_new_status() -> None:  # 4.6
    cloud = cloud_of(answer("4.6"))
    row = one_of("notebooks")
    assert run(cloud.act("start", [row]))[0].status == "STARTING"
