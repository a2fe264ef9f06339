"""Pydantic types that take what the cloud really sends: no field can lose its row, no value can raise.

The declared type is tried first, inside pydantic's own code; only what does not fit reaches Python.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic_core import from_json

from matui.records.record import Record
from matui.records.schemas import Config, Schema, before, either, made_by, schema
from matui.records.shapes import Checked

MOST = 2**53  # beyond it a float no longer tells two neighbours apart

T = TypeVar("T")


def to_number(value: Any) -> int | float | None:
    """Return a finite number from a number or a text that holds one; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = _parsed_number(value.strip())
    if isinstance(value, float):
        if not math.isfinite(value) or abs(value) > MOST:
            return None
        return int(value) if value.is_integer() else value
    return value if isinstance(value, int) and abs(value) <= MOST else None


def _parsed_number(text: str) -> int | float | None:
    if not text or len(text) > 40 or not text.isascii() or "_" in text:
        return None
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None


def to_whole(value: Any) -> int | None:
    """Return a whole number, rounded down; None for anything that is not a number."""
    number = to_number(value)
    return None if number is None else int(number)


def to_millis(value: Any) -> int | None:
    """Return ms since the epoch from a number, a text of digits or ISO 8601; None for 0 and the rest."""
    whole = to_whole(value)
    if whole is not None:
        return whole if whole > 0 else None
    return _iso_millis(value) if isinstance(value, str) else None


def _iso_millis(text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text.strip())
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return int(at.timestamp() * 1000) or None
    except (ValueError, OverflowError):
        return None


def to_text(value: Any) -> str:
    """Return a text from anything: ``""`` for null, JSON for an object or a list."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_id(value: Any) -> str:
    """Return a text from a scalar; ``""`` for an object or a list, which is nobody's id."""
    return "" if isinstance(value, dict | list) else to_text(value)


def to_flag(value: Any) -> bool | None:
    """Return a boolean from ``"true"``, ``"False"``, 1, 0 and the like; None for anything else."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if value in (0, 1) and isinstance(value, int | float) else None


def to_json(value: Any) -> Any:
    """Return what a text of JSON holds, and anything that is not such a text as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return from_json(value.encode("utf-8", "surrogatepass"))
        except ValueError:
            return value
    return value


def to_list(value: Any) -> list[Any]:
    """Return a list from a list, a single value, a text of JSON, or null (empty)."""
    value = to_json(value)
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def to_texts(value: Any) -> list[str]:
    """Return texts from a list, a text of JSON, or a text with commas or newlines between them."""
    items = to_list(value)
    if len(items) == 1 and isinstance(items[0], str):
        items = items[0].replace(",", "\n").split("\n")
    texts = (to_text(item).strip() if isinstance(item, str) else to_text(item) for item in items)
    return [text for text in texts if text]


def to_map(value: Any) -> dict[str, Any]:
    """Return an object from an object or a text of JSON; empty for anything else."""
    value = to_json(value)
    return value if isinstance(value, dict) else {}


def to_series(value: Any) -> list[float | None]:
    """Return numbers with None for each gap."""
    return [to_number(item) for item in to_list(value)]


def _lenient(function: Any, *first: Schema) -> Checked:
    return Checked(either(*first, made_by(function)) if first else made_by(function))


_INT = schema("int", strict=True, ge=-MOST, le=MOST)
_STR = schema("str", strict=True)

Number = Annotated[int | float | None, _lenient(to_number, _INT)]
Whole = Annotated[int | None, _lenient(to_whole, _INT)]
Millis = Annotated[int | None, _lenient(to_millis, schema("int", strict=True, ge=1, le=MOST))]
Text = Annotated[str, _lenient(to_text, _STR)]
Code = Annotated[str | int, _lenient(to_text, _INT, _STR)]
"""A code that comes as a number or as a text, kept as it came."""
Id = Annotated[str | int, _lenient(to_id, _INT, _STR)]
"""The same for what is asked for by it: an object or a list is nobody's id."""
Flag = Annotated[bool | None, _lenient(to_flag, schema("bool", strict=True))]
Json = Annotated[Any, _lenient(to_json)]
Map = Annotated[dict[str, Any], _lenient(to_map)]
Texts = Annotated[list[str], _lenient(to_texts)]
Series = Annotated[list[float | None], _lenient(to_series)]


class _RowsOf:
    """A list of objects, a single one, or either inside a text; an element that is no object is None."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Schema:
        item = either(handler(_item(source)), made_by(lambda _value: None))
        rows = schema("list", items_schema=item)
        return either(rows, before(_rows_only, rows))


def _item(source: Any) -> Any:
    return next(arg for arg in get_args(get_args(source)[0]) if arg is not type(None))


def _rows_only(value: Any) -> list[Any]:
    return [item for item in to_list(value) if isinstance(item, dict)]


class _OneOf:
    """An object, one inside a text or the first of a list; the model's defaults when it is none."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Schema:
        one = handler(source)
        return either(one, before(_object_only, one))


def _object_only(value: Any) -> dict[str, Any]:
    return next((item for item in to_list(value) if isinstance(item, dict)), {})


Rows = Annotated[list[T | None], _RowsOf()]
One = Annotated[T, _OneOf()]


class Received(Record):
    """What the cloud sends: unknown fields ignored, missing ones at their defaults."""

    core_config: ClassVar[Config] = {"extra_fields_behavior": "ignore"}


class CamelReceived(Received):
    """The same where the fields are in camel case on the wire."""

    @classmethod
    def outside_name(cls, name: str) -> str:
        """Return the name in camel case."""
        first, *rest = name.split("_")
        return first + "".join(word.capitalize() for word in rest)
