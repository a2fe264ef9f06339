"""Actions: which request each one is, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.base.errors import ConflictError, NotFoundError, RefusedError, UsageError
from matui.clouds import protocols
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS, get_kind
from tests.contract.modelarts.samples import FakeSession, answer, build_cloud, run


def make_resource(kind: str, wire_id: str, **facts: Any) -> Resource:
    return Resource(kind, wire_id, "n", "", Phase.UNKNOWN, "modelarts", "prod", facts=facts)


def list_calls(cloud: ModelArtsCloud) -> list[tuple[str, str, Any]]:
    session = cloud._session
    assert isinstance(session, FakeSession)
    return [
        (c.method, c.path.removeprefix("/v1/{project_id}/"), json.loads(c.body) if c.body else None)
        for c in session.calls
    ]


ACTIONS = [
    (
        "start",
        make_resource("notebooks", "DE-1"),
        "POST",
        "demanager/instances/DE-1/action",
        {"action": "start"},
    ),
    (
        "stop",
        make_resource("notebooks", "DE-1"),
        "POST",
        "demanager/instances/DE-1/action",
        {"action": "stop"},
    ),
    (
        "restart",
        make_resource("notebooks", "DE-1"),
        "POST",
        "demanager/instances/DE-1/action",
        {"action": "restart"},
    ),
    ("delete", make_resource("notebooks", "DE-1"), "DELETE", "demanager/instances/DE-1", None),
    ("stop", make_resource("jobs", "10", version_id="7"), "POST", "training-jobs/10/versions/7/stop", None),
    ("delete", make_resource("jobs", "10", version_id="7"), "DELETE", "training-jobs/10", None),
    ("stop", make_resource("versions", "10/7"), "POST", "training-jobs/10/versions/7/stop", None),
    ("delete", make_resource("versions", "10/7"), "DELETE", "training-jobs/10/versions/7", None),
    ("start", make_resource("services", "s"), "PUT", "services/s", {"status": "running"}),
    ("stop", make_resource("services", "s"), "PUT", "services/s", {"status": "stopped"}),
    ("delete", make_resource("services", "s"), "DELETE", "services/s", None),
    ("delete", make_resource("workspaces", "w"), "DELETE", "workspaces/w", None),
    ("stop", make_resource("visualizations", "5"), "POST", "visualization-jobs/5/stop", None),
    ("restart", make_resource("visualizations", "5"), "POST", "visualization-jobs/5/restart", None),
    ("delete", make_resource("visualizations", "5"), "DELETE", "visualization-jobs/5", None),
    ("delete", make_resource("models", "m"), "DELETE", "models/m", None),
    ("delete", make_resource("configs", "c"), "DELETE", "training-job-configs/c", None),
]


@pytest.mark.parametrize(("action", "on", "method", "path", "body"), ACTIONS)
def test_an_action_is_one_request(action: str, on: Resource, method: str, path: str, body: Any) -> None:
    cloud = build_cloud({})
    acted = run(cloud.act(action, [on]))
    assert list_calls(cloud) == [(method, path, body)]
    assert cloud._session.calls[0].action  # type: ignore[attr-defined]
    assert [(a.resource, a.request_id, a.error) for a in acted] == [(on, "req-1", None)]


@pytest.mark.parametrize("kind", [*ModelArtsCloud.kinds, "versions"])
def test_the_cloud_offers_every_action_its_kinds_have_or_says_why_not(kind: str) -> None:
    cloud = build_cloud({})
    lacks = {action.id for action in get_kind(kind).actions if not cloud.offers(kind, action.id)}
    only_v2 = {"notebooks": {"save-image"}, "jobs": {"start", "save-image"}, "services": {"scale"}}
    assert lacks == only_v2.get(kind, set())
    assert all(cloud.explain_unsupported(kind, action) for action in lacks)
    assert not cloud.offers(kind, "explode")


def test_several_services_are_deleted_by_one_request() -> None:
    cloud = build_cloud({})
    acted = run(cloud.act("delete", [make_resource("services", "a,b"), make_resource("services", "c")]))
    assert list_calls(cloud) == [("DELETE", "services/a%2Cb,c", None)]
    assert [a.error for a in acted] == [None, None]
    assert cloud.batches("services", "delete")
    assert not cloud.batches("services", "stop")
    assert not cloud.batches("jobs", "delete")


def test_deleting_models_by_cascade_names_those_that_were_not() -> None:
    cloud = build_cloud(answer("6.1.4"))
    acted = run(cloud.act("delete-versions", [make_resource("models", "023e")]))[0]
    assert dict(cloud._session.calls[0].query) == {"cascade": "true"}  # type: ignore[attr-defined]
    assert (acted.error, acted.request_id, len(acted.deleted)) == (None, "req-1", 2)
    [(kept, why)] = acted.kept
    assert kept == "759645d9-3672-4db1-bb6d-49ed58b84e10"
    assert why.startswith("ModelArts.3009 Failed to delete")


def test_deleting_models_of_which_none_went_is_refused() -> None:
    told = {**answer("6.1.4"), "delete_success_list": []}
    acted = run(build_cloud(told).act("delete-versions", [make_resource("models", "023e")]))[0]
    assert isinstance(acted.error, ConflictError)
    assert acted.error.code == "ModelArts.3009"
    assert str(acted.error).startswith("No model was deleted. Not deleted: 759645d9")


def test_a_failure_is_reported_and_the_others_go_on() -> None:
    def respond(call: Any) -> Any:
        if "bad" in call.path:
            return NotFoundError("gone", request_id="r9", status=404)
        return answer("4.6")

    cloud = build_cloud(respond)
    acted = run(cloud.act("start", [make_resource("notebooks", i) for i in ("a", "bad", "c")]))
    assert [a.request_id for a in acted] == ["req-1", "r9", "req-1"]
    assert [a.status for a in acted] == ["STARTING", "", "STARTING"]
    assert isinstance(acted[1].error, NotFoundError)


@pytest.mark.parametrize(
    ("wire_id", "segment"),
    [
        ("../../workspaces/0", "..%2F..%2Fworkspaces%2F0"),
        ("a/b", "a%2Fb"),
        ("a?x=1#y", "a%3Fx%3D1%23y"),
        ("{project_id}", "%7Bproject_id%7D"),
        ("训", "%E8%AE%AD"),
        ("a%2Fb", "a%252Fb"),
        ("x\ud83d", "x%ED%A0%BD"),
    ],
)
def test_an_id_cannot_change_the_path(wire_id: str, segment: str) -> None:
    cloud = build_cloud({})
    run(cloud.act("delete", [make_resource("workspaces", wire_id)]))
    assert list_calls(cloud) == [("DELETE", f"workspaces/{segment}", None)]


@pytest.mark.parametrize("wire_id", ["", ".", ".."])
def test_an_id_that_no_path_can_hold_is_refused(wire_id: str) -> None:
    cloud = build_cloud({})
    acted = run(cloud.act("delete", [make_resource("workspaces", wire_id)]))[0]
    assert acted.error is not None
    assert list_calls(cloud) == []


def test_a_job_whose_version_is_unknown_is_looked_up_before_it_is_stopped() -> None:
    cloud = build_cloud(answer("5.1.5"))
    run(cloud.act("stop", [make_resource("jobs", "10")]))
    assert [path for _, path, _ in list_calls(cloud)] == [
        "training-jobs/10/versions",
        "training-jobs/10/versions/10/stop",
    ]


def test_a_sample_configuration_is_not_deleted() -> None:
    cloud = build_cloud({})
    acted = run(cloud.act("delete", [make_resource("configs", "sample/a")]))[0]
    assert "sample" in str(acted.error)
    assert list_calls(cloud) == []


def test_a_kind_that_is_not_there_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        run(build_cloud({}).read("planets", "1"))


def test_a_job_without_versions_does_not_exist() -> None:
    with pytest.raises(NotFoundError):
        run(build_cloud({"is_success": True, "versions": []}).read("jobs", "10"))


def test_a_pool_that_is_not_listed_does_not_exist() -> None:
    with pytest.raises(NotFoundError):
        run(build_cloud(answer("7.11")).read("pools", "other"))


def test_the_cloud_has_every_part_of_the_port() -> None:
    cloud = build_cloud({})
    parts = (
        protocols.Lists,
        protocols.Reads,
        protocols.Describes,
        protocols.Acts,
        protocols.ListsVersions,
        protocols.ReportsEvents,
        protocols.ReportsMetrics,
        protocols.TailsLogs,
    )
    assert all(isinstance(cloud, part) for part in parts)
    whole: protocols.Cloud = cloud
    assert (whole.name, whole.profile, whole.region, whole.project_id) == (
        "modelarts",
        "prod",
        "cn-north-4",
        "project",
    )


@pytest.mark.parametrize("told", [10, "10", "0010", None, ""])
def test_an_answer_about_the_same_number_keeps_the_id_asked_for(told: Any) -> None:
    body = {**answer("5.1.5"), "job_id": told}
    assert run(build_cloud(body).read("jobs", "10")).id == "10"
    version = {**answer("5.1.3"), "job_id": told, "version_id": told}
    assert run(build_cloud(version).read("versions", "10/10")).id == "10/10"


def test_an_answer_about_another_job_keeps_its_own_id() -> None:
    assert run(build_cloud({**answer("5.1.5"), "job_id": 11}).read("jobs", "10")).id == "11"
    assert run(build_cloud(answer("5.1.3")).read("versions", "9/10")).id == "10/10"


def test_the_details_of_a_job_keep_the_workspace_it_was_listed_in() -> None:
    listed = Resource("jobs", "10", "n", "", Phase.UNKNOWN, "modelarts", "prod", workspace="w")
    cloud = build_cloud(answer("5.1.5"))
    assert run(cloud.describe(listed)).resource.workspace == "w"
    assert [v.workspace for v in run(cloud.fetch_versions(listed))] == ["w"]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_row_that_cannot_be_read_is_not_asked_for(kind: str) -> None:
    cloud = build_cloud({})
    with pytest.raises(RefusedError):
        run(cloud.read(kind, "?3"))
    assert list_calls(cloud) == []
