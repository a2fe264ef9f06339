"""Builds a body again by the models of the official SDK."""

from __future__ import annotations

import re
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization

_INNER = re.compile(r"(list\[|dict\(str, )(.*)[\])]")


def rebuild(type_name: str, tree: Any) -> Any:
    """Return ``tree`` as an object of the SDK's type. Raises AssertionError for what the type lacks."""
    match = _INNER.fullmatch(type_name)
    if match and match[1] == "list[":
        assert isinstance(tree, list), (type_name, tree)
        return [rebuild(match[2], one) for one in tree]
    if match:
        assert isinstance(tree, dict), (type_name, tree)
        return {name: rebuild(match[2], one) for name, one in tree.items()}
    model = getattr(sdk, type_name, None)
    if model is None:
        wanted = {"str": str, "int": int, "bool": bool, "float": (int, float)}.get(type_name, object)
        assert isinstance(tree, wanted), (type_name, tree)  # type: ignore[arg-type]
        return tree
    assert isinstance(tree, dict), (type_name, tree)
    names = {wire: name for name, wire in model.attribute_map.items()}
    unknown = set(tree) - set(names)
    assert not unknown, f"{type_name} has no {unknown}"
    parts = {names[wire]: rebuild(model.openapi_types[names[wire]], one) for wire, one in tree.items()}
    return model(**parts)


def is_same_by_sdk(type_name: str, tree: Any) -> bool:
    """Whether the SDK would send the same body."""
    return bool(sanitize_for_serialization(rebuild(type_name, tree)) == tree)
