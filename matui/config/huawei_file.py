"""Reads the file of Huawei Cloud's SDK, ``~/.huaweicloud/credentials``: INI, section ``[basic]``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matui.base.errors import ConfigError
from matui.config.environment import build_profile, region_and_project
from matui.config.private_files import home_dir, read_text, refuse_if_readable_by_others
from matui.config.settings import Profile

_FIELDS = ("ak", "sk", "security_token", "project_id", "iam_endpoint")


def credentials_file(environ: Mapping[str, str]) -> Path:
    """Return the file's place: ``HUAWEICLOUD_SDK_CREDENTIALS_FILE`` or ``~/.huaweicloud/credentials``."""
    named = environ.get("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "").strip()
    if named:
        return Path(named).expanduser()
    return home_dir(environ) / ".huaweicloud" / "credentials"


def file_profile(environ: Mapping[str, str]) -> Profile | None:
    """Return a profile from ``[basic]`` plus ``MATUI_REGION``, or None without a file or keys in it.

    Raises ConfigError for a malformed file, half a key pair, or a file that others can read.
    """
    file = credentials_file(environ)
    basic = _read_basic(file)
    if not basic.get("ak") and not basic.get("sk"):
        return None
    for missing in ("ak", "sk"):
        if not basic.get(missing):
            raise ConfigError("One half of the key pair is missing.", file=str(file), key=f"basic.{missing}")
    refuse_if_readable_by_others(file)
    fields: dict[str, Any] = {field: basic[field] for field in _FIELDS if basic.get(field)}
    return build_profile("huaweicloud", fields | region_and_project(environ), str(file))


def _read_basic(file: Path) -> dict[str, str]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(file) or "")
    except configparser.Error as error:
        line = getattr(error, "lineno", None)
        raise ConfigError(
            "This is not an INI file with a section [basic].", file=str(file), line=line
        ) from None
    if not parser.has_section("basic"):
        return {}
    return {key: value.strip() for key, value in parser.items("basic")}
