"""Pydantic types that accept what the clouds really send: no value raises, no field loses its row.

The declared type is tried first, inside pydantic's own code; only what does not fit reaches Python.
"""

import json
import math
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, Strict, StrictStr
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

MOST_ROWS = 20_000  # in one list; pages hold at most 1,000, and a row takes up to 100 times its bytes
MOST = 2**53  # beyond it a float no longer distinguishes neighbours
_SECONDS_START, _MS_START, _US_START = 10**8, 10**11, 10**14  # each March 1973
_SECONDS_END = 2**32  # the year 2106

T = TypeVar("T")
_IN_ORDER = Field(union_mode="left_to_right")


def to_number(value: Any) -> int | float | None:
    """Return a finite number from a number or a text that holds one; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = _parse_number(value.strip())
    if isinstance(value, float):
        if not math.isfinite(value) or abs(value) > MOST:
            return None
        return int(value) if value.is_integer() else value
    return value if isinstance(value, int) and abs(value) <= MOST else None


def _parse_number(text: str) -> int | float | None:
    if not text or len(text) > 40 or not text.isascii() or "_" in text:
        return None
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None


def to_percent(value: Any) -> int | float | None:
    """Return a percentage from ``51%``, ``"51"`` or 51; None for anything else."""
    return to_number(value.strip().removesuffix("%") if isinstance(value, str) else value)


def to_whole(value: Any) -> int | None:
    """Return a whole number, rounded down; None for anything that is not a number."""
    number = to_number(value)
    return None if number is None else int(number)


def to_millis(value: Any, zone: tzinfo = UTC) -> int | None:
    """Return ms since the epoch from any form of a time; None for 0 and for other text.

    A number, or a text that holds one, is in seconds from 10**8 on, otherwise in ms or µs by its size.
    ISO 8601 and RFC 3339 are read with any zone; a time without one is in ``zone``.
    """
    number = to_number(value)
    if number is not None:
        return _convert_epoch_to_millis(number)
    return _parse_iso_millis(value, zone) if isinstance(value, str) else None


def _convert_epoch_to_millis(number: float) -> int | None:
    if number < _SECONDS_START:
        return int(number) if number >= 1 else None
    if number < _MS_START:
        return int(number * 1000) if number < _SECONDS_END else None
    return int(number) if number < _US_START else int(number // 1000)


def _parse_iso_millis(text: str, zone: tzinfo) -> int | None:
    try:
        at = datetime.fromisoformat(text.strip().upper())
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        ms = round(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return ms if ms > 0 else None


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
    """Return a text from a scalar; ``""`` for an object or a list."""
    return "" if isinstance(value, dict | list) else to_text(value)


def to_flag(value: Any) -> bool | None:
    """Return a boolean from ``"true"``, ``"False"``, 1, 0 and the like; None for anything else."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if value in (0, 1) and isinstance(value, int | float) else None


