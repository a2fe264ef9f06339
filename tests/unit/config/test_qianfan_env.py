"""Qianfan's .env file: read after the variables, private, a regular file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from matui.base.errors import ConfigError
from matui.config.credentials import add_default_keys
from matui.config.settings import Profile


def keys(cloud: str, environ: dict[str, str], **own: Any) -> tuple[str | None, ...]:
    profile = add_default_keys(Profile.model_validate({"name": "p", "cloud": cloud, **own}), environ)
    sources = (profile.ak, profile.sk, profile.security_token)
    return tuple(source and source.resolve(environ) for source in sources)


def write(file: Path, text: str, mode: int = 0o600) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


QIANFAN_FILE = """# of the SDK
export QIANFAN_ACCESS_KEY="file-ak"
QIANFAN_SECRET_KEY=file-sk   # quoted or not
QIANFAN_CONSOLE_API_BASE_URL='https://qianfan.example.com'
OTHER=1
"""


def test_qianfans_dot_env_file_after_its_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / ".env", QIANFAN_FILE)
    assert keys("qianfan", {}) == ("file-ak", "file-sk", None)
    assert keys("qianfan", {"QIANFAN_ACCESS_KEY": "a", "QIANFAN_SECRET_KEY": "b"}) == ("a", "b", None)
    write(tmp_path / "named.env", "QIANFAN_ACCESS_KEY=n\nQIANFAN_SECRET_KEY=m\n")
    assert keys("qianfan", {"QIANFAN_DOT_ENV_CONFIG_FILE": str(tmp_path / "named.env")}) == ("n", "m", None)


def test_a_dot_env_file_with_keys_must_be_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "real", QIANFAN_FILE, 0o644)
    (tmp_path / ".env").symlink_to("real")
    with pytest.raises(ConfigError, match="others than you") as open_to_all:
        keys("qianfan", {})
    assert "file-sk" not in str(open_to_all.value)
    write(tmp_path / "real", "DATABASE=x\n", 0o644)
    with pytest.raises(ConfigError, match="has no keys"):
        keys("qianfan", {})


def test_a_pipe_is_no_file_of_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / ".env", 0o600)
    with pytest.raises(ConfigError, match="has no keys"):
        keys("qianfan", {})
