"""Endpoints come from the profile, else from its region."""

from __future__ import annotations

import pytest

from matui.base.errors import ConfigError
from matui.clouds.modelarts.endpoints import iam_endpoint, modelarts_endpoint
from matui.config.settings import Profile


def profile(**fields: str) -> Profile:
    return Profile.model_validate({"name": "p", **fields})


def test_a_region_names_both_endpoints() -> None:
    one = profile(region="cn-east-3")
    assert modelarts_endpoint(one) == "https://modelarts.cn-east-3.myhuaweicloud.com"
    assert iam_endpoint(one) == "https://iam.cn-east-3.myhuaweicloud.com"


def test_an_endpoint_of_the_profile_comes_first() -> None:
    one = profile(region="r", endpoint="https://a.example", iam_endpoint="https://b.example/v3")
    assert (modelarts_endpoint(one), iam_endpoint(one)) == ("https://a.example", "https://b.example")


def test_a_simulator_on_this_machine_is_its_own_iam() -> None:
    assert iam_endpoint(profile(endpoint="http://127.0.0.1:8080")) == "http://127.0.0.1:8080"
    assert iam_endpoint(profile(endpoint="https://a.example")) == "https://iam.myhuaweicloud.com"


def test_neither_region_nor_endpoint_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="neither region nor endpoint"):
        modelarts_endpoint(profile())
