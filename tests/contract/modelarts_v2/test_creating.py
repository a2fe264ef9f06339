"""New jobs, the same job again, new notebooks and services over v2."""

from __future__ import annotations

import asyncio
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
import pytest

from matui.base.errors import CloudError, ConnectionLostError
from matui.clouds.modelarts.form_base import drop_blanks
from matui.clouds.modelarts.v2.jobs.configuration import (
    build_configuration,
    choose_next_name,
    find_base_name,
    has_own_tasks,
)
from matui.clouds.protocols import FormResult
from matui.live.actions.policy import Policy
from matui.live.audit.entry import build_audit_row
from matui.live.audit.trail import Audit, read_audit
from matui.live.forms.service import FormService
from matui.resources.forms.document import format_form, parse_form, set_value
from matui.resources.forms.form import copy_tree
from tests.contract.modelarts_v2.rebuild import is_same_by_sdk
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_forms import record_bodies
from tests.contract.modelarts_v2.test_official_sdk import Peer, peer

__all__ = ["peer"]


@pytest.mark.parametrize(
    ("name", "taken", "next_one"),
    [
        ("train", (), "train-2"),
        ("train-2", (), "train-3"),
        ("train", ("train-2", "train-3"), "train-4"),
        ("train-1", (), "train-1-2"),
        ("a b", (), "a_b-2"),
        ("x" * 64, (), "x" * 62 + "-2"),
        ("run-2024", (), "run-2025"),
    ],
)
def test_a_rerun_has_the_next_free_name(name: str, taken: tuple[str, ...], next_one: str) -> None:
    assert choose_next_name(name, taken) == next_one


def test_the_search_for_names_leaves_the_number_out() -> None:
    assert (find_base_name("train-12"), find_base_name("train-1"), find_base_name("train")) == (
        "train",
        "train-1",
        "train",
    )
    for long in ("x" * 64, "x" * 62 + "-2", "x" * 61 + "-10"):
        assert find_base_name(long) in choose_next_name(long, ())
    assert find_base_name("a b") in choose_next_name("a b", ())


def test_a_body_has_one_way_to_name_the_algorithm_and_the_engine() -> None:
    engine = {"engine_id": "e-1", "engine_name": "PyTorch", "engine_version": "2", "image_url": ""}
    algorithm = {"id": "a-1", "name": "x", "code_dir": "/c/", "boot_file": "/c/t.py", "engine": engine}
    experiment = {"id": "x-1", "name": "nightly", "serial_number": "3"}
    raw = {
        "kind": "job",
        "metadata": {"id": "j", "name": "n", "training_experiment_reference": experiment, "create_time": 1},
        "status": {"phase": "Failed"},
        "algorithm": algorithm | {"environments": [{"A": "1"}, {"B": 2}], "inputs": None},
        "spec": {"resource": {"flavor_id": "f", "node_count": "2", "flavor_detail": {}, "pool_name": "p"}},
    }
    body = build_configuration(raw)
    assert body["algorithm"] == {
        "id": "a-1",
        "engine": {"engine_id": "e-1"},
        "environments": {"A": "1", "B": "2"},
    }
    assert body["metadata"] == {"name": "n", "training_experiment_reference": {"id": "x-1"}}
    assert body["spec"] == {"resource": {"flavor_id": "f", "node_count": 2}}
    assert is_same_by_sdk("Job", body)


