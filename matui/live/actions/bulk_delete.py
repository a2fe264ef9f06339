"""Deletions of every version of a name: which versions there were, which are gone and which are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matui.base.errors import MatuiError
from matui.clouds.protocols import Cloud, ListRequest, Lists
from matui.resources.kind import DELETE_VERSIONS
from matui.resources.model import Resource

CASCADES = frozenset({DELETE_VERSIONS})
_MOST_PAGES = 10
_PAGE = 1000


class BulkOutcome(NamedTuple):
    """The ids that were deleted, and those that were not, each with the reason where it is known."""

    deleted: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        """The ids deleted and not deleted in words, ``""`` where neither is known."""
        kept = ", ".join(f"{ident} ({why})" if why else ident for ident, why in self.kept)
        parts = [f"Deleted: {', '.join(self.deleted)}."] if self.deleted else []
        return " ".join([*parts, f"Not deleted: {kept}."] if kept else parts)

    def build_audit_fields(self) -> dict[str, Any]:
        """Return the fields of the audit line."""
        kept = [{"id": ident, "why": why} for ident, why in self.kept]
        return {"went": list(self.deleted), "stayed": kept} if self.deleted or kept else {}


NO_BULK = BulkOutcome()


async def list_versions(cloud: Cloud, action: str, resource: Resource) -> tuple[str, ...]:
    """Return the ids of all versions that the action deletes; empty for other actions and where unknown."""
    if action not in CASCADES or not isinstance(cloud, Lists):
        return ()
    try:
        return await _list_ids_by_name(cloud, resource.kind, resource.name, resource.workspace)
    except MatuiError:
        return ()


async def read_bulk_outcome(cloud: Cloud, about: Mapping[str, Any], versions: Sequence[str]) -> BulkOutcome:
    """Return which of ``versions`` no longer exist. Raises the errors of :mod:`matui.base.errors`."""
    if not isinstance(cloud, Lists):
        return BulkOutcome()
    kind, name, workspace = (str(about.get(field) or "") for field in ("kind", "name", "workspace"))
    left = await _list_ids_by_name(cloud, kind, name, workspace)
    gone = tuple(ident for ident in versions if ident not in left)
    return BulkOutcome(gone, tuple((ident, "") for ident in versions if ident in left))


async def _list_ids_by_name(cloud: Lists, kind: str, name: str, workspace: str) -> tuple[str, ...]:
    found: list[str] = []
    for number in range(_MOST_PAGES):
        page = await cloud.list_page(ListRequest(kind, number, _PAGE, workspace))
        found += [row.id for row in page.resources if row.name == name]
        if not page.has_more and (not page.resources or (number + 1) * _PAGE >= (page.total or 0)):
            return tuple(found)
    raise MatuiError("There are too many rows to search.")
