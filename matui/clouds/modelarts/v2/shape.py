"""Makes a request of an answer: keeps what the request's model has, in the types that it wants."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.wire_types import to_flag, to_number, to_text, unwrap_json

DROP = object()


def shape_to(model: type[RequestModel], given: Any) -> dict[str, Any]:
    """Return what ``model`` can hold of an answer, without what is null or empty.

    Numbers may be texts and objects may be texts of JSON; an answer's other fields are left out.
    """
    tree = unwrap_json(given)
    tree = tree[0] if isinstance(tree, list) and tree and isinstance(tree[0], dict) else tree
    if not isinstance(tree, dict):
        return {}
    shaped = {}
    for name, field in model.model_fields.items():
        alias = field.serialization_alias or name
        value = _shape(field.annotation, tree.get(alias))
        if value is not DROP:
            shaped[alias] = value
    return shaped


def _shape(annotation: Any, value: Any) -> Any:
    """Return the value in the type of the annotation, DROP where it has none."""
    if value is None or value == "":
        return DROP
    kind, inner = _unwrap(annotation)
    if kind is list:
        rows = unwrap_json(value)
        rows = rows if isinstance(rows, list) else [rows]
        shaped = [one for row in rows if (one := _shape(inner, row)) is not DROP]
        return shaped or DROP
    if kind is dict:
        table = _table(value)
        texts = {name: to_text(one) for name, one in table.items() if one is not None}
        return (texts if inner is str else _drop_nulls(table)) or DROP
    if isinstance(kind, type) and issubclass(kind, RequestModel):
        return shape_to(kind, value) or DROP
    return _plain(kind, value)


def _drop_nulls(tree: Any) -> Any:
    """Return the tree without the nulls of its objects and lists."""
    if isinstance(tree, dict):
        return {name: _drop_nulls(inner) for name, inner in tree.items() if inner is not None}
    return [_drop_nulls(inner) for inner in tree if inner is not None] if isinstance(tree, list) else tree


def _unwrap(annotation: Any) -> tuple[Any, Any]:
    """Return the type behind Annotated and Optional, and the type of its items or values."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _unwrap(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _unwrap(next(one for one in get_args(annotation) if one is not NoneType))
    if origin is list:
        return list, get_args(annotation)[0]
    if origin is Literal:
        return type(get_args(annotation)[0]), None
    if origin is dict:
        return dict, _unwrap(get_args(annotation)[1])[0]
    return annotation, None


def _table(value: Any) -> dict[str, Any]:
    """Return an object, or the objects of a list as one: environments come as such a list."""
    tree = unwrap_json(value)
    rows = tree if isinstance(tree, list) else [tree]
    return {str(name): inner for row in rows if isinstance(row, dict) for name, inner in row.items()}


def _plain(kind: Any, value: Any) -> Any:
    if kind is bool:
        flag = to_flag(value)
        return DROP if flag is None else flag
    if kind in (int, float):
        number = to_number(value)
        return DROP if number is None else int(number) if kind is int else number
    return to_text(value) if kind is str else value
