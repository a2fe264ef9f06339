"""Annotations to the schemas of pydantic's core. What they say here, pydantic's own models understand too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin, runtime_checkable

from pydantic_core import CoreSchema, core_schema

_PLAIN: dict[Any, Callable[[], CoreSchema]] = {
    Any: core_schema.any_schema,
    str: core_schema.str_schema,
    int: core_schema.int_schema,
    float: core_schema.float_schema,
    bool: core_schema.bool_schema,
    NoneType: core_schema.none_schema,
}


@runtime_checkable
class Says(Protocol):
    """Something that knows its schema, by pydantic's own name for that."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return the schema; ``handler`` makes those of what is within ``source``."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """In an annotation: the schema to check by, whatever the type."""

    schema: CoreSchema

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return self.schema


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """In an annotation: a function that makes what came fit first. It may raise ValueError."""

    function: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.function, handler(source))


@dataclass(frozen=True, slots=True, eq=False)
class After:
    """In an annotation: a function that has the last word on a value of the right type."""

    function: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.function, handler(source))


@dataclass(frozen=True, slots=True, eq=False)
class Length:
    """In the annotation of a list: how many entries it may have."""

    min: int | None = None
    max: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        item = handler(get_args(source)[0])
        return core_schema.list_schema(item, min_length=self.min, max_length=self.max)


def whole(*, ge: int | None = None, le: int | None = None, lt: int | None = None) -> Checked:
    """In the annotation of a whole number: its limits."""
    return Checked(core_schema.int_schema(ge=ge, le=le, lt=lt))


def text(
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    strip_whitespace: bool | None = None,
) -> Checked:
    """In the annotation of a text: its limits."""
    return Checked(
        core_schema.str_schema(
            min_length=min_length, max_length=max_length, pattern=pattern, strip_whitespace=strip_whitespace
        )
    )


def shape(annotation: Any) -> CoreSchema:
    """Return the schema of an annotation. Raises TypeError for one that no record may have."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(args[0], args[1:])
    if origin in (Union, UnionType):
        return _union(args)
    if origin is Literal:
        return core_schema.literal_schema(list(args))
    if origin is list:
        return core_schema.list_schema(shape(args[0]))
    if origin is dict:
        return core_schema.dict_schema(shape(args[0]), shape(args[1]))
    if annotation in _PLAIN:
        return _PLAIN[annotation]()
    if isinstance(annotation, type) and isinstance(annotation, Says):
        return annotation.__get_pydantic_core_schema__(annotation, shape)
    raise TypeError(f"a record cannot hold {annotation!r}")


def _annotated(source: Any, notes: tuple[Any, ...]) -> CoreSchema:
    *inner, last = notes

    def within(kind: Any) -> CoreSchema:
        return _annotated(kind, tuple(inner)) if inner else shape(kind)

    if not isinstance(last, Says):
        raise TypeError(f"a record knows nothing of {last!r}")
    return last.__get_pydantic_core_schema__(source, within)


def _union(args: tuple[Any, ...]) -> CoreSchema:
    given = [arg for arg in args if arg is not NoneType]
    one = shape(given[0]) if len(given) == 1 else core_schema.union_schema([shape(arg) for arg in given])
    return core_schema.nullable_schema(one) if len(given) < len(args) else one
