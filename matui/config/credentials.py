"""Finds the keys of Qianfan and OpenSearch, and Qianfan's address, in the official places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from matui.base.errors import ConfigError
from matui.config.alibaba_files import Keys, find_alibaba_keys, list_alibaba_places
from matui.config.private_files import read_text, refuse_if_readable_by_others
from matui.config.secrets import SecretSource
from matui.config.settings import Profile

AK, SK, BASE_URL = "QIANFAN_ACCESS_KEY", "QIANFAN_SECRET_KEY", "QIANFAN_CONSOLE_API_BASE_URL"
_FILE = "QIANFAN_DOT_ENV_CONFIG_FILE"
_LINE = re.compile(r"(?:export\s+)?(QIANFAN_[A-Z_]+)\s*=\s*(.*)")
_FIELDS = ("ak", "sk", "security_token")
_ROLES = ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_CREDENTIALS_URI")


def get_dot_env_file(environ: Mapping[str, str]) -> Path:
    """Return the file's place: ``QIANFAN_DOT_ENV_CONFIG_FILE``, or ``.env`` in the working folder."""
    named = environ.get(_FILE, "").strip()
    return Path(named).expanduser() if named else Path(".env")


def read_dot_env(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the ``QIANFAN_…`` settings of the file, none unless it holds a whole key pair.

    Raises ConfigError for a file that holds one and can be read by others.
    """
    file = get_dot_env_file(environ)
    found = _parse_settings(read_text(file) or "")
    if not (found.get(AK) and found.get(SK)):
        return {}
    refuse_if_readable_by_others(file)
    return found


def find_qianfan_base_url(environ: Mapping[str, str], *, own_keys: bool) -> str:
    """Return the official address setting, ``""`` for none.

    The file's counts only where the keys are the file's too: with ``own_keys`` they are the profile's.
    """
    given = environ.get(BASE_URL, "").strip()
    if given or own_keys or environ.get(AK, "").strip() or environ.get(SK, "").strip():
        return given
    return read_dot_env(environ).get(BASE_URL, "")


def _parse_settings(text: str) -> dict[str, str]:
    matches = (_LINE.fullmatch(line.strip()) for line in text.splitlines())
    return {match[1]: _unquote_value(match[2].strip()) for match in matches if match}


def _unquote_value(reported: str) -> str:
    """Return a value without its quotes, or without the comment behind it."""
    quoted = re.match(r"""(["'])(.*?)\1""", reported)
    return quoted[2] if quoted else re.split(r"\s#", reported, maxsplit=1)[0].strip()


def add_default_keys(profile: Profile, environ: Mapping[str, str]) -> Profile:
    """Return the profile with keys: its own, else those of the official variables, else of the files.

    Raises ConfigError that lists where was looked when there are none, and for half a pair.
    """
    if profile.ak is not None and profile.sk is not None:
        return profile
    if profile.ak is not None or profile.sk is not None:
        missing = "sk" if profile.ak is not None else "ak"
        raise _build_error(profile, f"has one half of a key pair; {missing} is missing", f"Add {missing}.")
    found = find_default_keys(profile.cloud, environ)
    if found is None:
        looked = "; ".join(list_key_places(profile.cloud, environ))
        raise _build_error(
            profile, "has no keys", f"Add ak and sk, or provide: {looked}.{_describe_roles(profile, environ)}"
        )
    return profile.model_copy(update=found)


def find_default_keys(cloud: str, environ: Mapping[str, str]) -> dict[str, SecretSource] | None:
    """Return the keys in the official places of a cloud, None where there are none.

    Raises ConfigError for a cloud without official places.
    """
    official = _find_official_keys(cloud)
    found = _read_variables(official.variables, environ)
    if found is not None:
        return found
    table = official.read_files(environ)
    return {field: SecretSource.literal(value) for field, value in table.items() if value} if table else None


def list_key_places(cloud: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the official places, one text each. Raises ConfigError for a cloud without any."""
    official = _find_official_keys(cloud)
    return f"{' and '.join(official.variables[:2])} in the environment", *official.file_places(environ)


def _describe_roles(profile: Profile, environ: Mapping[str, str]) -> str:
    """Return a note that roles are not assumed, where the environment asks for one."""
    asked = next((name for name in _ROLES if environ.get(name, "").strip()), None)
    if profile.cloud != "opensearch" or asked is None:
        return ""
    return f" {asked} is set: matui assumes no roles; give it the temporary keys of the role."


def _build_error(profile: Profile, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"Profile {profile.name!r} {what}.", key=f"profiles.{profile.name}", remedy=remedy)


def _read_variables(names: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, SecretSource] | None:
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


def _read_dot_env_secrets(environ: Mapping[str, str]) -> Keys | None:
    found = read_dot_env(environ)
    return {"ak": found[AK], "sk": found[SK]} if found else None


def _list_dot_env_places(environ: Mapping[str, str]) -> tuple[str, ...]:
    return (f"both in {get_dot_env_file(environ)}",)


class OfficialKeys(NamedTuple):
    """The official places of a cloud's keys.

    ``variables`` name the access key, the secret key and the security token, the last ``""`` for none.
    """

    variables: tuple[str, str, str]
    read_files: Callable[[Mapping[str, str]], Keys | None]
    file_places: Callable[[Mapping[str, str]], tuple[str, ...]]


OFFICIAL_KEYS: Mapping[str, OfficialKeys] = {
    "qianfan": OfficialKeys((AK, SK, ""), _read_dot_env_secrets, _list_dot_env_places),
    "opensearch": OfficialKeys(
        (
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ),
        find_alibaba_keys,
        list_alibaba_places,
    ),
}


def _find_official_keys(cloud: str) -> OfficialKeys:
    official = OFFICIAL_KEYS.get(cloud)
    if official is None:
        raise ConfigError(
            f"No official variables or files of keys are known for {cloud}.",
            key="cloud",
            remedy="Set ak and sk in its profile.",
        )
    return official
