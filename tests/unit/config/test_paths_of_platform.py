"""The folders are those that platformdirs names, which Linux does without."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from matui.config import paths

_PURPOSES = ("config", "state", "cache")


def _ours() -> list[Path]:
    return [paths.config_dir(), paths.state_path(), paths.cache_dir()]


def _theirs() -> list[Path]:
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
    assert _ours() == _theirs()