def test_a_rerun_repeats_what_is_stated_in_the_types_of_the_request() -> None:
    variable = {"env_name": "STEPS", "value": "10", "modifiable": "False", "used_steps": ["1"]}
    tuning = {
        "train_process": "0.7",
        "ft_train_type": "LORA",
        "task_env": {"envs": [variable]},
        "checkpoint_config": {"save_checkpoints_max": "-1", "restore_training": "1", "checkpoint_id": 7},
    }
    affinity = {"affinity_type": "hyperinstance", "affinity_group_size": "2"}
    spec = {
        "resource": {"flavor_id": "f", "main_container_customized_flavor": {"accelerator_num": "0.5"}},
        "schedule_policy": {"required_affinity": affinity},
        "custom_metrics": [{"http_get": {"path": "/m", "port": "8080"}}],
        "output_model": {"obs": {"obs_path": "obs://b/m", "local_path": "/m"}},
        "asset_model": {"id": "read-only", "location": "read-only", "name": "m", "version": 1},
    }
    body = build_configuration({"metadata": {"name": "n"}, "spec": spec, "ftjob_config": tuning})
    assert body["ftjob_config"] == {
        "ft_train_type": "LORA",
        "task_env": {"envs": [variable | {"modifiable": False}]},
        "checkpoint_config": {"save_checkpoints_max": -1, "restore_training": 1, "checkpoint_id": "7"},
    }
    assert body["spec"] == {
        "resource": {"flavor_id": "f", "main_container_customized_flavor": {"accelerator_num": 0.5}},
        "schedule_policy": {"required_affinity": affinity | {"affinity_group_size": 2}},
        "custom_metrics": [{"http_get": {"path": "/m", "port": 8080}}],
        "output_model": spec["output_model"],
        "asset_model": {"name": "m", "version": "1"},
    }
    assert is_same_by_sdk("Job", body)


def test_a_job_whose_tasks_cannot_be_sent_is_known() -> None:
    tasks = [{"role": "actor"}]
    assert has_own_tasks({"kind": "hetero_job", "tasks": tasks})
    assert not has_own_tasks({"kind": "hetero_job", "tasks": []})
    assert not has_own_tasks({"kind": "job", "tasks": tasks})
    assert not has_own_tasks(None)


@pytest.mark.parametrize(
    "raw", [None, [], "x", {"spec": None}, {"metadata": {"name": ["a"]}, "algorithm": 7}]
)
def test_any_record_gives_some_configuration(raw: Any) -> None:
    assert build_configuration(raw)["kind"] == "job"


async def test_a_job_runs_again_as_a_new_job(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(scale=1)
    stage.world.add_job("train", status="FAILED")
    stage.world.add_job("train-2", status="COMPLETED")
    async with stage.open_cloud() as cloud:
        job = next(job for job in await list_first_page(cloud, "jobs") if job.name == "train")
        form = await cloud.rerun_form(job)
        values = copy_tree(form.values)
        assert values["metadata"]["name"] == "train-3"
        parsed = parse_form(format_form(form, "x")).values
        assert parsed is not None
        assert drop_blanks(parsed) == values
        for setting in ("spec.resource.node_count=2", "algorithm.environments.NCCL_DEBUG=WARN"):
            set_value(form, values, setting)
        values["algorithm"]["parameters"][0]["value"] = "0.1"
        assert cloud.find_problems(form, values) == ()
        with record_bodies(monkeypatch) as sent:
            made = await cloud.send_form(form, values)
        assert is_same_by_sdk("Job", sent[-1])
        again = await cloud.read("jobs", made.resource_id)
        detail = {s.title: dict(s.rows) for s in (await cloud.describe(again)).sections}
    assert (again.name, again.get_number("workers")) == ("train-3", 2)
    assert again.id != job.id
    assert "0.1" in detail["Parameters"].values()
    assert detail["Environment"]["NCCL_DEBUG"] == "WARN"


async def test_choices_that_cannot_be_listed_state_why() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        send = cloud._session.send

        async def refuse(call: Any) -> Any:
            if call.path.endswith("/pools"):
                raise CloudError("No permission.", status=403)
            return await send(call)

        cloud._session.send = refuse
        form = await cloud.create_form("jobs", "")
    (pools,) = (field.choices for field in form.fields if field.path[-1] == "pool_id")
    assert pools == ("The choices could not be listed: No permission.",)
    assert "#   The choices could not be listed: No permission." in format_form(form, "x")


async def test_a_new_job_lists_what_there_is_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        form = await cloud.create_form("jobs", "")
        chosen = {".".join(field.path): field.choices for field in form.fields if field.choices}
        assert any("8×nvidia-v100" in line for line in chosen["spec.resource.flavor_id"])
        assert any("v100-shared" in line for line in chosen["spec.resource.pool_id"])
        assert any("PyTorch" in line for line in chosen["algorithm.engine.engine_id"])
        assert any("pretraining" in line for line in chosen["metadata.training_experiment_reference.id"])
        values: dict[str, Any] = {
            "metadata": {"name": "fresh"},
            "algorithm": {
                "command": "python train.py",
                "engine": {"image_url": "group/image:1"},
                "inputs": [{"name": "data_url", "remote": {"obs": {"obs_url": "/b/"}}, "local_dir": ""}],
            },
            "spec": {"resource": {"flavor_id": "modelarts.vm.gpu.v100", "node_count": 1}},
        }
        with record_bodies(monkeypatch) as sent:
            made = await cloud.send_form(form, values)
        assert is_same_by_sdk("Job", sent[-1])
        assert (await cloud.read("jobs", made.resource_id)).name == "fresh"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"metadata": {"name": "a b"}}, ("metadata", "name")),
        ({"spec": {"resource": {"node_count": 1}}}, ("spec", "resource", "flavor_id")),
        ({"spec": {"resource": {"flavor_id": "f", "node_count": 0}}}, ("spec", "resource", "node_count")),
        ({"algorithm": {"code_dir": "/c/"}}, ("algorithm", "boot_file")),
        ({"spec": {"resource": {"flavor_id": "f"}, "schedule_policy": {"priority": 4}}},
         ("spec", "schedule_policy", "priority")),
    ],
)  # fmt: skip
async def test_a_problem_is_at_its_field(values: dict[str, Any], path: tuple[str, ...]) -> None:
    whole = {
        "metadata": {"name": "ok"},
        "algorithm": {"code_dir": "/c/", "boot_file": "/c/t.py"},
        "spec": {"resource": {"flavor_id": "f", "node_count": 1}},
    }
    async with Stage().open_cloud() as cloud:
        form = await cloud.create_form("jobs", "")
        assert cloud.find_problems(form, whole) == ()
        assert path in {problem.path for problem in cloud.find_problems(form, whole | values)}


