"""The project of a region is looked up by IAM."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from matui.base.errors import BadAnswerError, ConfigError
from matui.clouds.http.client import HttpClient
from matui.clouds.modelarts.projects import find_project
from tests.unit.clouds.http_clients import client_over


def _projects(*ids: str) -> HttpClient:
    return client_over(lambda _: httpx.Response(200, json={"projects": [{"id": i} for i in ids]}))


async def test_the_one_project_of_a_region_is_found() -> None:
    assert await find_project(_projects("p1"), "cn-north-4") == "p1"


@pytest.mark.parametrize(("ids", "says"), [((), "no project"), (("p1", "p2"), "2 projects")])
async def test_no_project_and_two_projects_are_told_clearly(ids: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        await find_project(_projects(*ids), "cn-north-4")
    assert "project_id" in str(caught.value)


@pytest.mark.parametrize("body", [{}, [], {"projects": None}, {"projects": "p"}])
async def test_a_project_list_that_is_none_is_a_bad_answer(body: Any) -> None:
    with pytest.raises(BadAnswerError):
        await find_project(client_over(lambda _: httpx.Response(200, json=body)), "r")
