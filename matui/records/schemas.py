"""What pydantic's core is told: its schemas as the plain data they are.

Its own module of helpers for that is as long to import as all the rest of the core, twice over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
Config: TypeAlias = dict[str, Any]


def schema(kind: str, /, **given: Any) -> Schema:
    """Return a schema; what is None is left out."""
    return {"type": kind, **{name: value for name, value in given.items() if value is not None}}


def before(function: Callable[[Any], Any], inner: Schema) -> Schema:
    """Let a function see the value first."""
    return schema("function-before", function=_called(function), schema=inner)


def after(function: Callable[[Any], Any], inner: Schema) -> Schema:
    """Let a function see the value last."""
    return schema("function-after", function=_called(function), schema=inner)


def made_by(function: Callable[[Any], Any]) -> Schema:
    """Let a function make the value alone."""
    return schema("function-plain", function=_called(function))


def either(*schemas: Schema) -> Schema:
    """Take the first schema that fits."""
    return schema("union", choices=list(schemas), mode="left_to_right")


def _called(function: Callable[[Any], Any]) -> dict[str, Any]:
    return {"type": "no-info", "function": function}
