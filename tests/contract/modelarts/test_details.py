"""Details, events and metrics of the reference's sample bodies."""

from __future__ import annotations

import json
from math import inf
from typing import Any

import pytest

from matui.clouds.http.messages import Call
from matui.clouds.sections import MASK
from matui.resources.detail import Instant
from matui.resources.model import Phase, Resource
from tests.contract.modelarts.samples import answer, build_cloud, map_values, run


def make_resource(kind: str, wire_id: str = "1", **facts: Any) -> Resource:
    return Resource(kind, wire_id, "n", "", Phase.UNKNOWN, "modelarts", "prod", facts=facts)


def describe_sample(kind: str, section: str, wire_id: str = "1") -> dict[tuple[str, str], Any]:
    return map_values(run(build_cloud(answer(section)).describe(make_resource(kind, wire_id))))


def test_a_notebook_is_reported_in_instants_and_human_units() -> None:
    detail = describe_sample("notebooks", "4.3")
    assert detail["Overview", "Created"] == Instant(1594887749962)
    assert detail["Auto-stop", "Stops at"] == Instant(1594891408723, counts_down=True)
    assert detail["Storage", "Size"] == "5 GB"
    assert detail["Resources", "Image"] == "mul-kernel-gpu-cuda-cp36:2.0.5-B003"


def test_a_version_is_reported_with_its_parameters_and_metrics() -> None:
    detail = describe_sample("versions", "5.1.3", "10/10")
    assert detail["Overview", "Duration"] == "8m52s"
    assert detail["Resources", "Flavor"] == "modelarts.vm.gpu.p100"
    assert detail["Resources", "GPUs"] == "2 × P100"
    assert detail["Parameters", "learning_rate"] == "0.01"
    assert detail["Data", "Volume"] == "/root/work → /home/mind (host path)"
    assert detail["Metrics", "Model recall"] == "0.005833"
    assert detail["Metrics", "Peak Sent"] == "10.0 MiB/s"


def test_a_workspace_is_reported_with_grants_and_quotas() -> None:
    cloud = build_cloud(lambda call: answer("8.6" if call.path.endswith("quotas") else "8.4"))
    detail = map_values(run(cloud.describe(make_resource("workspaces"))))
    assert detail["Access", "Granted to"] == "test-iam-user"
    assert {v for (title, _), v in detail.items() if title == "Quotas"} == {"5 of 10 minute (-1 to 60000)"}
    gauge = run(cloud.fetch_metrics(make_resource("workspaces"))).gauges[0]
    assert (gauge.used, gauge.total, gauge.unit) == (5, 10, "minute")


def test_an_unlimited_quota_says_so_without_a_use_that_is_not_stated() -> None:
    quota = {**answer("8.6")["quotas"][0], "quota": -1, "used_quota": None}
    cloud = build_cloud(lambda call: {"quotas": [quota]} if call.path.endswith("quotas") else answer("8.4"))
    detail = map_values(run(cloud.describe(make_resource("workspaces"))))
    assert any(v.startswith("unlimited minute") for (title, _), v in detail.items() if title == "Quotas")
    gauge = run(cloud.fetch_metrics(make_resource("workspaces"))).gauges[0]
    assert (gauge.used, gauge.total) == (None, inf)


def test_a_model_is_unpacked_from_its_json_strings() -> None:
    detail = describe_sample("models", "6.1.3")
    assert detail["Metrics", "f1"] == "0.52381"
    assert detail["Dependencies", "pip"] == "pkg1 >= 1.0.1"
    assert detail["Interface http POST /", "Request"].startswith('{"type":"object"')
    assert detail["Overview", "Deploys as"] == "realtime, batch, edge"
    assert detail["Configuration", "runtime"] == "tf1.13-python3.6-cpu"


def test_a_pool_is_reported_with_what_is_free() -> None:
    pool_id = answer("7.11")["clusters"][0]["cluster_id"]
    detail = describe_sample("pools", "7.11", pool_id)
    assert detail["Nodes available", "modelarts.vm.cpu.8ud"] == "1 of 1"
    assert detail["Allocatable", "Memory"] == "4.0 GiB"
    gauges = run(build_cloud(answer("7.11")).fetch_metrics(make_resource("pools", pool_id))).gauges
    assert [(g.label, g.used, g.total) for g in gauges[:1]] == [("CPU free", 5.5, None)]


def test_a_config_is_reported_like_the_jobs_made_from_it() -> None:
    detail = describe_sample("configs", "5.2.5", "trainconfig-test")
    assert detail["Resources", "Memory"] == "64 GiB"
    assert detail["Code", "Boot file"] == "/usr/app/boot.py"
    assert detail["Parameters", "learning_rate"] == "0.01"


def test_a_visualization_is_reported_with_its_address() -> None:
    detail = describe_sample("visualizations", "5.3.3")
    assert detail["Overview", "Duration"] == "33s"
    assert detail["Data", "Logs read from"] == "/wph-test/zl-test/Flowers-Set/ApiTest/"


def test_secrets_are_masked_wherever_they_are_reported() -> None:
    version = {
        **answer("5.1.3"),
        "parameter": [{"label": "db_password", "value": "hunter2"}, {"label": "tokens", "value": "hunter2"}],
        "user_command": "python t.py --secret-key hunter2 --ak=hunter2 --lr 0.1",
    }
    service = answer("7.3")
    service["config"][0]["envs"] = {"SK": "hunter2", "apiToken": "hunter2", "TASK": "keep", "MASK": "keep"}
    seen = map_values(run(build_cloud(version).describe(make_resource("versions", "1/1"))))
    seen |= map_values(run(build_cloud(service).describe(make_resource("services"))))
    assert not [key for key, value in seen.items() if "hunter2" in str(value)]
    assert seen["Parameters", "db_password"] == MASK
    assert seen["Code", "Command"].endswith("--lr 0.1")
    assert [v for (_, label), v in seen.items() if label in ("env TASK", "env MASK")] == ["keep", "keep"]


