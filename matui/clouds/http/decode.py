"""Parses the bytes of an answer into models; raises BadAnswerError and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_core import ValidationError, from_json

from matui.base.errors import BadAnswerError
from matui.clouds.http.messages import Answer
from matui.clouds.wire_types import MOST_ROWS, WireModel, to_list, unwrap_json
from matui.resources.model import RawPage, RawRecord

M = TypeVar("M", bound=WireModel)
R = TypeVar("R", bound=WireModel)


class Reply(NamedTuple, Generic[M]):
    """A typed answer with the answer it was read from."""

    value: M
    answer: Answer

    def build_raw(self) -> RawRecord:
        """Return the whole answer as a raw record."""
        return RawRecord(RawPage(self.answer.body, parse))


_COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', re.DOTALL)
_DEEPEST = 100  # levels; all that walks a record can go as deep
_MOST_DIGITS = 4000  # Python converts at most 4,300 by default
_JSON_WORDS = {list: "a list", dict: "an object", str: "a text", bool: "true or false"}


def parse(body: bytes) -> Any:
    """Parse JSON that may hold wrong UTF-8, lone surrogates, a byte order mark, or lines that are comments.

    A number of thousands of digits becomes the text of them, and what is nested more than 100 levels deep a
    text that says so: one value does not take its list with it. Raises ValueError.
    """
    try:
        return from_json(body)
    except ValueError:
        text = body.decode("utf-8-sig", "replace")
        text = _cut_deep(_COMMENT.sub("", text) if "//" in text else text)
        try:
            return json.loads(text, parse_int=_parse_int)
        except RecursionError as error:  # brackets that do not match
            raise ValueError("nested too deeply") from error


def _parse_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _cut_deep(text: str) -> str:
    """Return JSON with the objects and lists below the deepest level replaced by a text."""
    kept: list[str] = []
    depth = begin = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        sign = match.group()
        if sign in ("[", "{"):
            depth += 1
            if depth == _DEEPEST + 1:
                kept.append(text[begin : match.start()])
        elif sign in ("]", "}"):
            depth -= 1
            if depth == _DEEPEST:
                kept.append('"(nested too deeply)"')
                begin = match.end()
    return "".join((*kept, text[begin:])) if depth <= _DEEPEST and kept else text


def parse_reply(model: type[M], answer: Answer) -> Reply[M]:
    """Read an answer that is an object. Raises BadAnswerError."""
    try:
        return Reply(model.model_validate_json(answer.body), answer)
    except ValidationError as error:
        if _is_too_long(error):
            raise _build_too_long_error(answer) from None
        return Reply(_read_slowly(model, answer), answer)


def _read_slowly(model: type[M], answer: Answer) -> M:
    return parse_model(model, read_object(answer), answer)


def read_object(answer: Answer) -> dict[str, Any]:
    """Return the object an answer is, an empty one for no body or null. Raises BadAnswerError."""
    try:
        tree = parse(answer.body) if answer.body.strip() not in (b"", b"null") else {}
    except (ValueError, RecursionError) as error:
        raise build_bad_answer(answer, "is not JSON") from error
    if not isinstance(tree, dict):
        raise build_bad_answer(answer, f"is {_describe_value(tree)} where an object was due")
    return tree


def parse_model(model: type[M], tree: Any, answer: Answer) -> M:
    """Return the model of a parsed answer. Raises BadAnswerError."""
    try:
        return model.model_validate(tree)
    except (ValidationError, RecursionError) as error:
        if isinstance(error, ValidationError) and _is_too_long(error):
            raise _build_too_long_error(answer) from None
        raise build_bad_answer(answer, "has fields that cannot be read") from error


def parse_rows(model: type[M], answer: Answer) -> list[M]:
    """Read an answer that is a list of objects, or that holds one in ``body``. Raises BadAnswerError."""
    try:
        tree = parse(answer.body) if answer.body.strip() else []
    except ValueError as error:
        raise build_bad_answer(answer, "is not JSON") from error
    if isinstance(tree, dict):
        tree = tree.get("body")
    return [parse_model(model, row, answer) for row in to_list(tree) if isinstance(row, dict)]


def refuse_too_many(reply: Reply[Any], listed: Sequence[object]) -> None:
    """Raise BadAnswerError for a list that is longer than any that a cloud sends."""
    if len(listed) > MOST_ROWS:
        raise _build_too_long_error(reply.answer)


def _is_too_long(error: ValidationError) -> bool:
    """Return whether a list of an answer has more rows than are read."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return any(one["type"] == "too_long" for one in found)


def _build_too_long_error(answer: Answer) -> BadAnswerError:
    return build_bad_answer(answer, f"holds a list of more than {MOST_ROWS:,} rows")


def refuse_empty(reply: Reply[Any]) -> None:
    """Raise BadAnswerError for an answer about one resource in which no known field has a value."""
    if not _states_something(reply.value):
        raise build_bad_answer(reply.answer, "states nothing of what was asked for")


def _states_something(value: Any) -> bool:
    if isinstance(value, WireModel):
        return any(_states_something(getattr(value, name)) for name in value.model_fields_set)
    if isinstance(value, list | dict):
        return any(map(_states_something, value.values() if isinstance(value, dict) else value))
    return value is not None and value != ""


def build_bad_answer(answer: Answer, what: str) -> BadAnswerError:
    """Return the error for an answer that does not follow the API."""
    return BadAnswerError(
        f"The answer {what}.",
        request_id=answer.request_id,
        status=answer.status,
        remedy="Check the endpoint of the profile, and that no proxy answers in the cloud's place.",
    )


def _describe_value(value: Any) -> str:
    """Return the word of JSON for a value."""
    return "null" if value is None else _JSON_WORDS.get(type(value), "a number")


def read_rows(
    reply: Reply[M], rows: Sequence[R | None] | None, field: str, *, due: int = 0
) -> Sequence[R | None]:
    """Return a page's rows, None for each that is no object.

    A missing list is an empty page when another known field has a value and no row is ``due`` by the total;
    else BadAnswerError is raised.
    """
    if rows:
        return rows
    listed = unwrap_json(read_object(reply.answer).get(field))
    if due > 0 and listed in (None, ""):
        raise build_bad_answer(reply.answer, f"holds no list of {field} although it counts {due} of them")
    value = reply.value
    is_answer = any(
        name != field and getattr(value, name) not in (None, "") for name in value.model_fields_set
    )
    if isinstance(listed, list) or (listed in (None, "") and is_answer):
        return ()
    raise build_bad_answer(reply.answer, f"holds no list of {field}")


def refuse_listless(reply: Reply[Any], fields: Sequence[str]) -> None:
    """Raise BadAnswerError for a page without rows that does not hold the list either, like ``read_rows``."""
    value = reply.value
    if not any(isinstance(held := getattr(value, name), list) and held for name in value.model_fields_set):
        tree = read_object(reply.answer)
        read_rows(reply, None, next((name for name in fields if tree.get(name) is not None), fields[0]))


def parse_raw_rows(answer: Answer, field: str) -> RawPage:
    """Return the page whose records are the elements of the list named ``field``, parsed when asked."""
    return RawPage(answer.body, partial(_parse_rows, field))


def _parse_rows(field: str, body: bytes) -> Any:
    listed = unwrap_json(parse(body).get(field))
    return listed if isinstance(listed, list) else [listed]
