"""What pydantic found wrong with a config file, said with file, line, key and the nearest valid key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from matui.config.settings import Source, table_at
from matui.errors import ConfigError
from matui.text import clean

_TYPES = {
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number of seconds, without quotes",
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


def config_error(error: ValidationError, source: Source) -> ConfigError:
    """Return the first problem of the file as a ConfigError that says how many more there are."""
    problems = error.errors(include_input=False, include_url=False, include_context=True)
    first = min(problems, key=lambda problem: source.line(_path(problem)) or 0)
    path = _path(first)
    sentence, remedy = _told(first, path)
    more = len({_path(problem) for problem in problems}) - 1
    if more:
        remedy = f"{remedy} There {'is' if more == 1 else 'are'} {more} more after this.".strip()
    return ConfigError(
        sentence, file=str(source.file), line=source.line(path), key=dotted(path), remedy=remedy
    )


def dotted(path: Sequence[Any]) -> str:
    """Return a key path as it is written in TOML, safe to show."""
    return clean(".".join(str(step) for step in path))[:200]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return ``Did you mean …?``, or the list of what is known when nothing is near."""
    from difflib import get_close_matches

    near = get_close_matches(word[:64].lower(), known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Known here: {', '.join(known)}." if known else ""


def _path(problem: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(step) for step in problem["loc"])


def _told(problem: Mapping[str, Any], path: tuple[str, ...]) -> tuple[str, str]:
    kind, context = str(problem["type"]), problem.get("ctx", {})
    if kind == "extra_forbidden":
        return "This key is unknown.", did_you_mean(path[-1], table_at(path))
    if kind == "literal_error":
        return f"The value must be one of {context.get('expected', '')}.", ""
    if kind == "value_error":
        return f"The value {context.get('error', 'is wrong')}.", ""
    if kind in ("greater_than", "less_than_equal", "greater_than_equal"):
        return f"The value must be {_bound(kind, context)}{_unit(path)}.", ""
    return f"The value {_TYPES.get(kind, 'is wrong')}.", ""


def _bound(kind: str, context: Mapping[str, Any]) -> str:
    word, limit = {
        "greater_than": ("more than", context.get("gt")),
        "less_than_equal": ("at most", context.get("le")),
        "greater_than_equal": ("at least", context.get("ge")),
    }[kind]
    return f"{word} {limit:g}" if isinstance(limit, (int, float)) else "within its limits"


def _unit(path: tuple[str, ...]) -> str:
    return " seconds" if {"refresh", "countdown"} & set(path) else ""
