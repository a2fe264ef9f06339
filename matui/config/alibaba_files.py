"""Reads keys from Alibaba Cloud's official files: that of its command line, then that of its SDKs."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matui.base.errors import ConfigError
from matui.base.text.sanitize import clean
from matui.config.private_files import get_home_dir, read_text, refuse_if_readable_by_others

_PAIR = ("access_key_id", "access_key_secret")
_NAMES_BY_MODE: Mapping[str, tuple[str, ...]] = {"AK": _PAIR, "StsToken": (*_PAIR, "sts_token")}
_WITH_KEYS = tuple(_NAMES_BY_MODE)
_SIGN_INS = ("CloudSSO", "OAuth")  # the command line stores their temporary keys until they expire
_LEAST_VALID_S = 60.0
Keys = dict[str, str]
"""``ak``, ``sk`` and perhaps ``security_token``."""


def find_alibaba_keys(environ: Mapping[str, str]) -> Keys | None:
    """Return the keys of the first file that has any. Raises ConfigError for one that others can read."""
    return _read_cli_keys(environ) or _read_ini_keys(environ)


def find_alibaba_region(environ: Mapping[str, str]) -> str:
    """Return the region that the command line's profile is set to, ``""`` for none."""
    region = (read_cli_profile(environ) or {}).get("region_id")
    return region.strip() if isinstance(region, str) else ""


def list_alibaba_places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the places that were searched, and what is there that matui cannot sign in with."""
    section = clean(get_section(environ))
    return (
        f"a profile in {_get_cli_file(environ)}{describe_keyless(environ)}",
        f"[{section}] in {get_ini_file(environ)}",
    )


def describe_keyless(environ: Mapping[str, str]) -> str:
    """Return why the command line's profile has no keys for matui, in brackets; ``""`` for any other."""
    try:
        chosen = None if _is_cli_off(environ) else read_cli_profile(environ)
    except ConfigError:
        return " (it cannot be read)"
    mode = clean(str(chosen.get("mode"))) if chosen else ""
    if chosen is not None and mode in _SIGN_INS:
        lacks = "has no temporary keys" if not chosen.get("sts_token") else "has expired temporary keys"
        return f" (it is of mode {mode} and {lacks}: run any aliyun command to sign in and store them)"
    if mode and mode not in _WITH_KEYS:
        return f" (it is of mode {mode}, which holds no keys)"
    lacking = _list_lacking(chosen or {})
    return f" (it is of mode {mode} and lacks {' and '.join(lacking)})" if lacking else ""


def read_cli_profile(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the profile in use of the command line's file, None without. Raises ConfigError."""
    file = _get_cli_file(environ)
    text = read_text(file)
    if text is None:
        return None
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError("The file is not JSON.", file=str(file), remedy="Repair or remove it.") from None
    if not isinstance(tree, dict):
        return None
    wanted = environ.get("ALIBABA_CLOUD_PROFILE", "").strip() or tree.get("current")
    profiles = tree.get("profiles")
    rows = [row for row in profiles if isinstance(row, dict)] if isinstance(profiles, list) else []
    return next((row for row in rows if row.get("name") == wanted and wanted), None)


def _read_cli_keys(environ: Mapping[str, str]) -> Keys | None:
    chosen = None if _is_cli_off(environ) else read_cli_profile(environ)
    if chosen is None or not (chosen.get("mode") in _WITH_KEYS or _holds_temporary_keys(chosen)):
        return None
    if _list_lacking(chosen):
        return None
    return _read_keys(chosen, ("access_key_id", "access_key_secret", "sts_token"), _get_cli_file(environ))


def _list_lacking(profile: Mapping[str, Any]) -> list[str]:
    """Return the names of the keys that a profile lacks for its mode."""
    names = _NAMES_BY_MODE.get(str(profile.get("mode")), ())
    return [name for name in names if not (isinstance(value := profile.get(name), str) and value.strip())]


def _holds_temporary_keys(profile: Mapping[str, Any]) -> bool:
    """Whether a sign-in's temporary keys are there and not about to expire."""
    expires = profile.get("sts_expiration")
    valid = isinstance(expires, int | float) and expires > time.time() + _LEAST_VALID_S
    return profile.get("mode") in _SIGN_INS and bool(profile.get("sts_token")) and valid


def _read_ini_keys(environ: Mapping[str, str]) -> Keys | None:
    file, name = get_ini_file(environ), get_section(environ)
    text = read_text(file)
    if text is None:
        return None
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ConfigError(
            "This is not an INI file with a section [default].",
            file=str(file),
            line=getattr(error, "lineno", None),
            remedy="Repair or remove it.",
        ) from None
    section = dict(parser.items(name)) if parser.has_section(name) else {}
    if section.get("type", "access_key").strip() not in ("access_key", "sts"):
        return None
    return _read_keys(section, ("access_key_id", "access_key_secret", "security_token"), file)


def _read_keys(table: Mapping[str, Any], names: tuple[str, ...], file: Path) -> Keys | None:
    values = [value.strip() if isinstance(value := table.get(name), str) else "" for name in names]
    if not (values[0] and values[1]):
        return None
    refuse_if_readable_by_others(file)
    return dict(zip(("ak", "sk", "security_token"), values, strict=True))


def get_section(environ: Mapping[str, str]) -> str:
    """Return the section of the SDKs' file that is in use."""
    return environ.get("ALIBABA_CLOUD_PROFILE", "").strip() or "default"


def _is_cli_off(environ: Mapping[str, str]) -> bool:
    return environ.get("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "").strip().lower() == "true"


def _get_cli_file(environ: Mapping[str, str]) -> Path:
    return get_home_dir(environ) / ".aliyun" / "config.json"


def get_ini_file(environ: Mapping[str, str]) -> Path:
    """Return the place of the SDKs' file."""
    named = environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE", "").strip()
    return Path(named).expanduser() if named else get_home_dir(environ) / ".alibabacloud" / "credentials.ini"
