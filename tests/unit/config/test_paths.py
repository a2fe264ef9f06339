"""Folders: private, and no reason not to start."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from matui.config import paths


def test_generations_are_looked_up_without_a_cache_folder(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert paths.make_cache_dir() == tmp_path / "file" / "matui"


def test_the_cache_folder_is_private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert paths.make_cache_dir().stat().st_mode & 0o777 == 0o700


def test_the_place_of_the_audit_and_of_themes_is_named_without_being_made(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert paths.get_state_path() == tmp_path / "matui"
    assert paths.get_user_themes_dir() == tmp_path / "matui" / "themes"
    assert not (tmp_path / "matui").exists()


_PURPOSES = ("config", "state", "cache")


def _list_ours() -> list[Path]:
    return [paths.get_config_dir(), paths.get_state_path(), paths.make_cache_dir()]


def _list_theirs() -> list[Path]:
    return [getattr(platformdirs, f"user_{purpose}_path")("matui", appauthor=False) for purpose in _PURPOSES]


@pytest.mark.parametrize("named", [None, "", " ", "elsewhere"])
@pytest.mark.parametrize("system", ["linux", "another"])
def test_the_folders_are_the_platforms(
    named: str | None, system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for purpose in _PURPOSES:
        variable = f"XDG_{purpose.upper()}_HOME"
        monkeypatch.delenv(variable, raising=False)
        if named is not None:
            monkeypatch.setenv(variable, str(tmp_path / named / purpose) if named.strip() else named)
    monkeypatch.setattr("matui.config.paths.sys.platform", system)
    assert _list_ours() == _list_theirs()
