"""Forms made of the reference's own samples, and the requests they send, held against its tables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.clouds.http.messages import Call
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.resources.forms.document import format_form, parse_form
from matui.resources.forms.form import Form, Values, copy_tree, find_changes, merge_changes, put_value
from matui.resources.model import Phase, Resource
from tests.contract.modelarts.samples import (
    FakeSession,
    answer,
    build_cloud,
    list_answers,
    list_requests,
    run,
)

SETUP = (
    "worker_server_num app_url boot_file_url parameter data_url dataset_id dataset_version_id data_source"
    " spec_id engine_id model_id train_url log_url user_image_url user_command"
)
# The fields of each request's table; a dot leads into a list or an object.
TABLES = {
    "4.1": "name profile_id description flavor spec.storage.type spec.storage.location.path"
    " spec.storage.location.volume_size spec.auto_stop.enable spec.auto_stop.duration spec.auto_stop.prompt"
    " spec.annotations workspace.id",
    "4.4": "description spec.auto_stop.enable spec.auto_stop.duration spec.auto_stop.prompt",
    "5.1.1": "job_name job_desc workspace_id config.create_version config.volumes "
    + " ".join(f"config.{name}" for name in SETUP.split()),
    "5.1.6": "job_desc config.pre_version_id " + " ".join(f"config.{name}" for name in SETUP.split()),
    "5.1.8": "job_desc",
    "5.2.1": f"config_name config_desc {SETUP}",
    "5.2.3": f"config_desc {SETUP}",
    "5.3.1": "job_name job_desc train_url",
    "5.3.4": "job_desc",
    "7.5": "description status config.model_id config.weight config.specification config.instance_count"
    " config.envs config.additional_properties config.nodes schedule additional_properties",
    "8.5": "name description auth_type grants.user_id grants.user_name",
    "8.7": "quotas.resource quotas.quota",
}
NB, VIS, SVC = answer("4.3")["id"], str(answer("5.3.3")["job_id"]), answer("7.3")["service_id"]
WS, CONF = answer("8.4")["id"], answer("5.2.5")["config_name"]
OPEN = {"parameter", "data_source", "envs", "schedule", "volumes", "additional_properties"}


def collect_paths(body: Any, before: str = "") -> set[str]:
    if isinstance(body, list) and before.rpartition(".")[2] not in OPEN:
        return {path for item in body for path in collect_paths(item, before)}
    if isinstance(body, dict) and before.rpartition(".")[2] not in OPEN:
        return {
            path
            for name, value in body.items()
            for path in collect_paths(value, f"{before}.{name}".lstrip("."))
        }
    return {before}


def make_resource(kind: str, wire_id: str, **facts: Any) -> Resource:
    return Resource(kind, wire_id, "n", "", Phase.UNKNOWN, "modelarts", "prod", facts=facts)


def find_sample(call: Call) -> Any:
    """Answer each question with its own sample, whatever was asked of the catalog."""
    path = call.path.removeprefix("/v1/{project_id}/")
    if path.startswith("training-jobs/10/versions/"):
        return answer("5.1.3") if call.method == "GET" else {}
    known = {
        f"workspaces/{WS}/quotas": "8.6",
        "training-jobs/10/versions": "5.1.6" if call.method == "POST" else "5.1.5",
        "job/resource-specs": "5.4.1",
        "job/ai-engines": "5.4.2",
        "built-in-algorithms": "5.1.12",
        "services/specifications": "7.10",
    }
    section = known.get(path) or next((s for start, s in BY_START.items() if path.startswith(start)), "")
    return list_answers(section)[0] if section and list_answers(section) else {}


BY_START = {
    "demanager/instances/": "4.3",
    "training-job-configs/": "5.2.5",
    "visualization-jobs/": "5.3.3",
    "services/": "7.3",
    "workspaces/": "8.4",
}


def list_sent(cloud: ModelArtsCloud) -> list[tuple[str, str, Any]]:
    session = cloud._session
    assert isinstance(session, FakeSession)
    return [
        (c.method, c.path.removeprefix("/v1/{project_id}/"), json.loads(c.body) if c.body else None)
        for c in session.calls
        if c.method != "GET"
    ]


def fill(cloud: ModelArtsCloud, form: Form, *changes: tuple[str, Any]) -> Values:
    """Change the values as an editor does: through the text and back."""
    text = format_form(form, "t")
    read = parse_form(text).values
    assert read is not None
    assert find_changes(form, form.values, read) == ()
    values = copy_tree(read)
    for path, value in changes:
        put_value(values, path.split("/"), value)
    return merge_changes(form, form.values, values, find_changes(form, form.values, values))


EDITS = [
    (
        "4.4",
        make_resource("notebooks", NB),
        "PUT",
        "demanager/instances/" + NB,
        [("description", "d")],
        {"description": "d"},
    ),
    (
        "4.4",
        make_resource("notebooks", NB),
        "PUT",
        "demanager/instances/" + NB,
        [("spec/auto_stop/enable", True), ("spec/auto_stop/duration", 7200)],
        {"spec": {"auto_stop": {"enable": True, "duration": 7200}}},
    ),
    ("5.1.8", make_resource("jobs", "10"), "PUT", "training-jobs/10", [("job_desc", "d")], {"job_desc": "d"}),
    (
        "5.1.8",
        make_resource("versions", "10/7"),
        "PUT",
        "training-jobs/10",
        [("job_desc", "d")],
        {"job_desc": "d"},
    ),
    (
        "5.3.4",
        make_resource("visualizations", VIS),
        "PUT",
        "visualization-jobs/" + VIS,
        [("job_desc", "")],
        {"job_desc": ""},
    ),
    (
        "7.5",
        make_resource("services", SVC),
        "PUT",
        "services/" + SVC,
        [("description", "d")],
        {"description": "d"},
    ),
    (
        "7.5",
        make_resource("services", SVC),
        "PUT",
        "services/" + SVC,
        [("schedule", [{"type": "stop", "time_unit": "HOURS", "duration": 2}])],
        {"schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 2}]},
    ),
    (
        "8.5",
        make_resource("workspaces", WS),
        "PUT",
        "workspaces/" + WS,
        [("name", "other-name")],
        {"name": "other-name"},
    ),
    (
        "8.5",
        make_resource("workspaces", WS),
        "PUT",
        "workspaces/" + WS,
        [("grants", [{"user_name": "li"}])],
        {"auth_type": "INTERNAL", "grants": [{"user_name": "li"}]},
    ),
    (
        "8.5",
        make_resource("workspaces", WS),
        "PUT",
        "workspaces/" + WS,
        [("auth_type", "PRIVATE"), ("grants", [])],
        {"auth_type": "PRIVATE"},
    ),
    (
        "8.7",
        make_resource("workspaces", WS),
        "PUT",
        "workspaces/" + WS + "/quotas",
        [("quotas/exemlProject.gpu_duration", -1)],
        {"quotas": [{"resource": "exemlProject.gpu_duration", "quota": -1}]},
    ),
]


@pytest.mark.parametrize(("section", "about", "method", "path", "changes", "body"), EDITS)
def test_an_edit_sends_what_changed_and_no_more(
    section: str, about: Resource, method: str, path: str, changes: Any, body: Any
) -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.edit_form(about))
    values = fill(cloud, form, *changes)
    assert cloud.find_problems(form, values) == ()
    run(cloud.send_form(form, values))
    assert list_sent(cloud) == [(method, path, body)]
    assert collect_paths(body) <= set(TABLES[section].split())


@pytest.mark.parametrize(
    "about",
    [
        make_resource("notebooks", NB),
        make_resource("jobs", "10"),
        make_resource("services", SVC),
        make_resource("workspaces", WS),
        make_resource("visualizations", VIS),
    ],
)
def test_an_edit_that_changes_nothing_sends_nothing(about: Resource) -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.edit_form(about))
    run(cloud.send_form(form, fill(cloud, form)))
    assert list_sent(cloud) == []


def test_the_traffic_of_a_service_is_sent_with_everything_else_of_its_models() -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.edit_form(make_resource("services", SVC)))
    models = copy_tree(form.values["config"])
    assert models[0]["weight"] == 100
    other = {**models[0], "model_id": "another", "weight": 30, "envs": {"A": "1"}}
    values = fill(cloud, form, ("config", [{**models[0], "weight": 70}, other]))
    assert cloud.find_problems(form, values) == ()
    run(cloud.send_form(form, values))
    [(_, _, body)] = list_sent(cloud)
    assert [model["weight"] for model in body["config"]] == [70, 30]
    assert body.keys() == {"config"}
    assert collect_paths(body) <= set(TABLES["7.5"].split())
    values = fill(cloud, form, ("config", [{**models[0], "weight": 70}]))
    [problem] = cloud.find_problems(form, values)
    assert (problem.path, problem.sentence) == (("config",), "the weights sum to 70, not to 100")


def test_a_rerun_sends_all_of_the_version_that_a_request_can_hold() -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.rerun_form(make_resource("versions", "10/7")))
    values = fill(cloud, form, ("config/worker_server_num", 2))
    assert cloud.find_problems(form, values) == ()
    made = run(cloud.send_form(form, values))
    assert list_sent(cloud) == [
        (
            "POST",
            "training-jobs/10/versions",
            {
                "job_desc": "TestModelArtsJob desc",
                "config": {
                    "worker_server_num": 2,
                    "spec_id": 1,
                    "engine_id": 1,
                    "app_url": "/usr/app/",
                    "boot_file_url": "/usr/app/boot.py",
                    "parameter": [{"label": "learning_rate", "value": "0.01"}],
                    "dataset_id": "38277e62-9e59-48f4-8d89-c8cf41622c24",
                    "dataset_version_id": "2ff0d6ba-c480-45ae-be41-09a8369bfc90",
                    "train_url": "/usr/train/",
                    "log_url": "/usr/log/",
                    "user_image_url": "100.125.5.235:20202/jobmng/custom-cpu-base:1.0",
                    "user_command": answer("5.1.3")["user_command"],
                    "pre_version_id": 7,
                },
            },
        )
    ]
    assert collect_paths(list_sent(cloud)[0][2]) <= set(TABLES["5.1.6"].split())
    assert made.resource_id == "10/10"


def test_a_configuration_is_sent_as_a_whole() -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.edit_form(make_resource("configs", CONF)))
    values = fill(cloud, form, ("config_desc", "d"))
    assert cloud.find_problems(form, values) == ()
    run(cloud.send_form(form, values))
    [(method, path, body)] = list_sent(cloud)
    assert (method, path) == ("PUT", "training-job-configs/" + CONF)
    assert (body["config_desc"], body["spec_id"], body["engine_id"]) == ("d", 4, 3)
    assert collect_paths(body) <= set(TABLES["5.2.3"].split())


CREATIONS = [
    ("notebooks", "4.1", "demanager/instances"),
    ("jobs", "5.1.1", "training-jobs"),
    ("configs", "5.2.1", "training-job-configs"),
    ("visualizations", "5.3.1", "visualization-jobs"),
    ("models", "6.1.1", "models"),
    ("services", "7.1", "services"),
    ("workspaces", "8.1", "workspaces"),
]
SAMPLES = [
    (kind, section, path, body)
    for kind, section, path in CREATIONS
    for _, body in list_requests(section)
    if isinstance(body, dict)
]


@pytest.mark.parametrize(("kind", "section", "path", "body"), SAMPLES)
def test_every_sample_of_a_creation_can_be_filled_in(kind: str, section: str, path: str, body: Any) -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.create_form(kind, ""))
    assert cloud.find_problems(form, body) == (), section
    run(cloud.send_form(form, body))
    [(method, sent_path, told)] = list_sent(cloud)
    assert (method, sent_path) == ("POST", path)
    wanted = {p for p in collect_paths(body) if p}
    assert {p for p in wanted if p.count(".") == 0} >= {p for p in collect_paths(told) if p.count(".") == 0}


@pytest.mark.parametrize(("kind", "section", "path"), CREATIONS)
def test_a_template_says_what_is_missing(kind: str, section: str, path: str) -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.create_form(kind, ""))
    values = fill(cloud, form)
    problems = cloud.find_problems(form, values)
    assert problems
    assert all(problem.path for problem in problems)
    if section in TABLES:
        listed = {".".join(f.path) for f in form.fields}
        assert listed <= set(TABLES[section].split())


@pytest.mark.parametrize(
    ("quota", "sentence"),
    [
        (60001, "the most is 60000"),
        (0, "quota is a positive whole number, or -1 for unlimited"),
        ("x", "it has to be a whole number"),
    ],
)
def test_a_quota_out_of_its_bounds_is_reported_at_its_name(quota: Any, sentence: str) -> None:
    cloud = build_cloud(find_sample)
    form = run(cloud.edit_form(make_resource("workspaces", WS)))
    values = fill(cloud, form, ("quotas/exemlProject.gpu_duration", quota))
    [problem] = cloud.find_problems(form, values)
    assert problem.path == ("quotas", "exemlProject.gpu_duration")
    assert sentence in problem.sentence
