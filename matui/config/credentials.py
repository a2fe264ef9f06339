"""Alibaba Cloud's official files with keys: that of its command line, then that of its SDKs.

Qianfan's official names: in the environment, or in the ``.env`` file that its SDK reads.

Where the keys of Qianfan and OpenSearch come from when a profile names none: the official places.
"""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matui.base.errors import ConfigError
from matui.base.sanitize import clean
from matui.config.secrets import SecretSource, home_dir, read_text, refuse_if_readable_by_others
from matui.config.settings import Profile

_WITH_KEYS = ("AK", "StsToken")
Keys = dict[str, str]
"""``ak``, ``sk`` and perhaps ``security_token``."""


def alibaba_keys(environ: Mapping[str, str]) -> Keys | None:
    """Return the keys of the first file that has any. Raises ConfigError for one that others can read."""
    return _from_cli(environ) or _from_ini(environ)


def alibaba_region(environ: Mapping[str, str]) -> str:
    """Return the region that the command line's profile is set to, ``""`` for none."""
    region = (cli_profile(environ) or {}).get("region_id")
    return region.strip() if isinstance(region, str) else ""


def alibaba_places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Tell where was looked, and what was there that matui cannot sign in with."""
    section = clean(_section(environ))
    return (
        f"a profile in {_cli_file(environ)}{_without_keys(environ)}",
        f"[{section}] in {_ini_file(environ)}",
    )


def _without_keys(environ: Mapping[str, str]) -> str:
    try:
        chosen = None if _cli_is_off(environ) else cli_profile(environ)
    except ConfigError:
        return " (it cannot be read)"
    mode = clean(str(chosen.get("mode"))) if chosen else ""
    return f" (it is of mode {mode}, which holds no keys)" if mode and mode not in _WITH_KEYS else ""


def cli_profile(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the profile in use of the command line's file, None without. Raises ConfigError."""
    file = _cli_file(environ)
    text = read_text(file)
    if text is None:
        return None
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError("The file is not JSON.", file=str(file)) from None
    if not isinstance(tree, dict):
        return None
    wanted = environ.get("ALIBABA_CLOUD_PROFILE", "").strip() or tree.get("current")
    profiles = tree.get("profiles")
    rows = [row for row in profiles if isinstance(row, dict)] if isinstance(profiles, list) else []
    return next((row for row in rows if row.get("name") == wanted and wanted), None)


def _from_cli(environ: Mapping[str, str]) -> Keys | None:
    chosen = None if _cli_is_off(environ) else cli_profile(environ)
    if chosen is None or chosen.get("mode") not in _WITH_KEYS:
        return None
    return _keys(chosen, ("access_key_id", "access_key_secret", "sts_token"), _cli_file(environ))


def _from_ini(environ: Mapping[str, str]) -> Keys | None:
    file, name = _ini_file(environ), _section(environ)
    text = read_text(file)
    if text is None:
        return None
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ConfigError(
            "This is not an INI file with a section [default].",
            file=str(file),
            line=getattr(error, "lineno", None),
        ) from None
    section = dict(parser.items(name)) if parser.has_section(name) else {}
    if section.get("type", "access_key").strip() not in ("access_key", "sts"):
        return None
    return _keys(section, ("access_key_id", "access_key_secret", "security_token"), file)


def _keys(table: Mapping[str, Any], names: tuple[str, ...], file: Path) -> Keys | None:
    values = [value.strip() if isinstance(value := table.get(name), str) else "" for name in names]
    if not (values[0] and values[1]):
        return None
    refuse_if_readable_by_others(file)
    return dict(zip(("ak", "sk", "security_token"), values, strict=True))


def _section(environ: Mapping[str, str]) -> str:
    return environ.get("ALIBABA_CLOUD_PROFILE", "").strip() or "default"


def _cli_is_off(environ: Mapping[str, str]) -> bool:
    return environ.get("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "").strip().lower() == "true"


def _cli_file(environ: Mapping[str, str]) -> Path:
    return home_dir(environ) / ".aliyun" / "config.json"


def _ini_file(environ: Mapping[str, str]) -> Path:
    named = environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE", "").strip()
    return Path(named).expanduser() if named else home_dir(environ) / ".alibabacloud" / "credentials.ini"


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


def _value(told: str) -> str:
    """Return a value without its quotes, or without the comment behind it."""
    quoted = re.match(r"""(["'])(.*?)\1""", told)
    return quoted[2] if quoted else re.split(r"\s#", told, maxsplit=1)[0].strip()


_VARIABLES = {
    "qianfan": (AK, SK, ""),
    "opensearch": (
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
    ),
}
_FIELDS = ("ak", "sk", "security_token")
_ROLES = ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_CREDENTIALS_URI")


def add_default_keys(profile: Profile, environ: Mapping[str, str]) -> Profile:
    """Return the profile with keys: its own, else those of the official variables, else of the files.

    Raises ConfigError that lists where was looked when there are none, and for half a pair.
    """
    if profile.ak is not None and profile.sk is not None:
        return profile
    if profile.ak is not None or profile.sk is not None:
        missing = "sk" if profile.ak is not None else "ak"
        raise _error(profile, f"has one half of a key pair; {missing} is missing", f"Add {missing}.")
    found = default_keys(profile.cloud, environ)
    if found is None:
        looked = "; ".join(key_places(profile.cloud, environ))
        raise _error(
            profile, "has no keys", f"Add ak and sk, or provide: {looked}.{_roles(profile, environ)}"
        )
    return profile.model_copy(update=found)


def default_keys(cloud: str, environ: Mapping[str, str]) -> dict[str, SecretSource] | None:
    """Return the keys in the official places of Qianfan or OpenSearch, None where there are none."""
    found = _from_variables(cloud, environ)
    if found is not None:
        return found
    table = _from_dot_env(environ) if cloud == "qianfan" else alibaba_keys(environ)
    return {field: SecretSource.literal(value) for field, value in table.items() if value} if table else None


def key_places(cloud: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the official places, one text each."""
    variables = " and ".join(_VARIABLES[cloud][:2]) + " in the environment"
    if cloud == "qianfan":
        return variables, f"both in {dot_env_file(environ)}"
    return variables, *alibaba_places(environ)


def _roles(profile: Profile, environ: Mapping[str, str]) -> str:
    """Tell that roles are not assumed, where the environment asks for one."""
    asked = next((name for name in _ROLES if environ.get(name, "").strip()), None)
    if profile.cloud != "opensearch" or asked is None:
        return ""
    return f" {asked} is set: matui assumes no roles; give it the temporary keys of the role."


def _error(profile: Profile, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"Profile {profile.name!r} {what}.", key=f"profiles.{profile.name}", remedy=remedy)


def _from_variables(cloud: str, environ: Mapping[str, str]) -> dict[str, SecretSource] | None:
    names = _VARIABLES[cloud]
    given = [bool(name and environ.get(name, "").strip()) for name in names]
    if not (given[0] or given[1]):
        return None
    for name, there in zip(names[:2], given[:2], strict=True):
        if not there:
            raise ConfigError("One half of the key pair is missing.", key=name, remedy=f"Set {name} too.")
    return {
        field: SecretSource.parse({"env": name})
        for field, name, there in zip(_FIELDS, names, given, strict=True)
        if there
    }


def _from_dot_env(environ: Mapping[str, str]) -> dict[str, str]:
    found = read_dot_env(environ)
    return {"ak": found[AK], "sk": found[SK]} if found else {}
