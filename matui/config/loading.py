"""Reads the config file and reports every fault with file, line, key and the nearest valid key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matui.base.errors import ConfigError
from matui.base.text.formatting import end_sentence
from matui.base.text.near_names import suggest_or_list
from matui.base.text.sanitize import clean
from matui.base.toml import parse_toml
from matui.config import paths
from matui.config.keymap import DEFAULT_KEYS, KeyBindingError, resolve_keys
from matui.config.private_files import (
    read_regular_file,
    refuse_if_changed_by_others,
    refuse_if_readable_by_others,
)
from matui.config.settings import ConfigSource, Settings, list_keys_at

_TYPES = {
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "list_type": "must be a list",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "too_long": "has too many entries",
    "string_pattern_mismatch": "may hold only letters, digits, dots, hyphens and underscores",
    "finite_number": "must be a finite number",
}
_SECRETS = ("sk", "security_token", "password", "token")
_MANY_DIGITS = re.compile(r"[0-9][0-9_]{4299,}")
_NAMES = re.compile(r"\((?:'[^']*',? ?)+\)")  # the repr of the tuple in which tomllib names a table
_NAME = re.compile(r"'([^']*)'")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def build_config_error(error: ValidationError, source: ConfigSource) -> ConfigError:
    """Return the first problem of the file as a ConfigError that says how many more there are."""
    problems = error.errors(include_input=False, include_url=False, include_context=True)
    first = min(problems, key=lambda problem: source.find_line(_build_path(problem)) or 0)
    path = _build_path(first)
    sentence, remedy = _describe_problem(first, tuple(map(str, path)))
    more = len({_build_path(problem) for problem in problems}) - 1
    if more:
        remedy = f"{remedy} There {'is' if more == 1 else 'are'} {more} more after this.".strip()
    return ConfigError(
        sentence, file=str(source.file), line=source.find_line(path), key=format_key(path), remedy=remedy
    )


def format_key(path: Sequence[Any]) -> str:
    """Return a key path as it is written in TOML, safe to show."""
    return clean(".".join(str(step) for step in path))[:200]


def _build_path(problem: Mapping[str, Any]) -> tuple[str | int, ...]:
    return tuple(step if isinstance(step, int) else str(step) for step in problem["loc"])


def _describe_problem(problem: Mapping[str, Any], path: tuple[str, ...]) -> tuple[str, str]:
    kind, context = str(problem["type"]), problem.get("ctx", {})
    if kind == "extra_forbidden":
        return "This key is unknown.", suggest_or_list(path[-1], list_keys_at(path))
    if kind == "missing":
        return "This key is missing.", ""
    if kind == "literal_error":
        return f"The value must be one of {context.get('expected', '')}.", ""
    if kind == "value_error":
        return end_sentence(f"The value {context.get('error', 'is wrong')}"), ""
    if kind in ("greater_than", "less_than_equal", "greater_than_equal"):
        return f"The value must be {_describe_bound(kind, context)}{_get_unit(path)}.", ""
    if kind == "float_type":
        return f"The value must be a number{' of seconds' if _get_unit(path) else ''}, without quotes.", ""
    return f"The value {_TYPES.get(kind, 'is wrong')}.", ""


def _describe_bound(kind: str, context: Mapping[str, Any]) -> str:
    word, limit = {
        "greater_than": ("more than", context.get("gt")),
        "less_than_equal": ("at most", context.get("le")),
        "greater_than_equal": ("at least", context.get("ge")),
    }[kind]
    return f"{word} {limit:g}" if isinstance(limit, (int, float)) else "within its limits"


def _get_unit(path: tuple[str, ...]) -> str:
    return " seconds" if {"refresh", "countdown"} & set(path) else ""


def load_settings(
    path: Path | None,
    environ: Mapping[str, str],
    kind_keys: Mapping[str, str],
    kind_names: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings of the config file; empty ones when there is none at the default place.

    ``kind_keys`` holds the default key of each kind by its id: the names that ``[refresh]`` and ``[keys]``
    may have beside those of this package. ``kind_names`` holds the id of each kind by any name of it, in
    small letters: ``start`` may be any of them.

    Raises ConfigError with file, line and key for anything wrong.
    """
    file = paths.find_config_file(path, environ)
    asked_for = path is not None or bool(environ.get("MATUI_CONFIG", "").strip())
    text = _read_text(file, may_miss=not asked_for)
    if text is None:
        return Settings().add_source(ConfigSource(file))
    tree = _parse_tree(text, file)
    settings = _check(tree, ConfigSource(file, exists=True, text=text), kind_keys, kind_names or {})
    _check_permissions(settings, file)
    return settings


def _read_text(file: Path, *, may_miss: bool) -> str | None:
    """Return the file's text, None for a file that is not there and may miss."""
    try:
        data = read_regular_file(file)
    except FileNotFoundError as error:
        if may_miss:
            return None
        raise _build_unreadable_error(file, error) from error
    except OSError as error:
        raise _build_unreadable_error(file, error) from error
    refuse_if_changed_by_others(file)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            "The file is not UTF-8 text.", file=str(file), line=line, remedy="Save it as UTF-8."
        ) from None


def _build_unreadable_error(file: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"The config file cannot be read: {error.strerror or 'no reason given'}.",
        file=str(file),
        remedy="Check the path, or write a first file with: matui config init",
    )


