"""Alibaba Cloud's files: that of the command line, then that of the SDKs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from matui.base.errors import ConfigError
from tests.unit.config.files import find_keys, write

ALIBABA = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "env-ak", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-sk"}


def write_cli_file(home: Path, current: str = "default", **row: Any) -> None:
    told = {"name": "default", "mode": "AK", "access_key_id": "cli-ak", "access_key_secret": "cli-sk"} | row
    other = {"name": "other", "mode": "AK", "access_key_id": "other-ak", "access_key_secret": "other-sk"}
    write(home / ".aliyun" / "config.json", json.dumps({"current": current, "profiles": [told, other]}))


def write_ini_file(home: Path, text: str = "", mode: int = 0o600) -> None:
    plain = "[default]\ntype = access_key\naccess_key_id = ini-ak\naccess_key_secret = ini-sk\n"
    write(home / ".alibabacloud" / "credentials.ini", text or plain, mode)


def test_alibabas_places_in_their_order(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    write_ini_file(tmp_path)
    assert find_keys("opensearch", home) == ("ini-ak", "ini-sk", None)
    write_cli_file(tmp_path)
    assert find_keys("opensearch", home) == ("cli-ak", "cli-sk", None)
    assert find_keys("opensearch", home | {"ALIBABA_CLOUD_PROFILE": "other"}) == (
        "other-ak",
        "other-sk",
        None,
    )
    assert find_keys("opensearch", home | ALIBABA) == ("env-ak", "env-sk", None)
    with_token = home | ALIBABA | {"ALIBABA_CLOUD_SECURITY_TOKEN": "token"}
    assert find_keys("opensearch", with_token) == ("env-ak", "env-sk", "token")


def test_temporary_keys_of_the_command_lines_file(tmp_path: Path) -> None:
    write_cli_file(tmp_path, mode="StsToken", sts_token="t")
    assert find_keys("opensearch", {"HOME": str(tmp_path)}) == ("cli-ak", "cli-sk", "t")


def test_another_way_to_sign_in_is_not_mistaken_for_keys(tmp_path: Path) -> None:
    write_cli_file(tmp_path, mode="EcsRamRole")
    write_ini_file(tmp_path)
    assert find_keys("opensearch", {"HOME": str(tmp_path)}) == ("ini-ak", "ini-sk", None)


def test_a_named_credentials_file(tmp_path: Path) -> None:
    write(tmp_path / "c.ini", "[default]\ntype=sts\naccess_key_id=a\naccess_key_secret=b\nsecurity_token=c\n")
    environ = {"HOME": str(tmp_path), "ALIBABA_CLOUD_CREDENTIALS_FILE": str(tmp_path / "c.ini")}
    assert find_keys("opensearch", environ) == ("a", "b", "c")


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"profiles": 3}', '{"profiles": [1], "current": null}'])
def test_a_broken_file_is_reported_or_passed_over(text: str, tmp_path: Path) -> None:
    write(tmp_path / ".aliyun" / "config.json", text)
    with pytest.raises(ConfigError):
        find_keys("opensearch", {"HOME": str(tmp_path)})


def test_the_section_that_alibabas_variable_names(tmp_path: Path) -> None:
    write_ini_file(
        tmp_path, "[default]\ntype=ram_role_arn\n[ci]\naccess_key_id=ci-ak\naccess_key_secret=ci-sk\n"
    )
    environ = {"HOME": str(tmp_path), "ALIBABA_CLOUD_PROFILE": "ci"}
    assert find_keys("opensearch", environ) == ("ci-ak", "ci-sk", None)


def test_the_command_lines_file_can_be_switched_off(tmp_path: Path) -> None:
    write_cli_file(tmp_path)
    write_ini_file(tmp_path)
    environ = {"HOME": str(tmp_path), "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true"}
    assert find_keys("opensearch", environ) == ("ini-ak", "ini-sk", None)


def test_a_way_to_sign_in_that_holds_no_keys_is_named(tmp_path: Path) -> None:
    write_cli_file(tmp_path, mode="RamRoleArn")
    environ = {"HOME": str(tmp_path), "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/x"}
    with pytest.raises(ConfigError, match="has no keys") as none:
        find_keys("opensearch", environ)
    assert "mode RamRoleArn" in none.value.remedy
    assert "assumes no roles" in none.value.remedy


@pytest.mark.parametrize("mode", ["CloudSSO", "OAuth"])
def test_temporary_keys_of_a_sign_in_are_used_until_they_expire(mode: str, tmp_path: Path) -> None:
    signed_in: dict[str, Any] = {"mode": mode, "sts_token": "t", "sts_expiration": int(time.time()) + 600}
    write_cli_file(tmp_path, **signed_in)
    assert find_keys("opensearch", {"HOME": str(tmp_path)}) == ("cli-ak", "cli-sk", "t")
    write_cli_file(tmp_path, **{**signed_in, "sts_expiration": int(time.time()) - 1})
    with pytest.raises(ConfigError, match="has no keys") as none:
        find_keys("opensearch", {"HOME": str(tmp_path)})
    assert f"mode {mode} and has expired temporary keys" in none.value.remedy
    write_cli_file(tmp_path, mode=mode)
    with pytest.raises(ConfigError) as none:
        find_keys("opensearch", {"HOME": str(tmp_path)})
    assert f"mode {mode} and has no temporary keys" in none.value.remedy


@pytest.mark.parametrize(
    ("row", "lacks"),
    [
        ({"mode": "StsToken"}, "of mode StsToken and lacks sts_token"),
        ({"mode": "StsToken", "access_key_id": " ", "sts_token": "t"}, "StsToken and lacks access_key_id"),
        ({"mode": "AK", "access_key_secret": None}, "of mode AK and lacks access_key_secret"),
        ({"mode": ["AK"]}, "which holds no keys"),
    ],
)
def test_a_profile_that_lacks_keys_of_its_mode_is_named(
    row: dict[str, Any], lacks: str, tmp_path: Path
) -> None:
    write_cli_file(tmp_path, **row)
    with pytest.raises(ConfigError, match="has no keys") as none:
        find_keys("opensearch", {"HOME": str(tmp_path)})
    assert lacks in none.value.remedy
