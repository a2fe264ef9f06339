"""All 55 operations: each sample request is what our models send, each sample answer is taken."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import AliasChoices, AliasPath
from pydantic.fields import FieldInfo

from matui.clouds.http.messages import Call
from matui.clouds.modelarts.operations import OperationTable
from matui.clouds.modelarts.requests import InvalidRequestError, RequestModel, validate_request
from matui.clouds.modelarts.v1.configs.client import ConfigQuery, ConfigsApi, ConfigsQuery
from matui.clouds.modelarts.v1.configs.wire import CreateConfig, UpdateConfig
from matui.clouds.modelarts.v1.jobs.client import JobsApi, JobsQuery
from matui.clouds.modelarts.v1.jobs.requests import CreateJob, CreateVersion, Description
from matui.clouds.modelarts.v1.jobs.version_models import (
    AlgorithmsQuery,
    LogLinesQuery,
    LogWindowQuery,
    VersionsQuery,
)
from matui.clouds.modelarts.v1.models.client import ModelsApi
from matui.clouds.modelarts.v1.models.record import DeleteModel, ImportModel
from matui.clouds.modelarts.v1.models.wire import ModelsQuery
from matui.clouds.modelarts.v1.notebooks.client import NotebooksApi
from matui.clouds.modelarts.v1.notebooks.requests import CreateNotebook, NotebookAction, UpdateNotebook
from matui.clouds.modelarts.v1.notebooks.wire import NotebooksQuery
from matui.clouds.modelarts.v1.services.client import ServicesApi
from matui.clouds.modelarts.v1.services.wire import (
    DeployService,
    MonitorQuery,
    PoolsQuery,
    ServiceEventsQuery,
    ServicesQuery,
    SpecificationsQuery,
    UpdateNodeStatus,
    UpdateService,
)
from matui.clouds.modelarts.v1.specifications import EnginesQuery, SpecificationsApi, SpecsQuery
from matui.clouds.modelarts.v1.visualizations.client import (
    CreateVisualization,
    VisualizationsApi,
    VisualizationsQuery,
)
from matui.clouds.modelarts.v1.workspaces.client import WorkspacesApi
from matui.clouds.modelarts.v1.workspaces.requests import CreateWorkspace, UpdateQuotas, UpdateWorkspace
from matui.clouds.modelarts.v1.workspaces.wire import WorkspacesQuery
from tests.contract.modelarts.samples import OPERATIONS, FakeSession, list_answers, list_requests, run


@dataclass(frozen=True)
class Operation:
    """How we ask for one operation: its method, the ids in its path, the model of its body or query."""

    method: str
    ids: int = 0
    sends: type[RequestModel] | None = None


TABLE = {
    "4.1": Operation("notebooks.create", 0, CreateNotebook),
    "4.2": Operation("notebooks.list", 0, NotebooksQuery),
    "4.3": Operation("notebooks.show", 1),
    "4.4": Operation("notebooks.update", 1, UpdateNotebook),
    "4.5": Operation("notebooks.delete", 1),
    "4.6": Operation("notebooks.manage", 1, NotebookAction),
    "5.1.1": Operation("jobs.create", 0, CreateJob),
    "5.1.2": Operation("jobs.list", 0, JobsQuery),
    "5.1.3": Operation("jobs.show_version", 2),
    "5.1.4": Operation("jobs.delete_version", 2),
    "5.1.5": Operation("jobs.list_versions", 1, VersionsQuery),
    "5.1.6": Operation("jobs.create_version", 1, CreateVersion),
    "5.1.7": Operation("jobs.stop", 2),
    "5.1.8": Operation("jobs.set_description", 1, Description),
    "5.1.9": Operation("jobs.delete", 1),
    "5.1.10": Operation("jobs.log_files", 2),
    "5.1.11": Operation("jobs.log_window", 2, LogWindowQuery),
    "5.1.12": Operation("jobs.algorithms", 0, AlgorithmsQuery),
    "5.1.13": Operation("jobs.log_lines", 2, LogLinesQuery),
    "5.2.1": Operation("configs.create", 0, CreateConfig),
    "5.2.2": Operation("configs.list", 0, ConfigsQuery),
    "5.2.3": Operation("configs.update", 1, UpdateConfig),
    "5.2.4": Operation("configs.delete", 1),
    "5.2.5": Operation("configs.show", 1, ConfigQuery),
    "5.3.1": Operation("visualizations.create", 0, CreateVisualization),
    "5.3.2": Operation("visualizations.list", 0, VisualizationsQuery),
    "5.3.3": Operation("visualizations.show", 1),
    "5.3.4": Operation("visualizations.set_description", 1, Description),
    "5.3.5": Operation("visualizations.delete", 1),
    "5.3.6": Operation("visualizations.stop", 1),
    "5.3.7": Operation("visualizations.restart", 1),
    "5.4.1": Operation("specifications.resource_specs", 0, SpecsQuery),
    "5.4.2": Operation("specifications.engines", 0, EnginesQuery),
    "6.1.1": Operation("models.create", 0, ImportModel),
    "6.1.2": Operation("models.list", 0, ModelsQuery),
    "6.1.3": Operation("models.show", 1),
    "6.1.4": Operation("models.delete", 1, DeleteModel),
    "7.1": Operation("services.deploy", 0, DeployService),
    "7.2": Operation("services.list", 0, ServicesQuery),
    "7.3": Operation("services.show", 1),
    "7.4": Operation("services.switch_node", 2, UpdateNodeStatus),
    "7.5": Operation("services.update", 1, UpdateService),
    "7.6": Operation("services.monitor", 1, MonitorQuery),
    "7.7": Operation("services.update_logs", 1),
    "7.8": Operation("services.events", 1, ServiceEventsQuery),
    "7.9": Operation("services.delete", 1),
    "7.10": Operation("services.specifications", 0, SpecificationsQuery),
    "7.11": Operation("services.pools", 0, PoolsQuery),
    "8.1": Operation("workspaces.create", 0, CreateWorkspace),
    "8.2": Operation("workspaces.list", 0, WorkspacesQuery),
    "8.3": Operation("workspaces.delete", 1),
    "8.4": Operation("workspaces.show", 1),
    "8.5": Operation("workspaces.update", 1, UpdateWorkspace),
    "8.6": Operation("workspaces.quotas", 1),
    "8.7": Operation("workspaces.update_quotas", 1, UpdateQuotas),
}

ONE_BY_ONE = {"7.5"}  # its sample sends what its own table says excludes each other

REQUESTS = [
    (section, number)
    for section in TABLE
    for number in range(len(list_requests(section)))
    if section not in ONE_BY_ONE
]
ANSWERS = [(section, number) for section in TABLE for number in range(len(list_answers(section)))]


CHAPTERS: dict[str, type[OperationTable]] = {
    "notebooks": NotebooksApi,
    "jobs": JobsApi,
    "configs": ConfigsApi,
    "visualizations": VisualizationsApi,
    "specifications": SpecificationsApi,
    "models": ModelsApi,
    "services": ServicesApi,
    "workspaces": WorkspacesApi,
}


def get_method(session: Any, name: str) -> Callable[..., Any]:
    """Return the method of ``chapter.name``."""
    chapter, _, method = name.partition(".")
    found: Callable[..., Any] = getattr(CHAPTERS[chapter](session), method)
    return found


def send_operation(section: str, ids: list[str], body: dict[str, Any], reply: Any) -> tuple[Call, Any]:
    """Ask for an operation as a user of the client would; return the call and the typed answer."""
    operation = TABLE[section]
    session = FakeSession(reply)
    arguments: list[Any] = [ids] if section == "7.9" else list(ids)
    if operation.sends is not None:
        arguments.append(validate_request(operation.sends, body))
    value = run(get_method(session, operation.method)(*arguments))
    return session.calls[0], value


def find_wanted(section: str, line: str | None) -> tuple[str, list[str], dict[str, str]]:
    """Return the path, its ids and the query of a sample's first line."""
    template = OPERATIONS[section]["path"]
    if line is None:
        return template, ["1"] * TABLE[section].ids, {}
    text = line.replace("●", "").split("https://", 1)[1].replace(" ", "")
    parts = urlsplit("https://" + text.replace("{endpoint}", "endpoint"))
    path = "/" + parts.path.strip("/")
    steps = zip(template.split("/")[3:], path.split("/")[3:], strict=False)
    ids = [step for name, step in steps if name.startswith("{")]
    return path, ids, dict(parse_qsl(parts.query))