def _parse_tree(text: str, file: Path) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except RecursionError:
        raise ConfigError(
            "The file is nested too deeply.",
            file=str(file),
            remedy="Write its keys as shown by: matui help configuration",
        ) from None
    except ValueError as error:  # tomllib's own, and int() on thousands of digits
        raise _build_syntax_error(str(error), text, file) from None


def _check(
    tree: dict[str, Any], source: ConfigSource, kind_keys: Mapping[str, str], kind_names: Mapping[str, str]
) -> Settings:
    try:
        settings = Settings.model_validate(_set_names(tree, source)).add_source(source)
    except ValidationError as error:
        raise build_config_error(error, source) from None
    _check_default_profile(settings, source)
    _check_refresh(("refresh",), settings.refresh, source, kind_keys)
    for profile in settings.profiles.values():
        _check_refresh(("profiles", profile.name, "refresh"), profile.refresh, source, kind_keys)
    _check_keys(settings, source, kind_keys)
    start = {"triage": "triage", **kind_names}.get(settings.start.casefold(), settings.start)
    settings = settings.model_copy(update={"start": start})
    _check_start(settings, source, kind_keys)
    return settings


def _build_syntax_error(message: str, text: str, file: Path) -> ConfigError:
    if (digits := _MANY_DIGITS.search(text)) and not _AT_LINE.search(message):
        at = text.count("\n", 0, digits.start()) + 1
        return ConfigError(
            "This is not valid TOML: a number has too many digits.",
            file=str(file),
            line=at,
            remedy="Correct that line.",
        )
    match = _AT_LINE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1 if match else None
    without_place = _AT_LINE.sub("", message)
    reported = clean(_NAMES.sub(lambda names: ".".join(_NAME.findall(names[0])), without_place))[:200]
    return ConfigError(
        f"This is not valid TOML: {reported}.", file=str(file), line=line, remedy="Correct that line."
    )


def _set_names(tree: dict[str, Any], source: ConfigSource) -> dict[str, Any]:
    """Set the name of each profile to its key in the file."""
    profiles = tree.get("profiles")
    if not isinstance(profiles, dict):
        return tree
    named: dict[str, Any] = {}
    for name, table in profiles.items():
        _check_name(name, source)
        if isinstance(table, dict) and "name" in table:
            path = ("profiles", name, "name")
            raise ConfigError(
                "This key is unknown.",
                file=str(source.file),
                line=source.find_line(path),
                key=clean(".".join(path)),
                remedy="A profile's name is in its header: [profiles.NAME].",
            )
        named[name] = {**table, "name": name} if isinstance(table, dict) else table
    return {**tree, "profiles": named}


def _check_name(name: str, source: ConfigSource) -> None:
    """Refuse the name of a profile that is empty or has a comma, which separates names."""
    if name.strip() and "," not in name:
        return
    raise ConfigError(
        "The name of a profile has no comma: commas separate names."
        if name.strip()
        else "The name of the profile is empty.",
        file=str(source.file),
        line=source.find_line(("profiles", name)),
        key=clean(f'profiles."{name}"'),
        remedy="A profile's name is in its header: [profiles.NAME].",
    )


def _check_permissions(settings: Settings, file: Path) -> None:
    sources = [
        secret
        for profile in settings.profiles.values()
        for name in _SECRETS
        if (secret := getattr(profile, name)) is not None
    ]
    if any(secret.is_literal for secret in sources):
        refuse_if_readable_by_others(file)


def _check_default_profile(settings: Settings, source: ConfigSource) -> None:
    names = settings.split_names(settings.default_profile or "")
    unknown = [name for name in names if name not in settings.profiles]
    for name in unknown:
        raise ConfigError(
            f"There is no profile {name!r}.",
            file=str(source.file),
            line=source.find_line(("default_profile",)),
            key="default_profile",
            remedy=suggest_or_list(name, tuple(settings.profiles)) or "Add [profiles.NAME].",
        )


def _check_start(settings: Settings, source: ConfigSource, kind_keys: Mapping[str, str]) -> None:
    known = ("triage", *kind_keys)
    if settings.start not in known:
        raise ConfigError(
            f"There is no kind {settings.start!r}.",
            file=str(source.file),
            line=source.find_line(("start",)),
            key="start",
            remedy=suggest_or_list(settings.start, known),
        )


def _check_refresh(
    table: tuple[str, ...], refresh: Mapping[str, float], source: ConfigSource, kind_keys: Mapping[str, str]
) -> None:
    known = (*kind_keys, "logs")
    for name in refresh:
        if name not in known:
            raise ConfigError(
                "This key is unknown.",
                file=str(source.file),
                line=source.find_line((*table, name)),
                key=format_key((*table, name)),
                remedy=suggest_or_list(name, known),
            )


def _check_keys(settings: Settings, source: ConfigSource, kind_keys: Mapping[str, str]) -> None:
    known = (*kind_keys, *DEFAULT_KEYS)
    try:
        resolve_keys(settings.keys, kind_keys)
    except KeyBindingError as problem:
        unknown = problem.binding not in known
        raise ConfigError(
            f"{clean(problem.binding)} {clean(str(problem))}.",
            file=str(source.file),
            line=source.find_line(("keys", problem.binding)),
            key=clean(f"keys.{problem.binding}"),
            remedy=suggest_or_list(problem.binding, known) if unknown else "",
        ) from None
