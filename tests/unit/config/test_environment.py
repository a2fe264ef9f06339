"""Profiles and overrides from environment variables."""

from __future__ import annotations

import pytest

from matui.base.errors import ConfigError
from matui.config.environment import (
    build_environment_profile,
    build_profile,
    read_overrides,
    read_region_and_project,
)

KEYS = {"HUAWEICLOUD_SDK_AK": "AK", "HUAWEICLOUD_SDK_SK": "SK"}


def test_no_keys_give_no_profile() -> None:
    assert build_environment_profile({}) is None
    assert build_environment_profile({"HUAWEICLOUD_SDK_AK": "  "}) is None


def test_a_key_pair_gives_a_profile_that_names_the_variables() -> None:
    profile = build_environment_profile(
        {**KEYS, "MATUI_REGION": "cn-north-4", "HUAWEICLOUD_SDK_PROJECT_ID": "p1"}
    )
    assert profile is not None
    assert (profile.name, profile.region, profile.project_id) == ("environment", "cn-north-4", "p1")
    assert profile.sk is not None
    assert "HUAWEICLOUD_SDK_SK" in repr(profile.sk)


@pytest.mark.parametrize("variable", KEYS)
def test_half_a_key_pair_is_refused_by_name(variable: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build_environment_profile({variable: "x"})
    assert caught.value.key == next(name for name in KEYS if name != variable)


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("No", False)]
)
def test_read_only_takes_the_usual_words(text: str, value: bool) -> None:
    assert read_overrides({"MATUI_READ_ONLY": text}) == {"read_only": value}


def test_any_other_word_for_read_only_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        read_overrides({"MATUI_READ_ONLY": "perhaps"})
    assert caught.value.key == "MATUI_READ_ONLY"


def test_an_endpoint_is_checked_under_its_variable() -> None:
    with pytest.raises(ConfigError) as caught:
        read_overrides({"MATUI_ENDPOINT": "http://example.com"})
    assert caught.value.key == "MATUI_ENDPOINT"
    assert read_overrides({"MATUI_ENDPOINT": ""}) == {}


def test_region_and_project_are_left_out_when_unset() -> None:
    assert read_region_and_project({"MATUI_REGION": "cn-east-3"}, "PROJECT") == {"region": "cn-east-3"}
    assert read_region_and_project({"PROJECT": "p"}, "PROJECT") == {"project_id": "p"}


def test_a_problem_of_a_profile_names_its_origin() -> None:
    with pytest.raises(ConfigError) as caught:
        build_profile("environment", {"cloud": "nowhere"}, "the environment")
    assert "the environment" in str(caught.value) or caught.value.key
