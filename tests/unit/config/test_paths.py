"""Folders: private, and no reason not to start."""

from __future__ import annotations

from matui.config import paths


def test_a_cache_folder_that_cannot_be_made_keeps_nobody_from_looking(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert paths.cache_dir() == tmp_path / "file" / "matui"


def test_the_cache_folder_is_private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert paths.cache_dir().stat().st_mode & 0o777 == 0o700


def test_the_place_of_the_audit_and_of_themes_is_named_without_being_made(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert paths.state_path() == tmp_path / "matui"
    assert paths.user_themes_dir() == tmp_path / "matui" / "themes"
    assert not (tmp_path / "matui").exists()
