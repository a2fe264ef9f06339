"""Finds the keys of Qianfan and OpenSearch in the official places, for profiles that have none."""

from __future__ import annotations

from collections.abc import Mapping

from matui.base.errors import ConfigError
from matui.config.alibaba_files import alibaba_keys, alibaba_places
from matui.config.qianfan_env import AK, SK, dot_env_file, read_dot_env
from matui.config.secrets import SecretSource
from matui.config.settings import Profile

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
    found = find_default_keys(profile.cloud, environ)
    if found is None:
        looked = "; ".join(key_places(profile.cloud, environ))
        raise _error(
            profile, "has no keys", f"Add ak and sk, or provide: {looked}.{_roles(profile, environ)}"
        )
    return profile.model_copy(update=found)


def find_default_keys(cloud: str, environ: Mapping[str, str]) -> dict[str, SecretSource] | None:
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
    """Return a note that roles are not assumed, where the environment asks for one."""
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
