"""The credentials file of Huawei Cloud's SDK."""

from __future__ import annotations

from pathlib import Path

import pytest

from matui.base.errors import ConfigError
from matui.config.profiles import choose_profile
from matui.config.settings import Settings

ENV = {"HUAWEICLOUD_SDK_AK": "A", "HUAWEICLOUD_SDK_SK": "S"}


def _credentials(home: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    file = home / ".huaweicloud" / "credentials"
    file.parent.mkdir()
    file.write_text(text)
    file.chmod(mode)
    return {"HOME": str(home), "MATUI_REGION": "cn-north-4"}


def test_the_sdks_file_is_the_last_resort(tmp_path: Path) -> None:
    environ = _credentials(tmp_path, "[basic]\nak = A1\nsk = S%1\nproject_id = p1\n")
    profile = choose_profile(Settings(), None, environ)
    assert (profile.name, profile.project_id) == ("huaweicloud", "p1")
    assert profile.sk is not None
    assert profile.sk.resolve() == "S%1"
    assert choose_profile(Settings(), None, {**environ, **ENV}).name == "environment"


def test_the_sdks_file_must_be_private_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="chmod 600"):
        choose_profile(Settings(), None, _credentials(tmp_path, "[basic]\nak=A\nsk=S\n", 0o644))


@pytest.mark.parametrize("text", ["ak = A\nsk = S\n", "[basic\n", "[basic]\nak=A\n"])
def test_a_broken_sdk_file_is_told_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="credentials"):
        choose_profile(Settings(), None, _credentials(tmp_path, text))