def loosen_keys(value: Any) -> Any:
    """Make numbers and texts of numbers equal, ``key`` and ``label`` too, words in any case."""
    if isinstance(value, dict):
        return {("label" if name == "key" else name): loosen_keys(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [loosen_keys(inner) for inner in value]
    return value if isinstance(value, bool) else str(value).upper().removesuffix(".0")


def test_the_table_holds_all_55_operations() -> None:
    assert list(TABLE) == list(OPERATIONS)
    assert len(TABLE) == 55


@pytest.mark.parametrize(("section", "number"), REQUESTS)
def test_a_sample_request_is_what_we_send(section: str, number: int) -> None:
    line, body = list_requests(section)[number]
    path, ids, query = find_wanted(section, line)
    call, _ = send_operation(section, ids, {**query, **(body or {})}, list_answers(section)[0])
    assert call.method == OPERATIONS[section]["method"]
    assert len(ids) == TABLE[section].ids
    if line is not None:
        assert call.path.replace("%7B", "{").replace("%7D", "}") == path
    assert {name: value for name, value in call.query if name in query} == query
    assert loosen_keys(json.loads(call.body or b"{}")) == loosen_keys(body or {})


@pytest.mark.parametrize("half", [{"description": "", "status": "running"}, {"config": None}])
def test_the_sample_of_7_5_is_sent_half_by_half(half: dict[str, Any]) -> None:
    _, sample = list_requests("7.5")[0]
    body = {name: sample[name] for name in half}
    call, _ = send_operation("7.5", ["xxxx"], body, {})
    assert loosen_keys(json.loads(call.body or b"")) == loosen_keys(body)
    with pytest.raises(InvalidRequestError, match="same time"):
        validate_request(UpdateService, sample)


@pytest.mark.parametrize(("section", "number"), ANSWERS)
def test_a_sample_answer_is_taken_with_every_field_known(section: str, number: int) -> None:
    body = list_answers(section)[number]
    ids = ["1"] * TABLE[section].ids
    first = [b for line, b in list_requests(section)]
    _, query = first[0], find_wanted(section, list_requests(section)[0][0])[2]
    request = {**query, **(first[0] or {})}
    if section == "7.5":
        request = {"status": "running"}
    _, reply = send_operation(section, ids, request, body)
    assert reply.answer.request_id == "req-1"
    assert not find_lost(body, reply.value), find_lost(body, reply.value)


# Sent by the cloud, of no use to anybody who watches or acts.
UNUSED = {"error_code", "is_success", "labels_map", "extend_config", "repository", "extend_params", "tenant"}
UNUSED |= {"project", "custom_spec"}


def _list_aliases(field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    return [str(choice.path[0]) if isinstance(choice, AliasPath) else choice for choice in choices if choice]


def find_lost(body: dict[str, Any], value: Any) -> list[str]:
    """Return the fields of a body that a model left at their defaults although they had a value."""
    names = {
        name for field, info in type(value).model_fields.items() for name in (field, *_list_aliases(info))
    }
    return [n for n, v in body.items() if v not in (None, "", [], {}) and n not in names | UNUSED]


@pytest.mark.parametrize("section", list(TABLE))
def test_what_changes_something_is_marked_as_an_action(section: str) -> None:
    operation = TABLE[section]
    line, body = list_requests(section)[0]
    _, ids, query = find_wanted(section, line)
    request = {"status": "running"} if section == "7.5" else {**query, **(body or {})}
    call, _ = send_operation(section, ids, request, list_answers(section)[0])
    assert call.action == (OPERATIONS[section]["method"] != "GET")
    assert call.path.startswith("/v1/{project_id}/")
    assert inspect.getdoc(get_method(FakeSession({}), operation.method)).startswith(section)
