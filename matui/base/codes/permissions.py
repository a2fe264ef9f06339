"""Look up the IAM action that a request needs (chapter 9 of the ModelArts v1 reference)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple


class Permission(NamedTuple):
    """The permission of one operation.

    ``action`` is None where the reference names none; ``status_action`` replaces it when the request body
    sets a status; ``related`` are the actions on other services that it depends on.
    """

    section: str
    method: str
    path: str
    action: str | None = None
    status_action: str | None = None
    related: tuple[str, ...] = ()


def find_required_action(method: str, path: str, *, sets_status: bool = False) -> str | None:
    """Return the IAM action of a request (``modelarts:notebook:list``), or None where none is known.

    ``path`` is as sent, with ids filled in, such as ``/v1/0f3c/services/ab12``. ``sets_status`` is true when
    the body starts or stops a service (7.5), which is a separate action.
    """
    permission = find_permission(method, path)
    if permission is None:
        return None
    return (permission.status_action if sets_status else None) or permission.action


def find_permission(method: str, path: str) -> Permission | None:
    """Return the permission of the operation this request belongs to, or None for no known operation."""
    segments = path.partition("?")[0].rstrip("/").split("/")
    fitting = [p for p in list_permissions() if p.method == method.upper() and _fits(p.path, segments)]
    return min(fitting, key=lambda p: p.path.count("{"), default=None)


@cache
def list_permissions() -> tuple[Permission, ...]:
    """Return the permission of each of the 55 operations, by section."""
    import tomllib

    data = tomllib.loads(Path(__file__).with_name("permissions.toml").read_text(encoding="utf-8"))
    groups = data["related"]
    return tuple(
        Permission(**{**row, "related": tuple(groups[row["related"]]) if "related" in row else ()})
        for row in data["operations"]
    )


def _fits(template: str, segments: list[str]) -> bool:
    parts = template.split("/")
    if len(parts) != len(segments):
        return False
    return all(
        segment != "" if part.startswith("{") else part == segment
        for part, segment in zip(parts, segments, strict=True)
    )
