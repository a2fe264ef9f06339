"""What can be edited over v2: notebooks and their leases, jobs and their priority, workspaces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
import pytest

from matui.base.errors import CloudError, RefusedError
from matui.base.text.formatting import format_local_time
from matui.clouds.protocols import Forms
from matui.resources.forms.form import Form
from matui.sim.server.requests import ApiRequest
from tests.contract.modelarts_v2.rebuild import is_same_by_sdk
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_official_sdk import Peer, peer

__all__ = ["peer"]


@contextmanager
def record_bodies(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Note each body the simulator is sent, once."""
    seen: list[Any] = []
    asked = ApiRequest.parse_fields

    def noted(call: ApiRequest) -> Any:
        if (body := json.loads(call.payload)) not in seen:
            seen.append(body)
        return asked(call)

    with monkeypatch.context() as patched:
        patched.setattr(ApiRequest, "parse_fields", noted)
        yield seen


def map_fields(form: Form) -> dict[str, Any]:
    return {".".join(field.path): field.value for field in form.fields}


async def test_a_notebook_is_renamed_and_its_lease_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    stage.world.add_notebook("timed", auto_stop_s=7200)
    async with stage.open_cloud() as cloud:
        assert isinstance(cloud, Forms)
        (row,) = await list_first_page(cloud, "notebooks")
        form = await cloud.edit_form(row)
        assert map_fields(form) == {
            "name": "timed", "description": "", "lease.hours": None, "lease.type": "TIMING"
        }  # fmt: skip
        assert dict(form.context)["stops at"] == format_local_time(row.get_number("auto_stop_at"))
        with record_bodies(monkeypatch) as sent:
            values = {"name": "renamed", "description": "", "lease": {"hours": 4.5, "type": "TIMING"}}
            assert cloud.find_problems(form, values) == ()
            made = await cloud.send_form(form, values)
        assert made.resource_id == row.id
        assert sent == [{"name": "renamed"}, {"duration": 16_200_000, "type": "TIMING"}]
        assert is_same_by_sdk("NotebookUpdateRequest", sent[0])
        assert is_same_by_sdk("LeaseReq", sent[1])
        now = await cloud.read("notebooks", row.id)
    assert (now.name, now.facts["auto_stop_left_s"]) == ("renamed", 16_200)
    assert stage.world.requests[-2][2] == "duration=16200000"
    changes = [(method, path) for method, path in stage.list_sent() if method in ("PUT", "PATCH")]
    assert changes == [
        ("PUT", f"/v1/notebooks/{row.id}"),
        ("PATCH", f"/v1/notebooks/{row.id}/lease"),
    ]


async def test_a_lease_out_of_bounds_is_refused_before_it_is_sent() -> None:
    stage = Stage()
    stage.world.add_notebook("timed", auto_stop_s=7200)
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "notebooks")
        form = await cloud.edit_form(row)
        base = {"name": "timed", "description": ""}
        for lease, path in (
            ({"hours": 73, "type": "TIMING"}, ("lease", "hours")),
            ({"hours": 0.5, "type": "TIMING"}, ("lease", "hours")),
            ({"type": "IDLE"}, ("lease", "hours")),
            ({"hours": 2, "type": "NEVER"}, ("lease", "type")),
        ):
            (problem,) = cloud.find_problems(form, base | {"lease": lease})
            assert problem.path == path
            assert ".0" not in problem.sentence
        (bad,) = cloud.find_problems(form, {"name": "a b", "description": "", "lease": {"type": "TIMING"}})
        assert bad.path == ("name",)
        both = cloud.find_problems(form, base | {"name": "a b", "lease": {"hours": 73, "type": "TIMING"}})
        assert {problem.path for problem in both} == {("name",), ("lease", "hours")}


