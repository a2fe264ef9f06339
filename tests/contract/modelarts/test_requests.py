"""Requests are checked against the reference's limits before anything is sent."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from matui.clouds import modelarts
from matui.clouds.modelarts import requests as sent
from matui.clouds.modelarts.requests import InvalidRequestError, RequestModel, validate_request
from matui.clouds.modelarts.v1.configs.wire import CreateConfig
from matui.clouds.modelarts.v1.jobs.client import JobsQuery
from matui.clouds.modelarts.v1.jobs.requests import CreateJob, CreateVersion, Description
from matui.clouds.modelarts.v1.jobs.version_models import LogLinesQuery, LogWindowQuery
from matui.clouds.modelarts.v1.models.record import ImportModel
from matui.clouds.modelarts.v1.models.wire import ModelsQuery
from matui.clouds.modelarts.v1.notebooks.requests import CreateNotebook, NotebookAction, UpdateNotebook
from matui.clouds.modelarts.v1.services.wire import DeployService, UpdateService
from matui.clouds.modelarts.v1.visualizations.client import CreateVisualization, VisualizationsQuery
from matui.clouds.modelarts.v1.workspaces.requests import CreateWorkspace, UpdateQuotas, UpdateWorkspace
from matui.clouds.modelarts.v1.workspaces.wire import QuotaList
from tests.contract.modelarts.samples import answer, list_requests

NOTEBOOK = list_requests("4.1")[0][1]
JOB = list_requests("5.1.1")[0][1]
CONFIG = JOB["config"]
SERVICE = list_requests("7.1")[0][1]
MODEL = list_requests("6.1.1")[0][1]
BATCH = list_requests("7.1")[4][1]


def leave_out(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def make_notebook(**spec: Any) -> dict[str, Any]:
    return {**NOTEBOOK, "spec": {**NOTEBOOK["spec"], **spec}}


def make_job(**config: Any) -> dict[str, Any]:
    return {**JOB, "config": {n: v for n, v in {**CONFIG, **config}.items() if v is not None}}


def make_service(*weights: int, **fields: Any) -> dict[str, Any]:
    one = SERVICE["config"][0]
    return {**SERVICE, "config": [{**one, "weight": weight} for weight in weights], **fields}


GOOD: list[tuple[type[RequestModel], Any]] = [
    (CreateNotebook, {**NOTEBOOK, "name": "a" * 64}),
    (CreateNotebook, make_notebook(storage={"type": "obs", "location": {"path": "/bucket/dir/"}})),
    (CreateNotebook, make_notebook(auto_stop={"enable": True, "duration": 86400})),
    (UpdateNotebook, {"spec": {"auto_stop": {"enable": False}}}),
    (CreateJob, make_job(dataset_id=None, dataset_version_id=None, data_url="/d/")),
    (CreateJob, make_job(app_url=None, boot_file_url=None, engine_id=None, model_id=4)),
    (
        CreateJob,
        make_job(
            dataset_id=None,
            dataset_version_id=None,
            data_source=[{"type": "dataset", "dataset_id": "a", "dataset_version": "b"}],
        ),
    ),
    (DeployService, make_service(70, 30)),
    (DeployService, {**SERVICE, "service_name": "训练-1_a"}),
    (UpdateService, {"status": "stopped", "description": ""}),
    (UpdateQuotas, {"quotas": [{"resource": "r", "quota": -1}]}),
    (CreateWorkspace, {"name": "工作空间"}),
    (ImportModel, {**MODEL, "model_version": "99.10.0", "description": "d" * 100}),
    (Description, {"job_desc": "d" * 256}),
]


@pytest.mark.parametrize(("model", "body"), GOOD)
def test_what_the_reference_allows_is_allowed(model: type[RequestModel], body: Any) -> None:
    validate_request(model, body)


BAD: list[tuple[type[RequestModel], Any, str]] = [
    (CreateNotebook, {**NOTEBOOK, "name": "a" * 65}, "name"),
    (CreateNotebook, {**NOTEBOOK, "name": "a b"}, "name"),
    (CreateNotebook, {**NOTEBOOK, "description": "<b>"}, "description"),
    (CreateNotebook, {**NOTEBOOK, "description": "d" * 513}, "description"),
    (CreateNotebook, leave_out(NOTEBOOK, "flavor"), "flavor"),
    (CreateNotebook, make_notebook(auto_stop={"enable": True}), "spec.auto_stop"),
    (CreateNotebook, make_notebook(auto_stop={"duration": 3599}), "spec.auto_stop.duration"),
    (CreateNotebook, make_notebook(auto_stop={"duration": 86401}), "spec.auto_stop.duration"),
    (
        CreateNotebook,
        make_notebook(storage={"type": "evs", "location": {"volume_size": 4}}),
        "spec.storage.location.volume_size",
    ),
    (CreateNotebook, make_notebook(storage={"type": "obs"}), "spec.storage"),
    (
        CreateNotebook,
        make_notebook(storage={"type": "obs", "location": {"path": "/bucket/"}}),
        "spec.storage",
    ),
    (CreateNotebook, make_notebook(storage={"type": "efs"}), "spec.storage.type"),
    (UpdateNotebook, {"description": "a & b"}, "description"),
    (UpdateNotebook, {"name": "x"}, "name"),
    (NotebookAction, {"action": "explode"}, "action"),
    (CreateJob, {**JOB, "job_name": ""}, "job_name"),
    (CreateJob, {**JOB, "job_name": "a.b"}, "job_name"),
    (CreateJob, {**JOB, "job_desc": "d" * 257}, "job_desc"),
    (CreateJob, make_job(data_url="/d/"), "config"),
    (CreateJob, make_job(dataset_version_id=None), "config"),
    (CreateJob, make_job(dataset_id=None, dataset_version_id=None), "config"),
    (CreateJob, make_job(model_id=4), "config"),
    (CreateJob, make_job(boot_file_url=None), "config"),
    (CreateJob, make_job(worker_server_num=0), "config.worker_server_num"),
    (CreateJob, make_job(train_url=None), "config.train_url"),
    (CreateJob, make_job(volumes=[{}]), "config.volumes.0"),
    (
        CreateJob,
        make_job(dataset_id=None, dataset_version_id=None, data_source=[{"type": "obs", "dataset_id": "a"}]),
        "config.data_source.0",
    ),
    (CreateVersion, {"config": CONFIG}, "config.pre_version_id"),
    (CreateConfig, {**CONFIG, "config_name": "c" * 21}, "config_name"),
    (CreateVisualization, {"job_name": "v" * 21, "train_url": "/a/"}, "job_name"),
    (CreateVisualization, {"job_name": "v", "train_url": ""}, "train_url"),
    (JobsQuery, {"per_page": 1001}, "per_page"),
    (JobsQuery, {"page": 65536}, "page"),
    (JobsQuery, {"sortBy": "colour"}, "sortBy"),
    (JobsQuery, {"search_content": "s" * 65}, "search_content"),
    (VisualizationsQuery, {"per_page": 101}, "per_page"),
    (LogLinesQuery, {"log_file": "f", "lines": 501}, "lines"),
    (LogWindowQuery, {"log_file": "f", "offset": 2049}, "offset"),
    (LogWindowQuery, {"log_file": "f", "start_byte": -2}, "start_byte"),
    (DeployService, make_service(70, 20), ""),
    (DeployService, make_service(), ""),
    (DeployService, {**SERVICE, "infer_type": "batch"}, ""),
    (DeployService, {**BATCH, "config": BATCH["config"] * 2}, ""),
    (DeployService, {**BATCH, "schedule": [{"time_unit": "HOURS", "duration": 1}]}, ""),
    (DeployService, make_service(100, vpc_id="v"), ""),
    (DeployService, make_service(100, description="d" * 101), "description"),
    (
        DeployService,
        make_service(100, schedule=[{"time_unit": "WEEKS", "duration": 1}]),
        "schedule.0.time_unit",
    ),
    (UpdateService, {"status": "running", "config": SERVICE["config"]}, ""),
    (UpdateService, {"config": [{**SERVICE["config"][0], "weight": 99}]}, ""),
    (UpdateService, {"status": "failed"}, "status"),
    (CreateWorkspace, {"name": "abc"}, "name"),
    (CreateWorkspace, {"name": "default"}, ""),
    (CreateWorkspace, {"name": "abcd", "auth_type": "INTERNAL"}, ""),
    (CreateWorkspace, {"name": "abcd", "grants": [{"user_name": "a"}]}, ""),
    (UpdateWorkspace, {"auth_type": "SECRET"}, "auth_type"),
    (UpdateQuotas, {"quotas": [{"resource": "r", "quota": 0}]}, "quotas.0"),
    (UpdateQuotas, {"quotas": []}, "quotas"),
    (ImportModel, {**MODEL, "model_version": "01.1.1"}, "model_version"),
    (ImportModel, {**MODEL, "model_version": "1.100.1"}, "model_version"),
    (ImportModel, {**MODEL, "description": "a < b"}, "description"),
    (ImportModel, {**MODEL, "model_type": "Abacus"}, "model_type"),
    (ImportModel, {**MODEL, "install_type": ["realtime"]}, "install_type.0"),
    (ImportModel, {**MODEL, "model_docs": [{"doc_name": "a", "doc_url": "ftp://x"}]}, "model_docs.0.doc_url"),
    (ModelsQuery, {"model_type": "a", "not_model_type": "b"}, ""),
]


@pytest.mark.parametrize(("model", "body", "path"), BAD)
def test_what_the_reference_forbids_is_named(model: type[RequestModel], body: Any, path: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate_request(model, body)
    assert path in [problem.path for problem in caught.value.problems]
    assert caught.value.exit_code == 2


def iterate_request_models(base: type[RequestModel] = RequestModel) -> Iterator[type[RequestModel]]:
    for model in base.__subclasses__():
        yield model
        yield from iterate_request_models(model)


def test_every_pattern_is_explained_in_words() -> None:
    for module in pkgutil.walk_packages(modelarts.__path__, f"{modelarts.__name__}."):
        import_module(module.name)
    models = list(iterate_request_models())
    assert len(models) > 60
    schemas = (json.dumps(model.model_json_schema()) for model in models)
    found = {
        one for text in schemas for one in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', text)
    }  # fmt: skip
    assert {json.loads(one) for one in found} - set(sent._PATTERNS) == set()


@pytest.mark.parametrize("flag", [True, False])
def test_a_truth_value_is_no_number(flag: bool) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate_request(CreateJob, {**JOB, "config": {**JOB["config"], "worker_server_num": flag}})
    assert [problem.path for problem in caught.value.problems] == ["config.worker_server_num"]


def test_every_problem_is_reported_at_once_in_one_sentence() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate_request(CreateJob, {**JOB, "job_name": "a b", "job_desc": "d" * 257})
    assert [p.path for p in caught.value.problems] == ["job_name", "job_desc"]
    assert str(caught.value).startswith("ModelArts would refuse this: job_name: ")


def test_quotas_stay_within_the_bounds_the_cloud_gave() -> None:
    known = QuotaList.model_validate(answer("8.6")).quotas
    wanted = [
        ("exemlProject.gpu_duration", 60001, "the most is 60000"),
        ("exemlProject.gpu_duration", 60000, ""),
        ("exemlProject.gpu_duration", -1, ""),
        ("other", 5, "there is no quota named other"),
    ]
    for resource, quota, sentence in wanted:
        body = validate_request(UpdateQuotas, {"quotas": [{"resource": resource, "quota": quota}]})
        if not sentence:
            body.check(known)
            continue
        with pytest.raises(InvalidRequestError, match=sentence):
            body.check(known)


def test_only_what_was_given_is_sent() -> None:
    assert validate_request(UpdateWorkspace, {"description": ""}).encode_body() == b'{"description":""}'
    assert validate_request(JobsQuery, {"page": 1, "sortBy": "status"}).list_pairs() == (
        ("page", "1"),
        ("sortBy", "status"),
    )


def test_a_secret_in_a_refused_request_is_not_reported() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate_request(DeployService, {**make_service(100), "envs": {"password": "hunter2"}})
    assert "hunter2" not in str(caught.value)


PLAIN = [
    (CreateNotebook, {**NOTEBOOK, "name": "a b"}, "1 to 64 letters, digits, hyphens and underscores"),
    (CreateNotebook, {**NOTEBOOK, "description": "<"}, "none of < > \" ' /"),
    (UpdateNotebook, {"description": "&"}, "none of & < > \" ' /"),
    (CreateNotebook, leave_out(NOTEBOOK, "flavor"), "it is needed"),
    (UpdateNotebook, {"name": "x"}, "there is no such field"),
    (JobsQuery, {"per_page": 1001}, "the most is 1000"),
    (JobsQuery, {"per_page": "many"}, "it has to be a whole number"),
    (Description, {"job_desc": "d" * 257}, "at most 256 characters"),
    (UpdateService, {"status": "failed"}, "it has to be 'running' or 'stopped'"),
    (ImportModel, {**MODEL, "model_version": "01.1.1"}, "three numbers up to 99"),
    (ImportModel, {**MODEL, "description": "="}, "none of & ! '"),
    (ImportModel, {**MODEL, "model_algorithm": "1"}, "beginning with a letter"),
    (CreateWorkspace, {"name": "abc"}, "4 to 64 Chinese characters"),
    (CreateVisualization, {"job_name": "", "train_url": "/"}, "1 to 20 letters"),
]


@pytest.mark.parametrize(("model", "body", "words"), PLAIN)
def test_a_limit_is_reported_in_plain_words(model: type[RequestModel], body: Any, words: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        validate_request(model, body)
    assert words in str(caught.value)
    assert "pattern" not in str(caught.value)