async def test_a_new_notebook_is_made_with_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        form = await cloud.create_form("notebooks", "")
        chosen = {".".join(field.path): field.choices for field in form.fields if field.choices}
        image = chosen["image_id"][0].split()[0]
        flavor = next(line.split()[0] for line in chosen["flavor"] if "8×v100" in line)
        values = copy_tree(form.values) | {"name": "desk", "image_id": image, "flavor": flavor}
        assert cloud.find_problems(form, values) == ()
        wrong = values | {"name": "a b", "lease": {"hours": 0, "type": "IDLE"}}
        assert {problem.path for problem in cloud.find_problems(form, wrong)} == {
            ("name",),
            ("lease", "hours"),
        }
        values["lease"] = {"hours": 2.5, "type": "IDLE"}
        with record_bodies(monkeypatch) as sent:
            made = await cloud.send_form(form, values)
        assert sent[-1]["lease"] == {"duration": 9_000_000, "type": "IDLE"}
        assert is_same_by_sdk("NotebookCreateRequest", sent[-1])
        now = await cloud.read("notebooks", made.resource_id)
        assert (now.name, now.status) == ("desk", "CREATING")
        values["volume"] = {"category": "OBS", "ownership": "DEDICATED"}
        (problem,) = cloud.find_problems(form, values)
        assert problem.path == ("volume", "uri")


SERVICE: dict[str, Any] = {
    "name": "chat",
    "type": "REAL_TIME",
    "deploy_type": "SINGLE",
    "custom_metrics_path": "http,8080,metrics",
    "runtime_config": {
        "service_invoke": {"protocol": "HTTPS", "port": 8080, "auth_type": "TOKEN"},
        "service_limit": {
            "rate_limit": {"num": 200, "unit": "SECONDS"},
            "request_size_limit": 12,
            "request_timeout": 60,
        },
    },
    "group": {
        "name": "main",
        "count": 2,
        "weight": 100,
        "unit_configs": [
            {
                "flavor": "modelarts.vm.gpu.p100",
                "image": {"source": "SWR", "swr_path": "g/i:1", "category": "GPU"},
                "cmd": "",
            }
        ],
    },
}


