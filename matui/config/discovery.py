"""Builds profiles from the official variables and files of each cloud when no config file has any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matui.base.errors import ConfigError
from matui.base.text.sanitize import clean
from matui.config.environment import (
    build_environment_profile,
    build_profile,
    read_region_and_project,
    read_variable,
)
from matui.config.private_files import get_home_dir, read_text, refuse_if_readable_by_others
from matui.config.settings import Profile

_APP, _FUNCTIONS = "MATUI_OPENSEARCH_APP", "MATUI_OPENSEARCH_FUNCTIONS"
Finder = Callable[[Mapping[str, str]], Profile | None]
_HUAWEI_FIELDS = ("ak", "sk", "security_token", "project_id", "iam_endpoint")


def find_profile(name: str | None, environ: Mapping[str, str]) -> Profile | None:
    """Return the profile of that name, the first one for None: ModelArts, then Qianfan, then OpenSearch.

    Raises ConfigError for half a key pair, a broken file, or one with secrets that others can read.
    """
    if name is not None:
        return _FINDERS[name](environ) if name in _FINDERS else None
    return next((found for find in _FINDERS.values() if (found := find(environ)) is not None), None)


def find_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of all that there are, one a cloud. Raises ConfigError as ``find_profile`` does."""
    found = (find(environ) for find in _FINDERS.values())
    by_cloud: dict[str, str] = {}
    for profile in found:
        if profile is not None:
            by_cloud.setdefault(profile.cloud, profile.name)
    return tuple(by_cloud.values())


def list_places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the places that were searched and what each lacks, one text each."""
    from matui.config.credentials import list_key_places

    qianfan = " or ".join(list_key_places("qianfan", environ))
    opensearch = " or ".join(list_key_places("opensearch", environ))
    return (
        "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK in the environment (not set)",
        f"[basic] in {get_credentials_file(environ)} (nothing usable there)",
        f"Qianfan: {qianfan} (no keys there)",
        f"OpenSearch: {opensearch} ({_describe_missing(environ)})",
    )


def _describe_missing(environ: Mapping[str, str]) -> str:
    missing = list_missing_names(environ)
    return f"{' and '.join(missing)} not set" if missing else "no keys there"


def list_missing_names(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that OpenSearch needs beside keys and that are not set."""
    return [name for name in (_APP, _FUNCTIONS) if not read_variable(environ, name)]


def _find_qianfan(environ: Mapping[str, str]) -> Profile | None:
    from matui.config.credentials import find_default_keys

    if find_default_keys("qianfan", environ) is None:
        return None
    return build_profile("qianfan", {"cloud": "qianfan"}, "the environment")


def _find_opensearch(environ: Mapping[str, str]) -> Profile | None:
    """Return a profile where the app group and its functions are named too: no call lists them."""
    from matui.config.credentials import find_default_keys

    app, functions = read_variable(environ, _APP), read_variable(environ, _FUNCTIONS)
    if not (app and functions) or find_default_keys("opensearch", environ) is None:
        return None
    fields: dict[str, Any] = {"cloud": "opensearch", "app": app}
    fields["functions"] = [name.strip() for name in functions.split(",") if name.strip()]
    region = _find_region(environ)
    return build_profile("opensearch", fields | ({"region": region} if region else {}), "the environment")


def _find_region(environ: Mapping[str, str]) -> str:
    """Return the region of the vendor's command line, else ``MATUI_REGION``, which may be ModelArts'."""
    from matui.config.alibaba_files import find_alibaba_region

    return clean(find_alibaba_region(environ)) or read_variable(environ, "MATUI_REGION")


def get_credentials_file(environ: Mapping[str, str]) -> Path:
    """Return the file's place: ``HUAWEICLOUD_SDK_CREDENTIALS_FILE`` or ``~/.huaweicloud/credentials``."""
    named = read_variable(environ, "HUAWEICLOUD_SDK_CREDENTIALS_FILE")
    if named:
        return Path(named).expanduser()
    return get_home_dir(environ) / ".huaweicloud" / "credentials"


def read_file_profile(environ: Mapping[str, str]) -> Profile | None:
    """Return a profile from ``[basic]`` plus ``MATUI_REGION``, or None without a file or keys in it.

    Raises ConfigError for a malformed file, half a key pair, or a file that others can read.
    """
    file = get_credentials_file(environ)
    basic = _read_basic(file)
    if not basic.get("ak") and not basic.get("sk"):
        return None
    for missing in ("ak", "sk"):
        if not basic.get(missing):
            raise ConfigError(
                "One half of the key pair is missing.",
                file=str(file),
                key=f"basic.{missing}",
                remedy=f"Add {missing} to its section [basic].",
            )
    refuse_if_readable_by_others(file)
    fields: dict[str, Any] = {field: basic[field] for field in _HUAWEI_FIELDS if basic.get(field)}
    return build_profile("huaweicloud", fields | read_region_and_project(environ), str(file))


def _read_basic(file: Path) -> dict[str, str]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(file) or "")
    except configparser.Error as error:
        line = getattr(error, "lineno", None)
        raise ConfigError(
            "This is not an INI file with a section [basic].",
            file=str(file),
            line=line,
            remedy="Repair or remove it.",
        ) from None
    if not parser.has_section("basic"):
        return {}
    return {key: value.strip() for key, value in parser.items("basic")}


_FINDERS: dict[str, Finder] = {
    "environment": build_environment_profile,
    "huaweicloud": read_file_profile,
    "qianfan": _find_qianfan,
    "opensearch": _find_opensearch,
}
NAMES = tuple(_FINDERS)
