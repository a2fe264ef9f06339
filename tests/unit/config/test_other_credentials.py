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
        ("HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_SDK_AK"),
        ("HC_CONTAINER_CREDENTIALS_FULL_URI", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
        ("QIANFAN_AK", "QIANFAN_ACCESS_KEY"),
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


def test_keys_for_global_services_alone_are_named(tmp_path: Path) -> None:
    file = tmp_path / ".huaweicloud" / "credentials"
    file.parent.mkdir()
    file.write_text("[global]\nak = SECRETKEY\nsk = SECRETKEY\n")
    (text,) = describe_other_credentials({"HOME": str(tmp_path)})
    assert text == f"{file} has keys in [global] only, for services without a region: add them to [basic]"
    file.write_text("[global]\nak = A\nsk = A\n[basic]\nak = B\nsk = B\n")
    assert describe_other_credentials({"HOME": str(tmp_path)}) == ()


@pytest.mark.parametrize(
    ("kind", "named"), [("ram_role_arn", True), ("oidc_role_arn", True), ("access_key", False), ("", False)]
)
def test_what_alibabas_sdks_hold_in_place_of_keys_is_named(kind: str, named: bool, tmp_path: Path) -> None:
    file = tmp_path / ".alibabacloud" / "credentials.ini"
    file.parent.mkdir()
    file.write_text(f"[default]\ntype = {kind}\n")
    found = describe_other_credentials({"HOME": str(tmp_path)})
    assert [f"is of type {kind}, which matui does not read" in text for text in found] == [True] * named


def test_keys_of_alibaba_name_what_they_lack_for_opensearch(tmp_path: Path) -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "SECRETKEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "SECRETKEY"}
    environ = {"HOME": str(tmp_path), **keys, "MATUI_OPENSEARCH_APP": "app"}
    (text,) = describe_other_credentials(environ)
    assert text == "Alibaba Cloud's keys are set: set MATUI_OPENSEARCH_FUNCTIONS too, for OpenSearch"
    assert describe_other_credentials(environ | {"MATUI_OPENSEARCH_FUNCTIONS": "f"}) == ()


@pytest.mark.parametrize("text", ["no section", "[default\n", "\0"])
def test_a_broken_file_of_keys_is_passed_over(text: str, tmp_path: Path) -> None:
    for place in (".huaweicloud/credentials", ".alibabacloud/credentials.ini"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text(text)
    assert describe_other_credentials({"HOME": str(tmp_path)}) == ()