async def test_a_new_service_is_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        form = await cloud.create_form("services", "")
        assert cloud.find_problems(form, SERVICE) == ()
        with record_bodies(monkeypatch) as sent:
            made = await cloud.send_form(form, SERVICE)
        assert is_same_by_sdk("ServiceCreateRequest", sent[-1])
        now = await cloud.read("services", made.resource_id)
        detail = {s.title: dict(s.rows) for s in (await cloud.describe(now)).sections}
    assert (now.name, now.status) == ("chat", "DEPLOYING")
    assert "Deployment main" in detail


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("name", "a b", ("group", "name")),
        ("count", 0, ("group", "count")),
        ("unit_configs", [{"flavor": "f"}], ("group", "unit_configs", 0, "image")),
    ],
)
async def test_a_problem_of_a_deployment_names_the_key_of_the_form(
    name: str, value: Any, path: tuple[str | int, ...]
) -> None:
    async with Stage().open_cloud() as cloud:
        form = await cloud.create_form("services", "")
        values = SERVICE | {"group": SERVICE["group"] | {name: value}}
        (problem,) = cloud.find_problems(form, values)
        assert problem.path == path


class _Lost:
    """A cloud whose answers to a form are lost after they have been sent."""

    def __init__(self, cloud: Any) -> None:
        self._send = cloud.send_form

    async def __call__(self, form: Any, values: Any) -> Any:
        await self._send(form, values)
        raise ConnectionLostError("The connection was lost.", sent=True)


