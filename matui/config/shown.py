"""Settings as TOML that can be shown to anybody: no secret is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from matui.config.guard import Countdown, Guard
from matui.config.secret import SecretSource
from matui.config.settings import Profile, Settings
from matui.text import clean


def settings_as_toml(settings: Settings) -> str:
    """Return everything that is set; a secret as its source, a literal one as ``<set>``."""
    tables = [
        _table("", {"default_profile": settings.default_profile, "theme": settings.theme}),
        _table("refresh", settings.refresh),
        _table("keys", settings.keys),
        *(profile_as_toml(profile) for profile in settings.profiles.values()),
    ]
    return "\n".join(table for table in tables if table)


def profile_as_toml(profile: Profile) -> str:
    """Return one profile; defaults that were never written are left out."""
    fields = {name: getattr(profile, name) for name in Profile.model_fields if name in _written(profile)}
    return _table(f"profiles.{_key(profile.name)}", fields)


def _written(profile: Profile) -> set[str]:
    return (profile.model_fields_set | {"cloud", "api", "auth", "read_only"}) - {"name"}


def _table(header: str, fields: Mapping[str, Any]) -> str:
    lines = [line for key, value in fields.items() for line in _lines(key, value)]
    if not lines:
        return ""
    return "\n".join([f"[{header}]", *lines, ""] if header else [*lines, ""])


def _lines(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for kind, seconds in value.items():
            yield f"{key}.{kind} = {seconds:g}"
    elif isinstance(value, Guard | Countdown):
        for name, given in value:
            if name in value.model_fields_set:
                yield from (f"{key}.{line}" for line in _lines(name, given))
    elif value is not None:
        yield f"{_key(key)} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, SecretSource):
        return clean(value.describe())
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else json.dumps(clean(key), ensure_ascii=False)
