"""Annotations to the schemas of pydantic's core. What they say here, pydantic's own models understand too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from matui.records.schemas import Schema, after, before, schema

_PLAIN = {Any: "any", str: "str", int: "int", float: "float", bool: "bool", NoneType: "none"}
# What an annotation or a type says its schema by; pydantic's own name for that.
_SAYS = "__get_pydantic_core_schema__"


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """In an annotation: the schema to check by, whatever the type."""

    schema: Schema

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Schema:
        return self.schema


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """In an annotation: a function that makes what came fit first. It may raise ValueError."""

    function: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Schema:
        return before(self.function, handler(source))


@dataclass(frozen=True, slots=True, eq=False)
class After:
    """In an annotation: a function that has the last word on a value of the right type."""

    function: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Schema:
        return after(self.function, handler(source))


@dataclass(frozen=True, slots=True, eq=False)
class Length:
    """In the annotation of a list: how many entries it may have."""

    min: int | None = None
    max: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Schema:
        item = handler(get_args(source)[0])
        return schema("list", items_schema=item, min_length=self.min, max_length=self.max)


def whole(**limits: int) -> Checked:
    """In the annotation of a whole number: its limits ``ge``, ``le``, ``lt``."""
    return Checked(schema("int", **limits))


def number(**limits: float) -> Checked:
    """In the annotation of a finite number: its limits ``gt``, ``ge``, ``le``."""
    return Checked(schema("float", allow_inf_nan=False, **limits))


def text(
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    strip_whitespace: bool | None = None,
) -> Checked:
    """In the annotation of a text: its limits."""
    return Checked(
        schema(
            "str",
            min_length=min_length,
            max_length=max_length,
            pattern=pattern,
            strip_whitespace=strip_whitespace,
        )
    )


def shape(annotation: Any) -> Schema:
    """Return the schema of an annotation. Raises TypeError for one that no record may have."""
    if annotation.__class__ is type:
        return _of_type(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(args[0], args[1:])
    if origin in (Union, UnionType):
        return _union(args)
    if origin is Literal:
        return schema("literal", expected=list(args))
    if origin is list:
        return schema("list", items_schema=shape(args[0]))
    if origin is dict:
        return schema("dict", keys_schema=shape(args[0]), values_schema=shape(args[1]))
    return _of_type(annotation)


def _of_type(annotation: Any) -> Schema:
    if annotation in _PLAIN:
        return schema(_PLAIN[annotation])
    return _said(annotation, annotation, shape)


def _said(note: Any, source: Any, handler: Callable[[Any], Schema]) -> Schema:
    says: Callable[[Any, Any], Schema] | None = getattr(note, _SAYS, None)
    if says is None:
        raise TypeError(f"a record cannot hold {note!r}")
    return says(source, handler)


def _annotated(source: Any, notes: tuple[Any, ...]) -> Schema:
    *inner, last = notes

    def within(kind: Any) -> Schema:
        return _annotated(kind, tuple(inner)) if inner else shape(kind)

    return _said(last, source, within)


def _union(args: tuple[Any, ...]) -> Schema:
    given = [arg for arg in args if arg is not NoneType]
    one = shape(given[0]) if len(given) == 1 else schema("union", choices=[shape(arg) for arg in given])
    return schema("nullable", schema=one) if len(given) < len(args) else one
