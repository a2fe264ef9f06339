"""Reads the environment: fields that override a profile, or a whole profile of the SDK's variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from matui.base.errors import ConfigError
from matui.base.process import FALSE, TRUE
from matui.config.loading import build_config_error
from matui.config.settings import ConfigSource, Profile

_OVERRIDES = {
    "MATUI_ENDPOINT": "endpoint",
    "MATUI_IAM_ENDPOINT": "iam_endpoint",
    "MATUI_THEME": "theme",
}
_SECRETS = {
    "HUAWEICLOUD_SDK_AK": "ak",
    "HUAWEICLOUD_SDK_SK": "sk",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN": "security_token",
}


def read_overrides(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a profile that ``MATUI_*`` variables set. Raises ConfigError for a wrong value."""
    changes = {
        field: _check(variable, field, value)
        for variable, field in _OVERRIDES.items()
        if (value := read_variable(environ, variable))
    }
    read_only = read_variable(environ, "MATUI_READ_ONLY").lower()
    if read_only:
        if read_only not in TRUE | FALSE:
            raise ConfigError("The value must be 1 or 0.", key="MATUI_READ_ONLY")
        changes["read_only"] = read_only in TRUE
    return changes


def read_official_endpoint(profile: Profile, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the address that Qianfan's official name sets for a profile without one, checked."""
    if profile.cloud != "qianfan" or profile.endpoint is not None:
        return {}
    from matui.config.credentials import BASE_URL, find_qianfan_base_url

    given = find_qianfan_base_url(environ, own_keys=profile.ak is not None)
    return {"endpoint": _check(BASE_URL, "endpoint", given)} if given else {}


def build_environment_profile(environ: Mapping[str, str]) -> Profile | None:
    """Return a profile from the official SDK's variables plus ``MATUI_REGION``, or None without keys.

    Raises ConfigError when only one half of the key pair is there.
    """
    ak, sk = read_variable(environ, "HUAWEICLOUD_SDK_AK"), read_variable(environ, "HUAWEICLOUD_SDK_SK")
    if not ak and not sk:
        return None
    if not (ak and sk):
        missing = "HUAWEICLOUD_SDK_SK" if ak else "HUAWEICLOUD_SDK_AK"
        raise ConfigError("One half of the key pair is missing.", key=missing, remedy=f"Set {missing} too.")
    fields: dict[str, Any] = {
        field: {"env": variable} for variable, field in _SECRETS.items() if read_variable(environ, variable)
    }
    fields |= read_region_and_project(environ, project_variable="HUAWEICLOUD_SDK_PROJECT_ID")
    return build_profile("environment", fields, "the environment")


def read_region_and_project(environ: Mapping[str, str], project_variable: str = "") -> dict[str, str]:
    """Return the region of ``MATUI_REGION``, and the project of the variable, where they are set."""
    found = {
        "region": read_variable(environ, "MATUI_REGION"),
        "project_id": read_variable(environ, project_variable),
    }
    return {field: value for field, value in found.items() if value}


def build_profile(name: str, fields: Mapping[str, Any], origin: str) -> Profile:
    """Return a checked profile that stands in no config file; its problems name ``origin``."""
    try:
        return Profile.model_validate({"name": name, **fields})
    except ValidationError as error:
        from pathlib import Path

        raise build_config_error(error, ConfigSource(Path(origin))) from None


def _check(variable: str, field: str, value: str) -> Any:
    try:
        return getattr(Profile.model_validate({"name": "environment", field: value}), field)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        reason = problem.get("ctx", {}).get("error", "is wrong")
        raise ConfigError(f"The value {reason}.", key=variable) from None


def read_variable(environ: Mapping[str, str], variable: str) -> str:
    """Return the value of a variable without spaces around it, ``""`` where it is not set."""
    return environ.get(variable, "").strip()