async def test_a_jobs_description_and_its_priority_in_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    job = stage.world.add_job("waits")
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "jobs")
        alone = await cloud.edit_form(row)
        assert set(map_fields(alone)) == {"description"}
        job.versions[-1].workers = 2
        form = await cloud.edit_form(row)
        assert map_fields(form) == {"description": job.description, "spec.schedule_policy.priority": 1}
        values = {"description": "for the demo", "spec": {"schedule_policy": {"priority": 2}}}
        with record_bodies(monkeypatch) as sent:
            made = await cloud.send_form(form, values)
        assert sent == [values]
        assert is_same_by_sdk("JobUpdateRequestBody", sent[0])
        assert (made.resource_id, made.status) == (row.id, "Running")
        (much,) = cloud.find_problems(form, {"description": "", "spec": {"schedule_policy": {"priority": 4}}})
        assert much.path == ("spec", "schedule_policy", "priority")
    assert (job.description, job.versions[-1].priority) == ("for the demo", 2)
    assert stage.list_sent()[-1] == ("PUT", f"/v2/training-jobs/{row.id}")


async def test_workspaces_are_edited_and_made_as_ever() -> None:
    stage = Stage()
    async with stage.open_cloud() as cloud:
        form = await cloud.create_form("workspaces", "")
        made = await cloud.send_form(form, {"name": "night-shift", "auth_type": "PUBLIC"})
        row = await cloud.read("workspaces", made.resource_id)
        assert row.name == "night-shift"
        assert "name" in map_fields(await cloud.edit_form(row))


async def test_what_v2_does_not_make_is_refused_with_its_reason() -> None:
    stage = Stage()
    async with stage.open_cloud() as cloud:
        for kind, mode in (("services", "edit"), ("versions", "edit"), ("models", "create")):
            assert not cloud.has_form(kind, mode)
            assert cloud.explain_unsupported(kind, mode)
        with pytest.raises(RefusedError):
            await cloud.create_form("pools", "")


def test_the_official_client_changes_the_same(peer: Peer) -> None:
    job = next(j for j in peer.world.jobs if j.versions and j.versions[-1].workers > 1)
    running = peer.sdk.list_notebooks(sdk.ListNotebooksRequest(limit=50, status="RUNNING")).data[0]
    body = sdk.NotebookUpdateRequest(name="by-sdk", description="x")
    assert peer.sdk.update_notebook(sdk.UpdateNotebookRequest(running.id, body)).name == "by-sdk"
    lease = sdk.LeaseReq(duration=7_200_000, type="IDLE")
    renewed = peer.sdk.renew_lease(sdk.RenewLeaseRequest(id=running.id, body=lease))
    assert (renewed.duration, renewed.type) == (7_200_000, "IDLE")
    short = sdk.RenewLeaseRequest(id=running.id, duration=3_600_000)
    assert peer.sdk.renew_lease(short).type == "TIMING"
    from matui.sim.modelarts_v2.jobs import make_v2_id

    policy = sdk.JobUpdateRequestBodySpecSchedulePolicy(priority=3)
    change = sdk.JobUpdateRequestBody(
        description="by sdk", spec=sdk.JobUpdateRequestBodySpec(schedule_policy=policy)
    )
    peer.sdk.change_training_job_description(
        sdk.ChangeTrainingJobDescriptionRequest(make_v2_id(peer.world, job), change)
    )
    assert (job.description, job.versions[-1].priority) == ("by sdk", 3)


async def test_a_second_request_that_fails_says_what_was_changed_before() -> None:
    stage = Stage()
    notebook = stage.world.add_notebook("timed", auto_stop_s=7200)
    async with stage.open_cloud() as cloud:
        (row,) = await list_first_page(cloud, "notebooks")
        form = await cloud.edit_form(row)
        send = cloud._session.send

        async def failing(call: Any) -> Any:
            if call.method == "PATCH":
                raise CloudError("The cloud refused the request.", status=400)
            return await send(call)

        cloud._session.send = failing
        values = {"name": "renamed", "description": "", "lease": {"hours": 2, "type": "IDLE"}}
        with pytest.raises(CloudError) as refused:
            await cloud.send_form(form, values)
    assert "Changed already: name" in refused.value.remedy
    assert notebook.name == "renamed"
