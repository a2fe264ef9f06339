"""Serialise any cloud record to valid JSON that is safe to print on a terminal."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from matui.base.text.regex import LazyPattern

# What json.dumps leaves raw although it could act on a terminal or reorder what is read.
_RISKY = LazyPattern("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def dumps(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """Return ``value`` as JSON: NaN and infinities as null, control and bidi characters as ``\\uXXXX``."""
    try:
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, allow_nan=False, default=str)
    except (ValueError, RecursionError):
        text = json.dumps(
            to_json_value(value), indent=indent, ensure_ascii=ascii_only, allow_nan=False, default=str
        )
    return text if text.isascii() and "\x7f" not in text else _RISKY.compiled.sub(_escape, text)


def is_harmless(text: str) -> bool:
    """Return whether the text holds no character that could act on a terminal, line breaks aside."""
    return _RISKY.compiled.search(text) is None


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def to_json_value(value: Any, depth: int = 200) -> Any:
    """Return a copy that JSON can hold: no NaN, no huge integers, nesting cut at ``depth``."""
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {str(key): to_json_value(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json_value(item, depth - 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return _fit_number(value) if isinstance(value, int) else value


def _fit_number(number: int) -> Any:
    # Python refuses to print integers of more than 4,300 digits.
    if isinstance(number, bool) or number.bit_length() < 14_000:
        return number
    return hex(number)
