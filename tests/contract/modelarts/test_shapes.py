"""Fields that the reference gives two shapes: both are taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.base.clock import ManualClock
from tests.contract.modelarts.rows import make_one_of
from tests.contract.modelarts.samples import answer, build_cloud, map_values, run


def test_failure_reasons_are_a_fact_and_null_is_none() -> None:  # 4.1: null in samples
    spec = answer("4.2")["instances"][0]["spec"]
    assert "failure" not in make_one_of("notebooks").facts
    failed = {**spec, "failed_reasons": {"code": "ModelArts.6302", "message": "sold\nout", "detail": None}}
    assert make_one_of("notebooks", spec=failed).facts["failure"] == "ModelArts.6302: sold␊out"


@pytest.mark.parametrize(("sent", "want"), [(True, True), ("true", True), ("False", False), (None, None)])
def test_auto_stop_is_on_off_or_unknown(sent: Any, want: bool | None) -> None:
    spec = {"auto_stop": {"enable": sent, "remain_time": "60"}}
    row = make_one_of("notebooks", spec=spec)
    assert row.facts.get("auto_stop") is want
    assert row.facts.get("auto_stop_left_s") == (None if want is False else 60)


@pytest.mark.parametrize(("stated_in_s", "in_s"), [(75, 75), (-1, 60), (None, 60)])
def test_an_auto_stop_is_at_the_time_stated_where_that_is_to_come(
    stated_in_s: int | None, in_s: int
) -> None:  # computed from the seconds left it would move at each poll
    now_ms = ManualClock().now() * 1000
    stated = None if stated_in_s is None else int(now_ms) + stated_in_s * 1000
    spec = {"auto_stop": {"enable": True, "remain_time": 60, "stop_timestamp": stated}}
    assert make_one_of("notebooks", spec=spec).facts["auto_stop_at"] == now_ms + in_s * 1000


@pytest.mark.parametrize("spelling", ["time_unit", "timeUnit"])
@pytest.mark.parametrize("in_a_list", [True, False])
def test_a_schedule_is_an_object_or_a_list_in_two_spellings(spelling: str, in_a_list: bool) -> None:  # 5.3.2
    one = {"type": "stop", spelling: "HOURS", "duration": "1"}
    row = make_one_of("visualizations", schedule=[one] if in_a_list else one)
    assert row.facts["schedule"] == "stop after 1 hours"


@pytest.mark.parametrize(("left", "want"), [(None, None), (3600, 3600), ("3600", 3600), (3_600_000, 3600)])
def test_remaining_time_is_seconds_unless_it_cannot_be(left: Any, want: float | None) -> None:
    assert make_one_of("visualizations", remaining_duration=left).facts.get("auto_stop_left_s") == want


@pytest.mark.parametrize("flag", ["false", False, 0])
def test_a_flag_may_be_a_text(flag: Any) -> None:  # 7.2
    assert make_one_of("services", is_opened_sample_collection=flag).facts["sampling"] is False


def test_swapped_types_of_a_service_are_taken() -> None:  # 7.3
    row = make_one_of("services", failed_times=False, is_shared=0, invocation_times="7")
    assert "failures" not in row.facts
    assert row.facts["shared"] is False
    assert row.facts["calls"] == 7


def test_nodes_of_a_pool_are_an_object_or_a_list() -> None:  # 7.11
    node = {"specification": "a", "count": "3", "available_count": 2}
    for nodes in (node, [node]):
        facts = make_one_of("pools", nodes=nodes).facts
        assert (facts["nodes_available"], facts["nodes"], facts["flavor"]) == (2, 3, "a")


@pytest.mark.parametrize("word", ["public", "PUBLIC", "Public"])
def test_the_authorization_is_reported_in_capitals(word: str) -> None:  # 8.1
    assert make_one_of("workspaces", auth_type=word).facts["auth_type"] == "PUBLIC"


def test_a_parameter_is_a_label_or_a_key_with_a_number_or_a_text() -> None:  # 5.1.3, 5.2.3
    body = {**answer("5.1.3"), "parameter": [{"label": "lr", "value": 0.01}, {"key": "n", "value": "32"}]}
    detail = map_values(run(build_cloud(body).describe(run(build_cloud(body).read("versions", "1/1")))))
    assert (detail["Parameters", "lr"], detail["Parameters", "n"]) == ("0.01", "32")


def test_a_vm_may_be_described_in_texts_or_numbers() -> None:  # 5.1.3: core and cpu
    for core in (2, "2"):
        body = {**answer("5.1.3"), "core": core, "spec_code": None}
        version = run(build_cloud(body).read("versions", "10/10"))
        assert version.facts["flavor"] == "2 cores 2×P100"


def test_interfaces_and_install_types_of_a_model_come_in_two_shapes() -> None:  # 6.1
    body = answer("6.1.3")
    listed_apis = {**body, "apis": json.loads(body["apis"]), "install_type": '["real-time"]'}
    for each in (body, listed_apis):
        detail = map_values(run(build_cloud(each).describe(run(build_cloud(each).read("models", "m")))))
        assert detail["Interface http POST /", "Request"].startswith("{")
        assert detail["Overview", "Deploys as"] in ("real-time", "realtime, batch, edge")


def test_memory_of_an_edge_node_is_under_a_name_in_words() -> None:  # 7.3
    node = {"id": "n", "name": "edge-1", "Memory size, in MBs": "2048", "enable_gpu": "true"}
    body = {**answer("7.3"), "config": {"model_name": "m", "nodes": node}}
    detail = map_values(run(build_cloud(body).describe(run(build_cloud(body).read("services", "s")))))
    assert detail["Edge node edge-1", "Memory"] == "2.0 GiB"


def test_a_notebook_acted_on_answers_with_its_new_status() -> None:  # 4.6
    cloud = build_cloud(answer("4.6"))
    row = make_one_of("notebooks")
    assert run(cloud.act("start", [row]))[0].status == "STARTING"


@pytest.mark.parametrize(
    ("failed", "calls", "rate"), [(1, 50, 2.0), (50, 50, 100.0), (5, 3, None), (-1, 3, None), (3, 0, None)]
)
def test_more_failed_calls_than_calls_are_no_rate(failed: int, calls: int, rate: float | None) -> None:
    row = make_one_of("services", failed_times=failed, invocation_times=calls)
    assert (row.facts.get("failure_rate"), row.facts.get("failures")) == (rate, failed)
