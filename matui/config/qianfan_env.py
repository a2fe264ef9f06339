"""Reads Qianfan's official settings from the ``.env`` file that its SDK reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from matui.config.private_files import read_text, refuse_if_readable_by_others

AK, SK, BASE_URL = "QIANFAN_ACCESS_KEY", "QIANFAN_SECRET_KEY", "QIANFAN_CONSOLE_API_BASE_URL"
_FILE = "QIANFAN_DOT_ENV_CONFIG_FILE"
_LINE = re.compile(r"(?:export\s+)?(QIANFAN_[A-Z_]+)\s*=\s*(.*)")


def dot_env_file(environ: Mapping[str, str]) -> Path:
    """Return the file's place: ``QIANFAN_DOT_ENV_CONFIG_FILE``, or ``.env`` in the working folder."""
    named = environ.get(_FILE, "").strip()
    return Path(named).expanduser() if named else Path(".env")


def read_dot_env(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the ``QIANFAN_…`` settings of the file, none unless it holds a whole key pair.

    Raises ConfigError for a file that holds one and can be read by others.
    """
    file = dot_env_file(environ)
    found = _settings(read_text(file) or "")
    if not (found.get(AK) and found.get(SK)):
        return {}
    refuse_if_readable_by_others(file)
    return found


def qianfan_base_url(environ: Mapping[str, str], *, own_keys: bool) -> str:
    """Return the official address setting, ``""`` for none.

    The file's counts only where the keys are the file's too: with ``own_keys`` they are the profile's.
    """
    given = environ.get(BASE_URL, "").strip()
    if given or own_keys or environ.get(AK, "").strip() or environ.get(SK, "").strip():
        return given
    return read_dot_env(environ).get(BASE_URL, "")


def _settings(text: str) -> dict[str, str]:
    matches = (_LINE.fullmatch(line.strip()) for line in text.splitlines())
    return {match[1]: _value(match[2].strip()) for match in matches if match}


def _value(reported: str) -> str:
    """Return a value without its quotes, or without the comment behind it."""
    quoted = re.match(r"""(["'])(.*?)\1""", reported)
    return quoted[2] if quoted else re.split(r"\s#", reported, maxsplit=1)[0].strip()
