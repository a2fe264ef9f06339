"""Files that others can change or own are refused; pipes, devices and large files are not read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from matui.base.errors import ConfigError
from matui.config import private_files
from matui.config.loading import load_settings
from matui.config.private_files import (
    find_folder_open_to_others,
    read_regular_file,
    refuse_if_changed_by_others,
)
from matui.resources.registry import KIND_KEYS

PLAIN = '[profiles.p]\nregion = "cn-north-4"\nak = { env = "A" }\nsk = { env = "S" }\n'


def _write_config(folder: Path, mode: int) -> Path:
    file = folder / "my config.toml"
    file.write_text(PLAIN)
    file.chmod(mode)
    return file


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_a_config_that_its_owner_alone_can_change_is_read(mode: int, tmp_path: Path) -> None:
    assert "p" in load_settings(_write_config(tmp_path, mode), {}, KIND_KEYS).profiles


@pytest.mark.parametrize(
    ("mode", "change"),
    [(0o602, "chmod o-w"), (0o666, "chmod g-w,o-w"), (0o664, "chmod g-w"), (0o646, "chmod o-w")],
)
def test_a_config_that_others_can_change_is_refused_whatever_it_holds(
    mode: int, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_files, "_is_private_group", lambda _gid: False)
    file = _write_config(tmp_path, mode)
    with pytest.raises(ConfigError, match="can be changed by") as caught:
        load_settings(file, {}, KIND_KEYS)
    assert caught.value.remedy == f"Fix: {change} '{file}'"


def test_the_users_private_group_may_change_a_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_files, "_is_private_group", lambda _gid: True)
    assert load_settings(_write_config(tmp_path, 0o664), {}, KIND_KEYS).profiles


@pytest.mark.parametrize(
    ("owner", "refused"), [(0, False), (1000, False), (1001, True)], ids=["root", "user", "another"]
)
def test_a_config_of_another_user_is_refused(
    owner: int, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _write_config(tmp_path, 0o600)
    status = os.stat_result((0o100600, 0, 0, 1, owner, 0, 10, 0, 0, 0))
    monkeypatch.setattr(private_files, "_read_status", lambda _file: status)
    monkeypatch.setattr(private_files.os, "geteuid", lambda: 1000)
    if not refused:
        refuse_if_changed_by_others(file)
        return
    with pytest.raises(ConfigError, match="belongs to 1001") as caught:
        refuse_if_changed_by_others(file)
    assert "sudo chown" in caught.value.remedy


@pytest.mark.parametrize("above", [False, True], ids=["its folder", "a folder above"])
def test_a_folder_that_everybody_can_write_to_is_found(above: bool, tmp_path: Path) -> None:
    folder = tmp_path / "open" / "own" if above else tmp_path / "open"
    folder.mkdir(parents=True)
    file = _write_config(folder, 0o600)
    assert find_folder_open_to_others(file) is None
    (tmp_path / "open").chmod(0o707)
    (tmp_path / "link").symlink_to(file)
    assert (
        find_folder_open_to_others(file) == find_folder_open_to_others(tmp_path / "link") == tmp_path / "open"
    )
    assert load_settings(file, {}, KIND_KEYS).profiles
    (tmp_path / "open").chmod(0o1777)
    assert find_folder_open_to_others(file) is None


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="not a regular file"):
        load_settings(tmp_path / "pipe", {}, KIND_KEYS)


def test_a_device_and_a_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "zero").symlink_to("/dev/zero")
    for file in (tmp_path / "zero", tmp_path):
        with pytest.raises(ConfigError, match="not a regular file"):
            load_settings(file, {}, KIND_KEYS)


def test_a_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as opened:
        opened.truncate(10**12)
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        read_regular_file(file)