async def test_a_lost_answer_to_a_rerun_is_settled_by_the_new_name(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    stage.world.add_job("train", status="FAILED")
    async with stage.open_cloud() as cloud:
        job = next(job for job in await list_first_page(cloud, "jobs") if job.name == "train")
        audit = Audit(tmp_path, clock=stage.clock)
        service = FormService(cloud, clock=stage.clock, audit=audit)
        form = await service.open("rerun", "jobs", job)
        cloud.send_form = _Lost(cloud)
        draft = service.check_values(form, copy_tree(form.values))
        sent, _ = await asyncio.gather(service.send(draft), stage.clock.advance(5))
    assert sent.outcome.result == "unknown"
    assert "Read again: it is there" in sent.outcome.sentence


async def test_the_id_of_a_rerun_that_the_answer_does_not_state_is_found_by_its_name(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    stage.world.add_job("train", status="FAILED")
    async with stage.open_cloud() as cloud:
        job = next(job for job in await list_first_page(cloud, "jobs") if job.name == "train")
        audit = Audit(tmp_path, clock=stage.clock)
        service = FormService(cloud, clock=stage.clock, audit=audit)
        form = await service.open("rerun", "jobs", job)
        send = cloud.send_form

        async def answer_without_body(form: Any, values: Any) -> FormResult:
            await send(form, values)
            return FormResult()

        cloud.send_form = answer_without_body
        draft = service.check_values(form, copy_tree(form.values))
        sent, _ = await asyncio.gather(service.send(draft), stage.clock.advance(5))
        made = next(job for job in await list_first_page(cloud, "jobs") if job.name == "train-2")
    assert sent.outcome.sentence.endswith(f"started as job train-2 ({made.id}).")
    assert sent.made.resource_id == made.id
    (entry,) = read_audit(audit.lines, stage.clock.now()).entries
    assert (entry.outcome, entry.as_json()["resource_id"]) == ("done", made.id)


@pytest.mark.parametrize(("arrives", "words"), [(True, "Read again: it is there"), (False, "Look for it")])
async def test_a_lost_answer_to_a_new_deployment_is_settled_by_its_service(
    tmp_path: Any, arrives: bool, words: str
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        owner = (await list_first_page(cloud, "services"))[0]
        audit = Audit(tmp_path, clock=stage.clock)
        service = FormService(cloud, clock=stage.clock, audit=audit)
        form = await service.open("create", "deployments")
        values = {"service_id": owner.id, "deployment": SERVICE["group"] | {"name": "second"}}
        draft = service.check_values(form, values)
        assert draft.problems == ()
        cloud.send_form = _Lost(cloud) if arrives else _lose_form
        sent, _ = await asyncio.gather(service.send(draft), stage.clock.advance(5))
    assert (sent.outcome.result, words in sent.outcome.sentence) == ("unknown", True), sent.outcome.sentence


@pytest.mark.parametrize("how", ["never", "typed"])
async def test_a_rule_that_protects_a_service_holds_for_its_new_deployments(tmp_path: Any, how: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        owner = (await list_first_page(cloud, "services"))[0]
        policy = Policy(protect=(owner.name,), protect_how=how)
        audit = Audit(tmp_path, clock=stage.clock)
        service = FormService(cloud, clock=stage.clock, audit=audit, policy=policy)
        form = await service.open("create", "deployments")
        values = {"service_id": owner.id, "deployment": SERVICE["group"] | {"name": "second"}}
        (target,) = service.plan(service.check_values(form, values)).targets
    assert (target.protected, target.refusal is not None) == (owner.name, how == "never")


async def _lose_form(_form: Any, _values: Any) -> Any:
    raise ConnectionLostError("broke", sent=True)


async def test_the_sentence_after_a_rerun_names_the_new_job(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    stage.world.add_job("train", status="FAILED")
    async with stage.open_cloud() as cloud:
        job = next(job for job in await list_first_page(cloud, "jobs") if job.name == "train")
        audit = Audit(tmp_path, clock=stage.clock)
        service = FormService(cloud, clock=stage.clock, audit=audit)
        form = await service.open("rerun", "jobs", job)
        draft = service.check_values(form, copy_tree(form.values))
        assert "new job" in service.plan(draft).action.describe_consequence(())
        sent = await service.send(draft)
    assert f"started as job train-2 ({sent.made.resource_id})." in sent.outcome.sentence
    (entry,) = read_audit(audit.lines, stage.clock.now()).entries
    assert (entry.as_json()["name"], entry.as_json()["new_name"]) == ("train", "train-2")
    row = build_audit_row(entry)
    assert (row.name, row.get_text("resource_id")) == ("train → train-2", sent.made.resource_id)


async def test_a_catalog_that_is_of_the_other_generation_is_refused() -> None:
    async with Stage(scale=1).open_cloud() as cloud:
        names = [row.name for row in await cloud.fetch_choices("experiments")]
        assert names == ["pretraining", "ablations", "nightly"]
        assert await cloud.fetch_choices("images")


def test_the_official_client_creates_the_same(peer: Peer) -> None:
    engine = sdk.JobEngine(engine_id="pytorch-27")
    job = sdk.Job(
        kind="job",
        metadata=sdk.JobMetadata(name="by-sdk"),
        algorithm=sdk.JobAlgorithm(code_dir="/c/", boot_file="/c/t.py", engine=engine),
        spec=sdk.Spec(resource=sdk.SpecResource(flavor_id="modelarts.vm.gpu.v100", node_count=1)),
    )
    made = peer.sdk.create_training_job(sdk.CreateTrainingJobRequest(body=job))
    shown = peer.sdk.show_training_job_details(sdk.ShowTrainingJobDetailsRequest(made.metadata.id))
    assert (shown.metadata.name, shown.algorithm.engine.engine_name) == ("by-sdk", "PyTorch")
    stages = peer.sdk.list_training_job_stages(sdk.ListTrainingJobStagesRequest(made.metadata.id))
    assert stages.running_records[0].stages[0].name == "scheduling"
    categories = peer.sdk.list_event_categories(sdk.ListEventCategoriesRequest())
    assert "JobHanged" in {one.id for one in categories.event_categories}
    quotas = peer.sdk.show_training_quotas(sdk.ShowTrainingQuotasRequest(resource="job-num")).quotas
    assert quotas[0].used > 0


async def test_a_refused_creation_keeps_the_clouds_words() -> None:
    stage = Stage(scale=1)
    stage.world.add_job("taken")
    async with stage.open_cloud() as cloud:
        form = await cloud.create_form("jobs", "")
        values = {
            "metadata": {"name": "taken"},
            "algorithm": {"command": "x", "engine": {"image_url": "i"}},
            "spec": {"resource": {"flavor_id": "modelarts.vm.gpu.v100", "node_count": 1}},
        }
        with pytest.raises(CloudError, match="already exists"):
            await cloud.send_form(form, values)


@pytest.mark.parametrize(("kind", "is_stated"), [("notebooks", True), ("services", True), ("jobs", False)])
async def test_the_flavors_that_are_sold_out_are_listed_where_the_api_states_it(
    kind: str, is_stated: bool
) -> None:
    async with Stage().open_cloud() as cloud:
        found = await cloud.list_sold_out_flavors(kind)
    assert any("t4" in name for name in found) == is_stated
