"""Ids that tell an instance from its namesake in another function: ``FUNCTION/INSTANCE[/GENERATION]``."""

from __future__ import annotations

from urllib.parse import unquote

from matui.errors import NotFoundError


def joined(*parts: str) -> str:
    """Return one id of the parts, whatever is in them."""
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def parts_of(resource_id: str, count: int) -> tuple[str, ...]:
    """Return the parts of an id. Raises NotFoundError for an id of another shape."""
    parts = tuple(unquote(part) for part in resource_id.split("/"))
    if len(parts) != count or not all(parts):
        shape = "FUNCTION/INSTANCE" if count == 2 else "FUNCTION/INSTANCE/GENERATION"
        raise NotFoundError(f"An id is {shape} here.")
    return parts
