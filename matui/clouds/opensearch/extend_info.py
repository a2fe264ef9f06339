"""ExtendInfo: JSON in a string, in which the quotes may be escaped once more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from matui.clouds.lenient import to_list, to_number, to_text
from matui.text import clean

_DEEPEST = 3
_MOST_ERRORS = 50


def unpacked(value: Any) -> dict[str, Any]:
    """Return the object inside, however often it was escaped; empty for anything that holds none."""
    for _turn in range(_DEEPEST):
        if not isinstance(value, str):
            break
        value = _loads(value)
    return value if isinstance(value, dict) else {}


def _loads(text: str) -> Any:
    for candidate in (text, text.replace('\\"', '"').replace("\\\\", "\\")):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    return None


def errors_in(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the errors a training reported, safe to show."""
    found = (to_text(error) for error in to_list(info.get("errors"))[:_MOST_ERRORS])
    return tuple(clean(text) for text in found if text)


def numbers_in(info: Mapping[str, Any]) -> dict[str, float]:
    """Return what a training reported in numbers, such as ``recall``."""
    numbers = ((clean(str(name)), to_number(value)) for name, value in info.items())
    return {name: value for name, value in numbers if value is not None}
