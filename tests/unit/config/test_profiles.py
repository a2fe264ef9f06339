"""Which profile is used, what the environment changes, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matui.base.errors import ConfigError, SeveralProfilesError
from matui.config.loading import load_settings
from matui.config.profiles import NoProfileError, choose_profile, list_profile_names
from matui.config.settings import Profile, Settings
from matui.resources.registry import KIND_KEYS

KEYS: dict[str, Any] = {"ak": "A", "sk": "S"}


ENV = {"HUAWEICLOUD_SDK_AK": "A", "HUAWEICLOUD_SDK_SK": "S"}


def _make_settings(default: str | None = None, **profiles: dict[str, Any]) -> Settings:
    named = {
        name: {"name": name, "region": "cn-north-4", **KEYS, **fields} for name, fields in profiles.items()
    }
    return Settings.model_validate({"default_profile": default, "profiles": named})


def test_the_argument_goes_before_the_variable_and_that_before_the_default() -> None:
    settings = _make_settings("a", a={}, b={}, c={})
    assert choose_profile(settings, None, {}).name == "a"
    assert choose_profile(settings, None, {"MATUI_PROFILE": "b"}).name == "b"
    assert choose_profile(settings, "c", {"MATUI_PROFILE": "b"}).name == "c"


def test_the_only_profile_needs_no_default() -> None:
    assert choose_profile(_make_settings(a={}), None, ENV).name == "a"


def test_several_profiles_without_a_default_ask_for_one() -> None:
    with pytest.raises(ConfigError, match="a, b"):
        choose_profile(_make_settings(a={}, b={}), None, {})


def test_an_unknown_profile_is_reported_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean prod"):
        choose_profile(_make_settings(prod={}), "prd", {})


def test_the_environment_overrides_single_fields() -> None:
    environ = {
        "MATUI_ENDPOINT": "http://[::1]:8080/",
        "MATUI_IAM_ENDPOINT": "https://iam.test",
        "MATUI_READ_ONLY": "1",
        "MATUI_THEME": "red",
    }
    profile = choose_profile(_make_settings(a={}), None, environ)
    assert (profile.endpoint, profile.iam_endpoint) == ("http://[::1]:8080", "https://iam.test")
    assert (profile.read_only, profile.theme) == (True, "red")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MATUI_ENDPOINT", "http://example.com"),
        ("MATUI_ENDPOINT", "https://exa mple.com"),
        ("MATUI_IAM_ENDPOINT", "nonsense"),
        ("MATUI_READ_ONLY", "perhaps"),
        ("MATUI_THEME", "a\x1bb"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=variable) as caught:
        choose_profile(_make_settings(a={}), None, {variable: value})
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("ON", True), ("0", False), ("no", False)])
def test_read_only_is_read_in_its_usual_words(text: str, expected: bool) -> None:
    assert choose_profile(_make_settings(a={}), None, {"MATUI_READ_ONLY": text}).read_only is expected


def test_an_endpoint_with_keys_from_the_environment_needs_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {**ENV, "MATUI_ENDPOINT": "http://127.0.0.1:8080", "HUAWEICLOUD_SDK_PROJECT_ID": "p1"}
    profile = choose_profile(Settings(), None, environ)
    assert (profile.region, profile.endpoint, profile.project_id) == (None, "http://127.0.0.1:8080", "p1")
    assert profile.sk is not None
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "THESK")
    assert profile.sk.resolve() == "THESK"


def test_keys_from_the_environment_need_a_region_or_an_endpoint() -> None:
    with pytest.raises(ConfigError, match="MATUI_REGION"):
        choose_profile(Settings(), None, ENV)
    assert choose_profile(Settings(), None, {**ENV, "MATUI_REGION": "cn-east-3"}).region == "cn-east-3"


@pytest.mark.parametrize("missing", list(ENV))
def test_half_a_key_pair_is_no_pair(missing: str) -> None:
    environ = {name: value for name, value in ENV.items() if name != missing}
    with pytest.raises(ConfigError, match=missing):
        choose_profile(Settings(), None, environ)


def test_nothing_found_lists_where_was_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(NoProfileError) as caught:
        choose_profile(load_settings(None, {}, KIND_KEYS), None, {"HOME": str(tmp_path)})
    told = " ".join(caught.value.looked_for)
    for place in ("config.toml", "HUAWEICLOUD_SDK_AK", ".huaweicloud/credentials"):
        assert place in told
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"auth": "aksk", "sk": None}, "sk is missing"),
        ({"auth": "token"}, "token is missing"),
        ({"auth": "password", "username": "u"}, "password and domain_name are missing"),
        ({"region": None}, "no region"),
        ({"region": None, "endpoint": "https://h"}, "project_id or iam_endpoint"),
    ],
)
def test_what_is_missing_is_said(fields: dict[str, Any], missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        choose_profile(_make_settings(a=fields), None, {})


@pytest.mark.parametrize(
    "fields",
    [
        {"auth": "agency", "ak": None, "sk": None},
        {"region": None, "endpoint": "https://h", "project_id": "p"},
        {"region": None, "endpoint": "https://h", "iam_endpoint": "https://i"},
        {"region": None, "endpoint": "http://localhost:1"},
    ],
)
def test_what_is_enough_is_taken(fields: dict[str, Any]) -> None:
    assert isinstance(choose_profile(_make_settings(a=fields), None, {}), Profile)


def test_an_incomplete_profile_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("\n[profiles.prod]\nregion = 'cn-north-4'\n")
    with pytest.raises(ConfigError) as caught:
        choose_profile(load_settings(file, {}, KIND_KEYS), None, {})
    assert (caught.value.line, caught.value.key) == (2, "profiles.prod")


def test_several_are_named_with_commas_wherever_one_can_be_named() -> None:
    settings = _make_settings("b, a,b", a={}, b={}, c={}, **{"x,y": {}})
    assert list_profile_names(settings, None, {}) == ("b", "a")
    assert list_profile_names(settings, None, {"MATUI_PROFILE": "c,"}) == ("c",)
    assert list_profile_names(settings, "a,nosuch", {"MATUI_PROFILE": "c"}) == ("a", "nosuch")
    assert list_profile_names(settings, "x,y", {}) == ("x,y",)
    assert list_profile_names(settings, "a", {}, every=True) == ("a", "b", "c", "x,y")
    assert list_profile_names(_make_settings(a={}, b={}), None, {}) == ()


def test_where_one_is_needed_several_are_refused() -> None:
    with pytest.raises(SeveralProfilesError, match=r"takes one profile.*: a, b") as refused:
        choose_profile(_make_settings(a={}, b={}), "a,b", {})
    assert refused.value.names == ("a", "b")
    assert refused.value.exit_code == 2
    with pytest.raises(SeveralProfilesError):
        choose_profile(_make_settings("a", a={}, b={}), None, {}, every=True)
