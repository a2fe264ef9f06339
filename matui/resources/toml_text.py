"""Values as TOML. Pure; tomllib reads back what is written here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_WIDE = 100


def toml_key(*names: str) -> str:
    """Return a dotted key; a name that is not bare is quoted."""
    return ".".join(name if _BARE.fullmatch(name) else toml_string(name) for name in names)


def toml_string(text: str) -> str:
    """Return a basic string on one line; whatever does not print, or only pretends to, is escaped.

    A lone surrogate, which no TOML can hold, becomes U+FFFD.
    """
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def toml_value(value: Any, *, indent: str = "") -> str:
    """Return a value: a list too wide for a line has a line for each element. None inside is left out."""
    if isinstance(value, Mapping):
        return _inline_table(value)
    if isinstance(value, list | tuple):
        return _array(value, indent)
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    return toml_string(value) if isinstance(value, str) else str(value)


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return ("inf" if value > 0 else "-inf") if math.isinf(value) else repr(value)


def _inline_table(table: Mapping[str, Any]) -> str:
    parts = [
        f"{toml_key(str(name))} = {toml_line(inner)}" for name, inner in table.items() if inner is not None
    ]
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def toml_line(value: Any) -> str:
    """Return a value on one line. None inside is left out."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_line(item) for item in value if item is not None)}]"
    return toml_value(value)


def _array(items: list[Any] | tuple[Any, ...], indent: str) -> str:
    flat = toml_line(items)
    tables = any(isinstance(item, Mapping) for item in items)
    if len(flat) <= _WIDE and not tables:
        return flat
    lines = (f"{indent}  {toml_line(item)},\n" for item in items if item is not None)
    return f"[\n{''.join(lines)}{indent}]"
