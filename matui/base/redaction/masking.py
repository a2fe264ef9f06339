"""Mask secrets in records: by the name of a field, by the label beside it, in each of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from matui.base.json import to_json_value
from matui.base.redaction.assignments import hide_command_secrets, is_token_count
from matui.base.redaction.blocks import mask_key_lines
from matui.base.redaction.harmless import is_about_secret, split_camel_case
from matui.base.redaction.known import HIDDEN, hide_known
from matui.base.redaction.patterns import KEY_PAIR, MASK, NAME_WORD, PASSWORDS, SECRETS
from matui.base.redaction.text import mask_shapes, mask_text
from matui.base.text.regex import LazyPattern

_NAME = LazyPattern(rf"{PASSWORDS}|{SECRETS}|{KEY_PAIR}|pass(?![a-z])", re.IGNORECASE)
_LABELS = ("label", "name", "key")
_SHORT_LABELS = frozenset(("k", "n", "param", "parameter", "var", "variable", "env", "field"))
_SHORT_VALUES = frozenset(("v", "val", "values", "content", "default"))
_LONGEST_NAME = 200
_LABELLED = LazyPattern(
    rf"((?:{NAME_WORD}|access)[\w-]{{0,80}}[\"']?\s*[:=]\s*[\"']?)"
    r"[^\s\"',;}]+(?:,? [^\s\"',;}=]+=[^\s\"',;}]+)*",
    re.IGNORECASE,
)
_RANDOM_LOOKING = LazyPattern(r"(?<![\w/.+-])(?=[\w+-]*\d)(?=[\w+-]*[A-Za-z])[\w+-]{16,}={0,2}(?![\w/.])")


def is_secret(name: str) -> bool:
    """Return whether a name, in camel case or with any separators, denotes a secret.

    What is about a secret is none: ``token_file``, ``secret_name``.
    """
    return _NAME.compiled.search(split_camel_case(name)) is not None and not is_about_secret(name)


def hide_secrets(value: Any, path: Iterable[object] = ()) -> Any:
    """Return a value with everything hidden whose name, label or command option denotes a secret.

    ``path`` holds the names around the value. Empty strings and None stay; tuples become lists.
    """
    names = [step for step in path if isinstance(step, str) and is_secret(step)]
    if names:
        return value if value in ("", None) or is_token_count(names[-1], value) else HIDDEN
    if isinstance(value, Mapping):
        label = _find_label(value)
        return {
            str(name): hide_secrets(inner, (label if label and _is_value(name) else str(name),))
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [
            hide_secrets(inner, (_find_name_before(value, at),) if _find_name_before(value, at) else ())
            for at, inner in enumerate(value)
        ]
    return mask_text(hide_command_secrets(value)) if isinstance(value, str) else value


def mask_secrets(record: Any) -> Any:
    """Return a record with ``***`` for the values of secrets, everything else unchanged.

    A secret is known by its name: a key, the label or name beside a ``value``, a query parameter, an option
    or assignment in a command, a key of JSON in a string. Numbers and empty strings stay. What is nested too
    deep for Python is cut.
    """
    try:
        return _mask(record, "")
    except RecursionError:
        return _mask(to_json_value(record), "")


def redact(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text`` with secrets hidden: named ones, random-looking ones, values of secret variables."""
    for name, value in environ.items():
        if len(value) > 3 and is_secret(name):
            text = text.replace(value, HIDDEN)
    text = _LABELLED.compiled.sub(rf"\1{HIDDEN}", mask_shapes(text))
    return _RANDOM_LOOKING.compiled.sub(HIDDEN, text)


def is_secret_field(name: str) -> bool:
    """Return whether a field holds a secret by its name, or by the label or name beside it."""
    return bool(_find_secret_name(name)) or _is_value(name)


def hide_in_text(text: str) -> str:
    """Return a text with ``***`` for secrets that are known, or named in it."""
    return str(hide_known(mask_secrets(text)))


def hide_in_lines(lines: Sequence[str]) -> list[str]:
    """Return lines as ``hide_in_text`` does, also with secrets that stand on several lines."""
    return [hide_in_text(line) for line in mask_key_lines(list(lines))]


def _mask(value: Any, secret: str) -> Any:
    """Return a value masked; ``secret`` is the name that makes it one, ``""`` where it is none."""
    if isinstance(value, str):
        if not value:
            return value
        if not secret:
            return mask_text(value)
        return value if is_token_count(secret, value) else MASK
    if isinstance(value, Mapping):
        label = _find_label(value)
        return {
            key: _mask(inner, secret or (label if _is_value(key) else "") or _find_secret_name(key))
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_mask(inner, secret or _find_name_before(value, at)) for at, inner in enumerate(value)]
    return value


def _find_label(record: Mapping[Any, Any]) -> str:
    """Return the name of a secret that a field of the record states for the value beside it, else ``""``."""
    return next((name for key in record if _is_label(key) and (name := _find_secret_name(record[key]))), "")


def _find_name_before(items: Sequence[Any], at: int) -> str:
    """Return the secret's name that the item before states: ``--password``, or ``DB_PASSWORD`` of a pair."""
    before = items[at - 1] if at else None
    if not isinstance(before, str) or "=" in before:
        return ""
    is_option = before.startswith("-") and " " not in before
    is_pair = len(items) == 2 and before.isupper() and not str(items[at]).startswith("-")
    return _find_secret_name(before) if is_option or is_pair else ""


def _is_label(key: object) -> bool:
    """Return whether a key names what is beside it: ``name``, ``envName``, ``key``, ``k``."""
    return isinstance(key, str) and (key.lower().endswith(_LABELS) or key.lower() in _SHORT_LABELS)


def _is_value(key: object) -> bool:
    return isinstance(key, str) and (key.lower().endswith("value") or key.lower() in _SHORT_VALUES)


@lru_cache(maxsize=4096)
def _is_secret_name(name: str) -> bool:
    return is_secret(name)


def _find_secret_name(name: object) -> str:
    """Return a name that denotes a secret, ``""`` for any other value."""
    return name if isinstance(name, str) and len(name) < _LONGEST_NAME and _is_secret_name(name) else ""
