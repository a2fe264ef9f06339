"""Where the keys of Qianfan and OpenSearch come from when a profile names none: the official places."""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matui.config.file_mode import refuse_if_readable_by_others
from matui.config.secret import SecretSource
from matui.config.settings import Profile
from matui.errors import ConfigError

_VARIABLES = {
    "qianfan": ("QIANFAN_ACCESS_KEY", "QIANFAN_SECRET_KEY", ""),
    "opensearch": (
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
    ),
}
_FIELDS = ("ak", "sk", "security_token")
_LARGEST_BYTES = 1_000_000


def with_default_keys(profile: Profile, environ: Mapping[str, str]) -> Profile:
    """Return the profile with keys: its own, else those of the official variables, else of the files.

    Raises ConfigError that lists where was looked when there are none, and for half a pair.
    """
    if profile.ak is not None and profile.sk is not None:
        return profile
    if profile.ak is not None or profile.sk is not None:
        missing = "sk" if profile.ak is not None else "ak"
        raise _error(profile, f"has one half of a key pair; {missing} is missing", f"Add {missing}.")
    found = _from_variables(profile.cloud, environ) or _from_files(profile.cloud, environ)
    if found is None:
        looked = "; ".join(_places(profile.cloud, environ))
        raise _error(profile, "has no keys", f"Add ak and sk, or provide: {looked}.")
    return profile.model_copy(update=found)


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


def _from_files(cloud: str, environ: Mapping[str, str]) -> dict[str, SecretSource] | None:
    if cloud != "opensearch":
        return None
    return _from_cli(_cli_file(environ), environ) or _from_ini(_ini_file(environ))


def _places(cloud: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    variables = " and ".join(_VARIABLES[cloud][:2]) + " in the environment"
    if cloud != "opensearch":
        return (variables,)
    return variables, f"a profile in {_cli_file(environ)}", f"[default] in {_ini_file(environ)}"


def _home(environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME", "").strip()
    return Path(home) if home else Path.home()


def _cli_file(environ: Mapping[str, str]) -> Path:
    return _home(environ) / ".aliyun" / "config.json"


def _ini_file(environ: Mapping[str, str]) -> Path:
    named = environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE", "").strip()
    return Path(named).expanduser() if named else _home(environ) / ".alibabacloud" / "credentials.ini"


def _from_cli(file: Path, environ: Mapping[str, str]) -> dict[str, SecretSource] | None:
    """Read the vendor's command line's file: ``profiles``, of which ``current`` is one."""
    text = _text(file)
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
    chosen = next((row for row in rows if row.get("name") == wanted and wanted), None)
    if chosen is None or chosen.get("mode") not in ("AK", "StsToken"):
        return None
    return _keys(chosen, ("access_key_id", "access_key_secret", "sts_token"), file)


def _from_ini(file: Path) -> dict[str, SecretSource] | None:
    text = _text(file)
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
    section = dict(parser.items("default")) if parser.has_section("default") else {}
    if section.get("type", "access_key").strip() not in ("access_key", "sts"):
        return None
    return _keys(section, ("access_key_id", "access_key_secret", "security_token"), file)


def _keys(table: Mapping[str, Any], names: tuple[str, ...], file: Path) -> dict[str, SecretSource] | None:
    values = [value.strip() if isinstance(value := table.get(name), str) else "" for name in names]
    if not (values[0] and values[1]):
        return None
    refuse_if_readable_by_others(file)
    return {field: SecretSource.literal(value) for field, value in zip(_FIELDS, values, strict=True) if value}


def _text(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"The file cannot be read: {error.strerror}.", file=str(file)) from error
    except UnicodeDecodeError:
        raise ConfigError("The file is not UTF-8 text.", file=str(file)) from None