def unwrap_json(value: Any) -> Any:
    """Return the value of a JSON text, and anything else unchanged."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return from_json(value.encode("utf-8", "surrogatepass"))
        except ValueError:
            return value
    return value


def to_list(value: Any) -> list[Any]:
    """Return a list from a list, a single value, a text of JSON, or null (empty)."""
    value = unwrap_json(value)
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
    value = unwrap_json(value)
    return value if isinstance(value, dict) else {}


def to_series(value: Any) -> list[float | None]:
    """Return numbers with None for each gap."""
    return [to_number(item) for item in to_list(value)]


def _select_dicts(value: Any) -> list[Any]:
    return [item for item in to_list(value) if isinstance(item, dict)]


def _take_first_dict(value: Any) -> dict[str, Any]:
    return next(iter(_select_dicts(value)), {})


def make_list() -> list[Any]:
    """Return an empty list, as a default factory.

    Pydantic reads the signature of a factory when it builds a model; that of ``list`` has to be tokenized,
    which takes 5 ms the first time.
    """
    return []


def _return_none(_value: Any) -> None:
    return None


_Int = Annotated[int, Strict(), Field(ge=-MOST, le=MOST)]

Number = Annotated[_Int | Annotated[int | float | None, PlainValidator(to_number)], _IN_ORDER]
Percent = Annotated[_Int | Annotated[int | float | None, PlainValidator(to_percent)], _IN_ORDER]
Whole = Annotated[_Int | Annotated[int | None, PlainValidator(to_whole)], _IN_ORDER]
Millis = Annotated[
    Annotated[int, Strict(), Field(ge=_MS_START, lt=_US_START)]
    | Annotated[int | None, PlainValidator(to_millis)],
    _IN_ORDER,
]
"""A time in ms since the epoch, whatever its unit or form on the wire."""
Text = Annotated[StrictStr | Annotated[str, PlainValidator(to_text)], _IN_ORDER]
Code = Annotated[_Int | StrictStr | Annotated[str, PlainValidator(to_text)], _IN_ORDER]
"""A code that is a number or a text, kept as received."""
Id = Annotated[_Int | StrictStr | Annotated[str, PlainValidator(to_id)], _IN_ORDER]
"""The same for an identifier: an object or a list is read as ``""``."""
Flag = Annotated[Annotated[bool, Strict()] | Annotated[bool | None, PlainValidator(to_flag)], _IN_ORDER]
Json = Annotated[Any, PlainValidator(unwrap_json)]
Map = Annotated[dict[str, Any], PlainValidator(to_map)]
Texts = Annotated[list[str], PlainValidator(to_texts)]
NumberSeries = Annotated[list[float | None], PlainValidator(to_series)]

_Row = Annotated[T | Annotated[None, PlainValidator(_return_none)], _IN_ORDER]
_Rows = Annotated[list[_Row[T]], Field(max_length=MOST_ROWS)]
ModelRows = Annotated[_Rows[T] | Annotated[_Rows[T], BeforeValidator(_select_dicts)], _IN_ORDER]
"""A list of objects, a single one, or either inside a text; an element that is not an object is None."""
One = Annotated[T | Annotated[T, BeforeValidator(_take_first_dict)], _IN_ORDER]
"""An object, one inside a text or the first of a list; the model's defaults for anything else."""


class WireModel(BaseModel):
    """A part of a response: unknown fields are ignored, missing ones have their defaults."""

    model_config = ConfigDict(
        extra="ignore", populate_by_name=True, protected_namespaces=(), defer_build=True
    )


class EmptyReply(WireModel):
    """An answer without content."""


class CamelWireModel(WireModel):
    """The same where the fields are in camel case on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


def _is_scalar(value: Any) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _to_content(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise ValueError("not a text")


def _to_cursor(value: Any) -> str:
    if _is_scalar(value):
        return to_text(value)
    raise ValueError("neither a text nor a number")


def _to_count(value: Any) -> int | None:
    if _is_scalar(value):
        return to_whole(value)
    raise ValueError("neither a number nor a text")


def _is_names(value: Any) -> bool:
    value = unwrap_json(value)
    return (
        value is None or isinstance(value, str) or (isinstance(value, list) and all(map(_is_scalar, value)))
    )


def _to_names(value: Any) -> list[str]:
    if _is_names(value):
        return to_texts(value)
    raise ValueError("not a list of texts")


def _to_known_names(value: Any) -> list[str]:
    return to_texts(value) if _is_names(value) else []


Content = Annotated[StrictStr | Annotated[str, PlainValidator(_to_content)], _IN_ORDER]
"""The text of a log: a text or null."""
Cursor = Annotated[StrictStr | Annotated[str, PlainValidator(_to_cursor)], _IN_ORDER]
"""A place in a log: a text, a number or null."""
Count = Annotated[int | None, PlainValidator(_to_count)]
"""A number of lines or bytes: a number, a text or null; None for a text that holds no number."""
FileNames = Annotated[list[str], PlainValidator(_to_names)]
"""Names in a list or a text, or null."""
KnownNames = Annotated[list[str], PlainValidator(_to_known_names)]
"""The same where the names can be requested elsewhere: empty for a value of another type."""
