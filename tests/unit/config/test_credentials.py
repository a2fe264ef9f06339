"""Keys of Qianfan and OpenSearch: a profile's own, the official variables, the official files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from matui.base.errors import ConfigError
from matui.config.credentials import find_default_keys, list_key_places
from matui.config.loading import load_settings
from matui.config.profiles import choose_profile
from matui.config.rendering import format_profile
from matui.resources.registry import KIND_KEYS
from tests.unit.config.files import find_keys, write

QIANFAN_FILE = """# of the SDK
export QIANFAN_ACCESS_KEY="file-ak"
QIANFAN_SECRET_KEY=file-sk   # quoted or not
QIANFAN_CONSOLE_API_BASE_URL='https://qianfan.example.com'
OTHER=1
"""


def write_ini_file(home: Path, text: str = "", mode: int = 0o600) -> None:
    plain = "[default]\ntype = access_key\naccess_key_id = ini-ak\naccess_key_secret = ini-sk\n"
    write(home / ".alibabacloud" / "credentials.ini", text or plain, mode)


def test_a_profiles_own_keys_come_first(tmp_path: Path) -> None:
    environ = {"QIANFAN_ACCESS_KEY": "a", "QIANFAN_SECRET_KEY": "b", "HOME": str(tmp_path)}
    assert find_keys("qianfan", environ, ak="x", sk="y") == ("x", "y", None)


def test_qianfans_variables(tmp_path: Path) -> None:
    environ = {"QIANFAN_ACCESS_KEY": "a", "QIANFAN_SECRET_KEY": "b", "HOME": str(tmp_path)}
    assert find_keys("qianfan", environ) == ("a", "b", None)
    with pytest.raises(ConfigError, match="One half") as half:
        find_keys("qianfan", {"QIANFAN_ACCESS_KEY": "a", "HOME": str(tmp_path)})
    assert half.value.key == "QIANFAN_SECRET_KEY"


@pytest.mark.parametrize("cloud", ["qianfan", "opensearch"])
def test_without_keys_it_says_where_it_looked(cloud: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no keys") as none:
        find_keys(cloud, {"HOME": str(tmp_path)})
    assert "in the environment" in none.value.remedy
    with pytest.raises(ConfigError, match="half"):
        find_keys(cloud, {"HOME": str(tmp_path)}, ak="x")


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    write_ini_file(tmp_path, mode=0o644)
    with pytest.raises(ConfigError, match="others than you"):
        find_keys("opensearch", {"HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ('cloud = "qianfan"\nauth = "password"', "signs in by password"),
        ('cloud = "opensearch"\napp = "a"\nfunctions = ["f"]', "no region"),
        ('cloud = "opensearch"\nregion = "cn-hangzhou"\nfunctions = ["f"]', "app group"),
        ('cloud = "opensearch"\nregion = "cn-hangzhou"\napp = "a"', "app group"),
        ('cloud = "qianfan"\nv1_jobs = [[1]]', ""),
        ('cloud = "qianfan"\nv1_jobs = [["a", "b"]]', ""),
    ],
)
def test_an_incomplete_profile_is_refused_with_its_line(lines: str, word: str, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    write(file, f"[profiles.p]\n{lines}\n")
    with pytest.raises(ConfigError, match=word or None) as wrong:
        choose_profile(load_settings(file, {}, KIND_KEYS), None, {})
    assert wrong.value.line


def test_whole_profiles_are_taken_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    write(file, '[profiles.qf]\ncloud = "qianfan"\nv1_jobs = [[7263, 4612]]\n')
    profile = choose_profile(load_settings(file, {}, KIND_KEYS), None, {})
    assert profile.v1_jobs == [[7263, 4612]]
    assert "v1_jobs = [[7263, 4612]]" in format_profile(profile)


def test_qianfans_dot_env_file_after_its_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / ".env", QIANFAN_FILE)
    assert find_keys("qianfan", {}) == ("file-ak", "file-sk", None)
    assert find_keys("qianfan", {"QIANFAN_ACCESS_KEY": "a", "QIANFAN_SECRET_KEY": "b"}) == ("a", "b", None)
    write(tmp_path / "named.env", "QIANFAN_ACCESS_KEY=n\nQIANFAN_SECRET_KEY=m\n")
    assert find_keys("qianfan", {"QIANFAN_DOT_ENV_CONFIG_FILE": str(tmp_path / "named.env")}) == (
        "n",
        "m",
        None,
    )


def test_a_dot_env_file_with_keys_must_be_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "real", QIANFAN_FILE, 0o644)
    (tmp_path / ".env").symlink_to("real")
    with pytest.raises(ConfigError, match="others than you") as open_to_all:
        find_keys("qianfan", {})
    assert "file-sk" not in str(open_to_all.value)
    write(tmp_path / "real", "DATABASE=x\n", 0o644)
    with pytest.raises(ConfigError, match="has no keys"):
        find_keys("qianfan", {})


def test_a_pipe_is_no_file_of_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / ".env", 0o600)
    with pytest.raises(ConfigError, match="has no keys"):
        find_keys("qianfan", {})


@pytest.mark.parametrize("find", [find_default_keys, list_key_places])
def test_keys_of_one_cloud_are_never_taken_for_an_unknown_one(find: Callable[..., object]) -> None:
    environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s"}
    with pytest.raises(ConfigError, match="known for othercloud"):
        find("othercloud", environ)
