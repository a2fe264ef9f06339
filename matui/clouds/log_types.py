"""Pydantic types of answers about logs: a value of the wrong JSON type makes the answer unreadable.

The types in ``wire_types`` accept such values for the sake of the row. A page of a log has one value a field:
a wrong one, read as text or as nothing, would change the log.
"""

from typing import Annotated, Any

from pydantic import Field, PlainValidator, StrictStr

from matui.clouds.wire_types import to_text, to_texts, to_whole, unwrap_json

_IN_ORDER = Field(union_mode="left_to_right")


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
