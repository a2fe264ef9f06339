"""A request is matched to the IAM action it needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matui.base.codes.permissions import find_permission, find_required_action, list_permissions

_DATA = Path(__file__).parent / "data" / "permissions.txt"
REQUESTS = [tuple(line.split()) for line in _DATA.read_text().splitlines() if not line.startswith("#")]
WITHOUT_ACTION = {"5.4.1", "5.4.2", "7.10", "7.11"}


@pytest.mark.parametrize(("section", "method", "path", "action"), REQUESTS, ids=[row[0] for row in REQUESTS])
def test_each_of_the_55_operations_finds_its_action(
    section: str, method: str, path: str, action: str
) -> None:
    found = find_permission(method, path)
    assert found is not None
    assert found.section == section
    assert find_required_action(method, path) == (None if action == "-" else action)


def test_only_four_operations_have_no_action() -> None:
    assert len(list_permissions()) == len(REQUESTS) == 55
    assert {p.section for p in list_permissions() if p.action is None} == WITHOUT_ACTION


def test_no_operation_appears_twice() -> None:
    assert len({(p.method, p.path) for p in list_permissions()}) == 55


def test_actions_are_written_as_iam_writes_them() -> None:
    for permission in list_permissions():
        actions = (permission.action, permission.status_action, *permission.related)
        for action in filter(None, actions):
            assert re.fullmatch(r"(modelarts|obs):[A-Za-z]+:[A-Za-z]+", action)


def test_starting_or_stopping_a_service_is_an_action_of_its_own() -> None:
    path = "/v1/0f3c/services/f76f20ba"
    assert find_required_action("PUT", path) == "modelarts:service:update"
    assert find_required_action("PUT", path, sets_status=True) == "modelarts:service:action"
    assert find_required_action("GET", path, sets_status=True) == "modelarts:service:get"


def test_a_literal_path_wins_over_an_id() -> None:
    specifications = find_permission("GET", "/v1/0f3c/services/specifications")
    assert specifications is not None
    assert specifications.section == "7.10"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/v1/0f3c/demanager/instances"),
        ("GET", "/v1/0f3c/demanager/instances/"),
        ("GET", "/v1/0f3c/demanager/instances?de_type=Notebook&limit=10"),
    ],
)
def test_case_query_and_trailing_slash_do_not_matter(method: str, path: str) -> None:
    assert find_required_action(method, path) == "modelarts:notebook:list"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("PATCH", "/v1/0f3c/demanager/instances"),
        ("GET", "/v2/0f3c/training-jobs"),
        ("GET", "/v1//services"),
        ("GET", "/v1/0f3c/services//monitor"),
        ("GET", "/v1/0f3c/services/a/b/c/d/e"),
        ("GET", "/v1/0f3c/unknown"),
    ],
)
def test_an_unknown_request_has_no_known_action(method: str, path: str) -> None:
    assert find_required_action(method, path) is None
    assert find_permission(method, path) is None


def test_creating_a_notebook_also_needs_rights_on_obs() -> None:
    create = find_permission("POST", "/v1/0f3c/demanager/instances")
    show = find_permission("GET", "/v1/0f3c/demanager/instances")
    assert create is not None
    assert show is not None
    assert len(create.related) == 7
    assert "obs:object:PutObject" in create.related
    assert show.related == ()
