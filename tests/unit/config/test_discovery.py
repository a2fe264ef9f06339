"""Profiles made of the official variables and files alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matui.base.errors import ConfigError
from matui.config.profiles import NoProfileError, choose_profile, list_profile_names
from matui.config.settings import Profile, Settings

QIANFAN = {"QIANFAN_ACCESS_KEY": "a", "QIANFAN_SECRET_KEY": "b"}
ALIBABA = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "c", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "d"}
NAMES = {"MATUI_OPENSEARCH_APP": "my_app", "MATUI_OPENSEARCH_FUNCTIONS": "ctr, pop"}
HUAWEI = {"HUAWEICLOUD_SDK_AK": "e", "HUAWEICLOUD_SDK_SK": "f", "MATUI_REGION": "cn-north-4"}
ENV = {"HUAWEICLOUD_SDK_AK": "A", "HUAWEICLOUD_SDK_SK": "S"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def choose(environ: dict[str, str], home: Path, name: str | None = None, **profiles: Profile) -> Profile:
    return choose_profile(Settings(profiles=profiles), name, {"HOME": str(home)} | environ)


def test_qianfans_variables_alone_are_a_profile(tmp_path: Path) -> None:
    profile = choose(QIANFAN, tmp_path)
    assert (profile.name, profile.cloud, profile.endpoint) == ("qianfan", "qianfan", None)


def test_opensearch_needs_its_app_group_and_functions(tmp_path: Path) -> None:
    profile = choose(ALIBABA | NAMES | {"MATUI_REGION": "cn-hangzhou"}, tmp_path)
    assert (profile.name, profile.cloud, profile.region) == ("opensearch", "opensearch", "cn-hangzhou")
    assert (profile.app, profile.functions) == ("my_app", ["ctr", "pop"])
    with pytest.raises(NoProfileError) as nothing:
        choose(ALIBABA, tmp_path)
    assert "MATUI_OPENSEARCH_APP and MATUI_OPENSEARCH_FUNCTIONS not set" in "; ".join(
        nothing.value.looked_for
    )
    assert "set MATUI_OPENSEARCH_APP and MATUI_OPENSEARCH_FUNCTIONS too" in nothing.value.sentence


def test_opensearchs_region_is_the_vendors_own_before_modelarts(tmp_path: Path) -> None:
    row = {
        "name": "x",
        "mode": "AK",
        "access_key_id": "g",
        "access_key_secret": "h",
        "region_id": "r1",
    }
    file = tmp_path / ".aliyun" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"current": "x", "profiles": [row]}))
    file.chmod(0o600)
    profile = choose(NAMES | {"MATUI_REGION": "cn-north-4"}, tmp_path)
    assert (profile.cloud, profile.region) == ("opensearch", "r1")


def test_modelarts_comes_first_and_a_name_chooses_another(tmp_path: Path) -> None:
    environ = HUAWEI | QIANFAN | ALIBABA | NAMES
    assert choose(environ, tmp_path).name == "environment"
    assert choose(environ, tmp_path, "qianfan").cloud == "qianfan"
    assert choose(environ | {"MATUI_PROFILE": "opensearch"}, tmp_path).cloud == "opensearch"


def test_a_profile_in_the_config_goes_before_one_found_elsewhere(tmp_path: Path) -> None:
    own = Profile.model_validate({"name": "qianfan", "cloud": "qianfan", "ak": "x", "sk": "y"})
    assert choose(QIANFAN, tmp_path, "qianfan", qianfan=own) is own
    assert choose(QIANFAN, tmp_path, None, prod=own) is own
    assert choose(QIANFAN, tmp_path, "qianfan", prod=own).ak is None
    with pytest.raises(ConfigError, match="no profile 'opensearch'"):
        choose(QIANFAN, tmp_path, "opensearch", prod=own)


def test_a_named_one_that_is_not_there_says_where_was_looked(tmp_path: Path) -> None:
    with pytest.raises(NoProfileError) as nothing:
        choose({}, tmp_path, "qianfan")
    told = " ".join(nothing.value.looked_for)
    for place in ("QIANFAN_ACCESS_KEY", ".env", "ALIBABA_CLOUD_ACCESS_KEY_ID", ".aliyun/config.json"):
        assert place in told


def test_a_broken_file_of_another_cloud_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".aliyun").mkdir()
    (tmp_path / ".aliyun" / "config.json").write_text("{")
    with pytest.raises(NoProfileError) as nothing:
        choose({}, tmp_path)
    assert "cannot be read" in nothing.value.looked_for[-1]


def test_qianfans_official_address(tmp_path: Path) -> None:
    there = QIANFAN | {"QIANFAN_CONSOLE_API_BASE_URL": "https://qianfan.example.com/"}
    assert choose(there, tmp_path).endpoint == "https://qianfan.example.com"
    own = Profile.model_validate({"name": "q", "cloud": "qianfan", "endpoint": "https://own.example.com"})
    assert choose(there, tmp_path, "q", q=own).endpoint == "https://own.example.com"
    with pytest.raises(ConfigError, match="QIANFAN_CONSOLE_API_BASE_URL"):
        choose(QIANFAN | {"QIANFAN_CONSOLE_API_BASE_URL": "http://example.com"}, tmp_path)


def test_an_address_in_a_file_counts_for_the_keys_in_it_only(tmp_path: Path) -> None:
    text = (
        "QIANFAN_ACCESS_KEY=a\nQIANFAN_SECRET_KEY=b\nQIANFAN_CONSOLE_API_BASE_URL=https://file.example.com\n"
    )
    (tmp_path / ".env").write_text(text)
    (tmp_path / ".env").chmod(0o600)
    assert choose({}, tmp_path).endpoint == "https://file.example.com"
    assert choose(QIANFAN, tmp_path).endpoint is None
    own = Profile.model_validate({"name": "q", "cloud": "qianfan", "ak": "x", "sk": "y"})
    assert choose({}, tmp_path, "q", q=own).endpoint is None


def test_every_profile_is_one_a_cloud_where_the_config_has_none(tmp_path: Path) -> None:
    file = tmp_path / ".huaweicloud" / "credentials"
    file.parent.mkdir()
    file.write_text("[basic]\nak = A\nsk = S\n")
    file.chmod(0o600)
    environ = {"HOME": str(tmp_path)} | HUAWEI | QIANFAN | ALIBABA | NAMES
    names = list_profile_names(Settings(), None, environ, every=True)
    assert names == ("environment", "qianfan", "opensearch")
    own = Profile.model_validate({"name": "q", "cloud": "qianfan"})
    assert list_profile_names(Settings(profiles={"q": own}), None, environ, every=True) == ("q",)
    assert list_profile_names(Settings(), None, {"HOME": str(tmp_path / "nobody")}, every=True) == ()


def _write_credentials(home: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    file = home / ".huaweicloud" / "credentials"
    file.parent.mkdir()
    file.write_text(text)
    file.chmod(mode)
    return {"HOME": str(home), "MATUI_REGION": "cn-north-4"}


def test_the_sdks_file_is_the_last_resort(tmp_path: Path) -> None:
    environ = _write_credentials(tmp_path, "[basic]\nak = A1\nsk = S%1\nproject_id = p1\n")
    profile = choose_profile(Settings(), None, environ)
    assert (profile.name, profile.project_id) == ("huaweicloud", "p1")
    assert profile.sk is not None
    assert profile.sk.resolve() == "S%1"
    assert choose_profile(Settings(), None, {**environ, **ENV}).name == "environment"


def test_the_sdks_file_must_be_private_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="chmod 600"):
        choose_profile(Settings(), None, _write_credentials(tmp_path, "[basic]\nak=A\nsk=S\n", 0o644))


@pytest.mark.parametrize("text", ["ak = A\nsk = S\n", "[basic\n", "[basic]\nak=A\n"])
def test_a_broken_sdk_file_is_reported_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="credentials"):
        choose_profile(Settings(), None, _write_credentials(tmp_path, text))