def test_system_metrics_come_as_an_object_or_as_json_in_a_text() -> None:
    version = answer("5.1.3")
    text = {**version, "system_metric_list": json.dumps(version["system_metric_list"])}
    for body in (version, text):
        metrics = run(build_cloud(body).fetch_metrics(make_resource("versions", "10/10")))
        labels = [series.label for series in metrics.series]
        assert labels[:4] == ["CPU", "Memory", "GPU", "GPU memory"]
        assert len(labels) == 8
        assert metrics.series[0].points == (0, 3.10, 5.76, 0, 0, 0, 0)
        assert metrics.series[0].interval_s == 60
        assert [(g.group, g.label, g.used) for g in metrics.gauges][:2] == [
            ("Model", "recall", 0.005833),
            ("Model", "precision", 0.000178),
        ]


@pytest.mark.parametrize("nothing", [None, "{}", "", "not json", [], {}, 5])
def test_a_version_without_metrics_has_none(nothing: Any) -> None:
    body = {**answer("5.1.3"), "system_metric_list": nothing, "model_metric_list": nothing}
    metrics = run(build_cloud(body).fetch_metrics(make_resource("versions", "10/10")))
    assert metrics.series == ()
    assert metrics.gauges == ()


def test_service_usage_given_as_texts_becomes_gauges() -> None:
    gauges = run(build_cloud(answer("7.6")).fetch_metrics(make_resource("services"))).gauges
    assert [(g.label, g.used, g.total, g.unit) for g in gauges] == [
        ("CPU", 2.4, 4, "cores"),
        ("Memory", 2011, 8192, "MB"),
        ("GPU", 0.6, 1, "GPUs"),
        ("Calls", 50, None, ""),
        ("Failed calls", 1, 50, ""),
    ]
    assert {g.group for g in gauges} == {"minst 1.0.0"}


def test_a_batch_service_is_not_asked_for_metrics() -> None:
    cloud = build_cloud(answer("7.6"))
    assert run(cloud.fetch_metrics(make_resource("services", type="batch"))).gauges == ()
    assert cloud._session.calls == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("backwards", [False, True])
def test_events_come_oldest_first_whatever_the_order_sent(backwards: bool) -> None:
    body = answer("7.8")
    if backwards:
        body = {**body, "events": body["events"][::-1]}
    events = run(build_cloud(body).fetch_events(make_resource("services")))
    assert len(events) == 9
    assert events[0].text == "start to deploy service"
    assert [e.at for e in events] == sorted(e.at or 0 for e in events)


def test_only_the_latest_500_events_are_kept_and_trouble_is_marked() -> None:
    events = [
        {"occur_time": n, "event_type": "Abnormal" if n == 700 else "normal", "event_info": f"e{n}\x1b[31m"}
        for n in range(700, 0, -1)
    ]
    found = run(build_cloud({"events": events}).fetch_events(make_resource("services")))
    assert (len(found), found[0].at, found[-1].at) == (500, 201, 700)
    assert [e.abnormal for e in found].count(True) == 1
    assert found[-1].text == "e700␛[31m"


@pytest.mark.parametrize("total", [1700, 1003])
def test_the_latest_events_are_found_when_the_oldest_come_first(total: int) -> None:
    def respond(call: Call) -> Any:
        query = dict(call.query)
        start, size = int(query["offset"]), int(query["limit"])
        times = range(start + 1, min(start + size, total) + 1)
        return {"events": [{"occur_time": n, "event_info": "e"} for n in times], "total_count": total}

    cloud = build_cloud(respond)
    found = run(cloud.fetch_events(make_resource("services")))
    assert [e.at for e in found] == list(range(total - 499, total + 1))
    assert len(cloud._session.calls) == 2  # type: ignore[attr-defined]


def test_update_history_is_reported_latest_first_with_node_results() -> None:
    cloud = build_cloud(answer("7.7"))
    sections = run(cloud.fetch_updates(make_resource("services")))
    assert sections[0].rows[:2] == (("Updated", Instant(1586250930708)), ("Result", "RUNNING"))
    assert ("model-demo 0.0.1", "modelarts.vm.cpu.2u 100%") in sections[0].rows


def test_choices_mark_what_is_sold_out() -> None:
    specs = answer("5.4.1")
    specs["specs"][1]["no_resource"] = "true"
    flavors = run(build_cloud(specs).catalog.fetch_flavors())
    assert [(c.id, c.label, c.why_not) for c in flavors] == [
        ("2", "modelarts.vm.cpu.2u", ""),
        ("4", "modelarts.vm.gpu.p100", "sold out"),
    ]
    assert flavors[1].note == "8 cores, 64 GiB, 1×nvidia-p100, up to 4 nodes"
    algorithms = run(build_cloud(answer("5.1.12")).catalog.fetch_algorithms())
    assert algorithms[0].label == "ResNet_v2_50"
    assert run(build_cloud(answer("5.4.2")).catalog.fetch_engines())[0].label == "TF-1.4.0-python2.7"
    deploy = run(build_cloud(answer("7.10")).catalog.fetch_deployment_flavors())
    assert deploy[-1].why_not == "by service ticket only"
