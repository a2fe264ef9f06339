"""Credentials of other tools are named with what to set instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matui.config.other_credentials import describe_other_credentials
from matui.config.profiles import NoProfileError, choose_profile
from matui.config.settings import Settings


def test_nothing_is_said_where_nothing_is_set(tmp_path: Path) -> None:
    assert describe_other_credentials({"HOME": str(tmp_path)}) == ()


@pytest.mark.parametrize(
    ("variable", "instead"),
    [
        ("HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK"),
        ("ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        ("BAIDUCLOUD_ACCESS_KEY", "QIANFAN_ACCESS_KEY"),
        ("OS_PASSWORD", 'auth = "password"'),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    ],
)
def test_a_variable_of_terraform_is_named(variable: str, instead: str, tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), variable: "SECRETKEY"}
    with pytest.raises(NoProfileError) as nothing:
        choose_profile(Settings(), None, environ)
    [line] = [line for line in nothing.value.looked_for if variable in line]
    assert "which matui does not read" in line
    assert line in nothing.value.sentence
    assert instead in line
    assert "SECRETKEY" not in line


@pytest.mark.parametrize(("mode", "token"), [("SSO", True), ("AKSK", False)])
def test_koocli_is_named_with_its_mode(mode: str, token: bool, tmp_path: Path) -> None:
    file = tmp_path / ".hcloud" / "config.json"
    file.parent.mkdir()
    row = {"name": "default", "mode": mode, "accessKeyId": "SECRETKEY"}
    file.write_text(json.dumps({"current": "default", "profiles": [row]}))
    [line] = describe_other_credentials({"HOME": str(tmp_path)})
    assert f"KooCLI, mode {mode}" in line
    assert ("HUAWEICLOUD_SDK_SECURITY_TOKEN" in line) is token
    assert "SECRETKEY" not in line


@pytest.mark.parametrize("text", ["", "[]", "{", '{"profiles": 5}', '{"profiles": [5]}'])
def test_a_broken_file_of_koocli_is_passed_over(text: str, tmp_path: Path) -> None:
    file = tmp_path / ".hcloud" / "config.json"
    file.parent.mkdir()
    file.write_text(text)
    assert describe_other_credentials({"HOME": str(tmp_path)}) == ()


@pytest.mark.parametrize(
    ("mode", "words"), [("OAuth", "has no temporary keys: run"), ("External", "holds no keys")]
)
def test_a_sign_in_of_the_aliyun_command_line_is_named(mode: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / ".aliyun" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"current": "x", "profiles": [{"name": "x", "mode": mode}]}))
    (text,) = describe_other_credentials({"HOME": str(tmp_path)})
    assert f"of mode {mode}" in text
    assert words in text
