"""Files of keys and of settings, and what is read from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matui.config.credentials import add_default_keys
from matui.config.loading import load_settings
from matui.config.settings import Profile, Settings
from matui.resources.registry import KIND_KEYS


def find_keys(cloud: str, environ: dict[str, str], **own: Any) -> tuple[str | None, ...]:
    profile = add_default_keys(Profile.model_validate({"name": "p", "cloud": cloud, **own}), environ)
    sources = (profile.ak, profile.sk, profile.security_token)
    return tuple(source and source.resolve(environ) for source in sources)


def write(file: Path, text: str, mode: int = 0o600) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


def write_config(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def load_text(tmp_path: Path, text: str) -> Settings:
    return load_settings(write_config(tmp_path, text), {}, KIND_KEYS)
