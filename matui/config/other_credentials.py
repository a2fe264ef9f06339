"""Names the credentials of other tools that are set, which matui does not read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matui.base.errors import ConfigError
from matui.base.text.sanitize import clean
from matui.config.alibaba_files import describe_keyless, get_ini_file, get_section
from matui.config.credentials import find_default_keys
from matui.config.discovery import get_credentials_file, list_missing_names
from matui.config.private_files import get_home_dir, read_text

_HUAWEI = "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"
_HUAWEI_TEMPORARY = f"{_HUAWEI} and HUAWEICLOUD_SDK_SECURITY_TOKEN, to its temporary keys"
_QIANFAN = "QIANFAN_ACCESS_KEY and QIANFAN_SECRET_KEY"
_ALIBABA = "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET"
_ALIBABA_TEMPORARY = f"{_ALIBABA} and ALIBABA_CLOUD_SECURITY_TOKEN, to its temporary keys"
# The variable of another tool, the tool, and the official variables to set instead.
_VARIABLES = (
    ("HW_ACCESS_KEY", "terraform", _HUAWEI),
    ("OS_ACCESS_KEY", "terraform and OpenStack", _HUAWEI),
    ("HW_SHARED_CONFIG_FILE", "terraform", _HUAWEI),
    ("HUAWEICLOUD_SDK_IDP_ID", "federated sign-in of Huawei Cloud's SDK", _HUAWEI),
    ("HUAWEICLOUD_OIDC_PROVIDER_URN", "OIDC of Huawei Cloud's SDK", _HUAWEI),
    ("HC_CONTAINER_CREDENTIALS_FULL_URI", "Huawei Cloud's SDK in a container", _HUAWEI_TEMPORARY),
    ("OS_PASSWORD", "terraform and OpenStack", f'auth = "password" in a profile, or {_HUAWEI}'),
    ("ALICLOUD_ACCESS_KEY", "terraform", _ALIBABA),
    ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "OIDC of Alibaba Cloud's SDKs", _ALIBABA_TEMPORARY),
    ("ALIBABA_CLOUD_CREDENTIALS_URI", "Alibaba Cloud's SDKs", _ALIBABA_TEMPORARY),
    ("ALIBABA_CLOUD_ECS_METADATA", "a role of an ECS instance", _ALIBABA_TEMPORARY),
    ("QIANFAN_BEARER_TOKEN", "Qianfan's SDK for models", _QIANFAN),
    ("QIANFAN_AK", "a key of an application, for models only", _QIANFAN),
    ("BAIDUCLOUD_ACCESS_KEY", "terraform", _QIANFAN),
    ("BCE_ACCESS_KEY_ID", "Baidu's command line", _QIANFAN),
)
# The file of another command line in the home, the tool, and what to set instead.
_FILES = (
    (".bce/credentials", "Baidu's command line", _QIANFAN),
    (".go-bcecli/credentials", "Baidu's command line", _QIANFAN),
)


def describe_other_credentials(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each credential of another tool that is set, with what to set for matui."""
    found = [
        f"{name} is set ({tool}), which matui does not read: set {instead}"
        for name, tool, instead in _VARIABLES
        if environ.get(name, "").strip()
    ]
    home = get_home_dir(environ)
    found += [
        f"{home / name} is there ({tool}), which matui does not read: set {instead}"
        for name, tool, instead in _FILES
        if (home / name).is_file()
    ]
    files = (_describe_koocli, _describe_global, _describe_aliyun, _describe_ini, _describe_opensearch)
    return (*found, *(text for describe in files if (text := describe(environ))))


def _describe_global(environ: Mapping[str, str]) -> str:
    """Return that the file of Huawei Cloud's SDK has keys for global services only, else ``""``."""
    file = get_credentials_file(environ)
    if _read_ini_value(file, "global", "ak") and not _read_ini_value(file, "basic", "ak"):
        return f"{file} has keys in [global] only, for services without a region: add them to [basic]"
    return ""


def _describe_ini(environ: Mapping[str, str]) -> str:
    """Return what the file of Alibaba Cloud's SDKs holds in place of keys, ``""`` for none."""
    file = get_ini_file(environ)
    kind = clean(_read_ini_value(file, get_section(environ), "type"))
    if kind in ("", "access_key", "sts"):
        return ""
    return f"{file} is of type {kind}, which matui does not read: set {_ALIBABA_TEMPORARY}"


def _read_ini_value(file: Path, section: str, key: str) -> str:
    """Return a value of an INI file, ``""`` where it or the file is not there or cannot be read."""
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(file) or "")
    except (ConfigError, configparser.Error):
        return ""
    return parser.get(section, key, fallback="").strip()


def _describe_opensearch(environ: Mapping[str, str]) -> str:
    """Return what keys of Alibaba Cloud lack for OpenSearch: no call lists its app groups."""
    missing = list_missing_names(environ)
    try:
        has_keys = bool(missing) and find_default_keys("opensearch", environ) is not None
    except ConfigError:
        return ""
    return (
        f"Alibaba Cloud's keys are set: set {' and '.join(missing)} too, for OpenSearch" if has_keys else ""
    )


def _describe_aliyun(environ: Mapping[str, str]) -> str:
    """Return why the profile of Alibaba Cloud's command line has no keys, ``""`` for any other."""
    file, reason = get_home_dir(environ) / ".aliyun" / "config.json", describe_keyless(environ)
    return f"A profile is in {file}{reason}" if file.is_file() and reason else ""


def _describe_koocli(environ: Mapping[str, str]) -> str:
    """Return what the profile in use of Huawei Cloud's command line (KooCLI) holds, ``""`` without one."""
    file = get_home_dir(environ) / ".hcloud" / "config.json"
    try:
        tree = json.loads(read_text(file) or "null")
    except (ConfigError, ValueError, RecursionError):
        return ""
    profile = _find_current_profile(tree)
    if profile is None:
        return ""
    mode = clean(str(profile.get("mode") or "AKSK"))
    instead = _HUAWEI
    if "sso" in mode.lower() or "token" in mode.lower() or profile.get("securityToken"):
        instead = _HUAWEI_TEMPORARY
    return f"{file} is there (KooCLI, mode {mode}), which matui does not read: set {instead}"


def _find_current_profile(tree: Any) -> dict[str, Any] | None:
    profiles = tree.get("profiles") if isinstance(tree, dict) else None
    rows = [row for row in profiles if isinstance(row, dict)] if isinstance(profiles, list) else []
    return next((row for row in rows if row.get("name") == tree.get("current")), next(iter(rows), None))
