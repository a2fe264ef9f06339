"""Endpoints come from the profile, else from its region."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from matui.base.clock import SystemClock
from matui.base.errors import BadAnswerError, ConfigError
from matui.clouds.factory import find_endpoint, get_journal_endpoint, open_cloud
from matui.clouds.http.client import HttpClient
from matui.clouds.modelarts.endpoints import find_project, get_iam_endpoint, get_modelarts_endpoint
from matui.config.settings import Profile
from tests.unit.clouds.http_clients import build_client


def _make_projects_client(*ids: str) -> HttpClient:
    return build_client(lambda _: httpx.Response(200, json={"projects": [{"id": i} for i in ids]}))


async def test_the_one_project_of_a_region_is_found() -> None:
    assert await find_project(_make_projects_client("p1"), "cn-north-4") == "p1"


@pytest.mark.parametrize(("ids", "says"), [((), "no project"), (("p1", "p2"), "2 projects")])
async def test_no_project_and_two_projects_are_reported_clearly(ids: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        await find_project(_make_projects_client(*ids), "cn-north-4")
    assert "project_id" in str(caught.value)


@pytest.mark.parametrize("body", [{}, [], {"projects": None}, {"projects": "p"}])
async def test_a_project_list_that_is_none_is_a_bad_answer(body: Any) -> None:
    with pytest.raises(BadAnswerError):
        await find_project(build_client(lambda _: httpx.Response(200, json=body)), "r")


def make_profile(**fields: str) -> Profile:
    return Profile.model_validate({"name": "p", **fields})


def test_a_region_names_both_endpoints() -> None:
    one = make_profile(region="cn-east-3")
    assert get_modelarts_endpoint(one) == "https://modelarts.cn-east-3.myhuaweicloud.com"
    assert get_iam_endpoint(one) == "https://iam.cn-east-3.myhuaweicloud.com"


def test_an_endpoint_of_the_profile_comes_first() -> None:
    one = make_profile(region="r", endpoint="https://a.example", iam_endpoint="https://b.example/v3")
    assert (get_modelarts_endpoint(one), get_iam_endpoint(one)) == ("https://a.example", "https://b.example")


def test_a_simulator_on_this_machine_is_its_own_iam() -> None:
    assert get_iam_endpoint(make_profile(endpoint="http://127.0.0.1:8080")) == "http://127.0.0.1:8080"
    assert get_iam_endpoint(make_profile(endpoint="https://a.example")) == "https://iam.myhuaweicloud.com"


def test_neither_region_nor_endpoint_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="neither region nor endpoint"):
        get_modelarts_endpoint(make_profile())


@pytest.mark.parametrize(("api", "ending"), [("v1", ""), ("v2", "/v2")])
async def test_the_two_apis_of_one_project_have_a_history_each(api: str, ending: str) -> None:
    """They name jobs and states differently: a capsule of a v2 job was read through the v1 profile."""
    profile = Profile.model_validate(
        {"name": "p", "region": "cn-north-4", "project_id": "p" * 32, "api": api, "ak": "a", "sk": "b"}
    )
    cloud = await open_cloud(profile, clock=SystemClock(), cache_dir=None)
    try:
        assert get_journal_endpoint(profile, cloud) == f"{find_endpoint(profile)}{ending}"
    finally:
        await cloud.aclose()
